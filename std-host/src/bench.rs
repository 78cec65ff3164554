//! Measures a plugin: throughput, latency, host calls and bytes; under valgrind or perf the
//! instructions of a command, and under valgrind the allocations of the plugin.
//!
//! Everything runs in memory, on a new engine and an empty store for each round. A round is the
//! whole [`Workload`], so each round does the same work.
//!
//! ```
//! # use statevec_abi::{plugin::StaticPlugin, prelude::*, schema, static_plugin};
//! # #[derive(Record)]
//! # #[record(kind = 1, len = 64, pk(id))]
//! # struct Counter { #[field(immutable)] id: u64, value: u64 }
//! # #[derive(Command)]
//! # #[command(kind = 1)]
//! # struct Add { id: u64, amount: u64 }
//! # schema! { const SCHEMA = { version: "1.0", records: [Counter], commands: [Add], events: [] }; }
//! # struct Counters;
//! # impl Plugin for Counters {
//! #     fn name() -> &'static str { "counters" }
//! #     fn schema() -> &'static str { SCHEMA.json }
//! #     fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> { Ok(Self) }
//! #     fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
//! #         dispatch!(tx, match command {
//! #             Add(Add { id, amount }) => tx.update_or_create(&Counter { id, value: 0 }, |counter| {
//! #                 counter.set_value(counter.value().saturating_add(amount));
//! #             }),
//! #         })
//! #     }
//! # }
//! # const COUNTERS: StaticPlugin = static_plugin!(Counters, slots = 4);
//! use std::time::Duration;
//!
//! use statevec_host::{LoadedPlugin, bench::{Workload, count, measure}};
//!
//! let plugin = LoadedPlugin::from_static(&COUNTERS)?;
//! let workload = Workload::generate(plugin.schema(), 1000, 7)?;
//! let counted = count(&plugin, "", &workload)?;
//! assert_eq!((counted.committed, counted.rejected), (1000, 0));
//! assert!(counted.host_calls.creates > 0);
//! let measured = measure(&plugin, "", &workload, Duration::from_millis(1))?;
//! assert!(measured.commands_per_second() > 0.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod callgrind;
mod compare;
mod count;
mod generate;
mod measure;
mod perf;
mod workload;

pub use callgrind::{Callgrind, CallgrindError, run_measured};
pub use compare::{Comparison, compare};
pub use count::{Counted, count};
pub use generate::GenerateError;
pub use measure::{Measured, measure};
pub use perf::{PerfError, perf_instructions};
pub use workload::Workload;
