//! Commands, events and records as Rust types, for hosts that are compiled with a plugin's types.
//!
//! [`Engine::run_typed`](crate::Engine::run_typed) runs a command and gives its events back;
//! [`Engine::get`](crate::Engine::get), [`records`](crate::Engine::records) and
//! [`range`](crate::Engine::range) read records. A [`DurableEngine`](crate::durable::DurableEngine)
//! has the same `run_typed`, and its [`engine`](crate::durable::DurableEngine::engine) reads.
//!
//! Each call checks that the plugin's schema lists the type under the same kind. It does not
//! compare the fields: use the types of the crate that the plugin was built from.
//!
//! ```
//! # use statevec_abi::{plugin::StaticPlugin, prelude::*};
//! # #[derive(Debug, PartialEq, Record)]
//! # #[record(kind = 1, len = 64, pk(id), range_scan)]
//! # struct Counter { #[field(immutable)] id: u64, value: u64 }
//! # #[derive(Command)]
//! # #[command(kind = 1)]
//! # struct Add { id: u64, amount: u64 }
//! # #[derive(Debug, PartialEq, Event)]
//! # #[event(kind = 1)]
//! # struct Added { id: u64, value: u64 }
//! # schema! { const SCHEMA = { version: "1.0", records: [Counter], commands: [Add], events: [Added] }; }
//! # struct Counters;
//! # impl Plugin for Counters {
//! #     fn name() -> &'static str { "counters" }
//! #     fn schema() -> &'static str { SCHEMA.json }
//! #     fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> { Ok(Self) }
//! #     fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
//! #         dispatch!(tx, match command {
//! #             Add(Add { id, amount }) => {
//! #                 let value = tx.update_or_create(&Counter { id, value: 0 }, |counter| {
//! #                     counter.set_value(counter.value().saturating_add(amount));
//! #                     counter.value()
//! #                 })?;
//! #                 tx.emit(&Added { id, value })
//! #             },
//! #         })
//! #     }
//! # }
//! # const COUNTERS: StaticPlugin = static_plugin!(Counters, slots = 1);
//! use statevec_host::{Engine, LoadedPlugin};
//!
//! let plugin = LoadedPlugin::from_static(&COUNTERS)?;
//! let mut engine = Engine::create(&plugin, "")?;
//! for id in [30, 10, 20] {
//!     let committed = engine.run_typed(&Add { id, amount: 5 })?;
//!     assert_eq!(committed.events::<Added>()?, [Added { id, value: 5 }]);
//! }
//! assert_eq!(engine.get(Counter::pk(7))?, None);
//! assert_eq!(engine.records::<Counter>()?.count(), 3);
//!
//! // `Counter` has the option `range_scan`.
//! let mut range = engine.range(Counter::pk(15)..)?;
//! let (_sys_id, counter) = range.next().unwrap()?;
//! assert_eq!(counter, Counter { id: 20, value: 5 });
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod committed;
mod durable;
mod engine;
mod error;
mod payload;
mod records;

pub use committed::Committed;
pub use error::TypedError;
