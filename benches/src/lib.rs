//! Measures the boundary between a host and a plugin, against other ways to cross it.
//!
//! One plugin is written several times, once for each way ([`peers`]); all of them work on one
//! store ([`FlatStore`]), as simple as can be, so that what differs is the boundary. That they do
//! the same work is proved before anything is measured: [`verify`](verify::verify) runs one script
//! through a peer and compares every outcome and a checksum of all bytes in the store.

pub mod drive;
pub mod library;
pub mod machine;
pub mod operation;
pub mod peer;
pub mod peers;
pub mod recorded;
pub mod report;
pub mod store;
pub mod verify;

pub use machine::Machine;
pub use operation::Operation;
pub use peer::{Failure, Peer};
pub use store::FlatStore;
