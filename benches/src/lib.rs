//! Measures the boundary between a host and a plugin, against other ways to cross it.
//!
//! One plugin is written several times, once for each way ([`peers`]). All of them work on one
//! simple store ([`FlatStore`]), so that only the boundary differs. Before anything is measured,
//! [`verify`](verify::verify) proves that they do the same work: it runs one script through a peer
//! and compares every outcome and a checksum of all bytes in the store.

#[cfg(feature = "peers")]
pub mod chart;
pub mod drive;
pub mod engine_reads;
#[cfg(feature = "peers")]
pub mod ledger;
pub mod library;
pub mod machine;
pub mod operation;
pub mod peer;
pub mod peers;
pub mod processor;
pub mod recorded;
pub mod report;
pub mod store;
pub mod verify;

pub use machine::Machine;
pub use operation::Operation;
pub use peer::{Failure, Peer};
pub use store::FlatStore;
