//! Layers between a plugin and its host: they see each host call, and may refuse it.
//!
//! [`Layered`] puts a [`Layer`] around a [`Host`](crate::host::Host), and is a host itself, so
//! layers stack. The type is known at compile time: a host without layers pays nothing. Nothing
//! here allocates.
//!
//! | layer | what it does |
//! |---|---|
//! | [`Limit`] | refuses what a plugin may not do: [`Limits`] |
//! | [`Count`] | counts calls and bytes |
//! | [`FailNth`] | fails one call, for tests |
//! | [`Trace`] | shows each call and its answer |
//!
//! ```
//! # use core::pin::pin;
//! # use statevec_abi::{abi::RuntimeErrorBuf, host::{HostGate, PluginApi, PluginRuntime}, prelude::*};
//! use statevec_abi::{
//!     fixed_store::{FixedMemory, FixedStore, Transaction, record_size},
//!     layers::{Count, KindSet, Layered, Limit, Limits},
//! };
//!
//! # #[derive(Record)]
//! # #[record(kind = 1, len = 64, pk(name))]
//! # struct Counter { #[field(immutable)] name: u64, value: u64 }
//! # #[derive(Command)]
//! # #[command(kind = 1)]
//! # struct Add { name: u64, amount: u64 }
//! # schema! { const SCHEMA = { version: "1.0", records: [Counter], commands: [Add] }; }
//! # struct Counters;
//! # impl Plugin for Counters {
//! #     fn name() -> &'static str { "counters" }
//! #     fn schema() -> &'static str { SCHEMA.json }
//! #     fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> { Ok(Self) }
//! #     fn run_tx<'tx>(
//! #         &self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>,
//! #     ) -> TxResult<'tx> {
//! #         dispatch!(tx, match command {
//! #             Add(add) => tx.update_or_create(&Counter { name: add.name, value: 0 }, |counter| {
//! #                 counter.set_value(counter.value().saturating_add(add.amount));
//! #             }),
//! #         }, schema = SCHEMA)
//! #     }
//! # }
//! # fn main() -> Result<(), Box<dyn core::error::Error>> {
//! let mut memory: FixedMemory<8, { record_size(SCHEMA.def) }, 0> = FixedMemory::new();
//! let store = FixedStore::new(SCHEMA.def, &mut memory)?;
//! // The plugin may read and update counters, and not create any.
//! let limits = Limits { create: KindSet::NONE, host_calls: 10, ..Limits::NONE };
//! let mut host = Layered::new(Layered::new(store, Count::new()), Limit::new(limits));
//! # let api = PluginApi::of_static(&static_plugin!(Counters, slots = 1))?;
//! # let (gate, mut error) = (pin!(HostGate::new()), RuntimeErrorBuf::RESET);
//! # let mut runtime = match PluginRuntime::create(api, "", gate, &mut error) {
//! #     Ok(runtime) => runtime,
//! #     Err(failure) => panic!("{failure}"),
//! # };
//! # let mut payload = [0; 16];
//! # let len = Add { name: 7, amount: 5 }.encode(&mut payload)?;
//! # let command = RuntimeCommandRef::new(Add::KIND, 1, 0, &payload[..len]);
//!
//! let mut transaction = Transaction::begin(&mut host);
//! let refused = runtime.run_tx(transaction.host(), &command).unwrap_err();
//! assert_eq!(refused.kind, runtime_error_kind::HOST_REJECTED);
//! # #[cfg(not(feature = "terse"))]
//! assert_eq!(
//!     refused.message.to_string(),
//!     "limit create: the plugin may not create records of kind 1"
//! );
//! drop(transaction);
//! let counts = host.host().layer().counts();
//! assert_eq!((counts.updates, counts.creates), (1, 0));
//! # Ok(())
//! # }
//! ```

mod call;
mod count;
mod fail_nth;
mod kind_set;
mod layer;
mod layered;
mod limit;
mod limits;
mod store_layer;
mod trace;

pub use call::{Answer, AnsweredCall, LayerCall};
pub use count::{Count, Counts};
pub use fail_nth::{FailNth, FailPoint};
pub use kind_set::KindSet;
pub use layer::Layer;
pub use layered::Layered;
pub use limit::{Limit, LimitRule};
pub use limits::Limits;
pub use store_layer::StoreLayer;
pub use trace::Trace;
