//! Checkpoints: the whole state at one entry of the log, in one file.
//!
//! A checkpoint is made of the one before and of the log since, so that neither the engine stops
//! for it nor the state is copied. The file is a sequence of blocks with checksums: a head, the
//! records in order of kind and number, and an end with the next number of each kind. A file that
//! has its final name is complete and on stable storage.

mod block;
mod changes;
mod error;
mod folder;
mod head;
mod merge;
mod reader;
mod records;
mod writer;

pub use changes::{ChangeConflict, NetChanges};
pub use error::CheckpointError;
pub(crate) use folder::{file_name, size, unfinished};
pub use folder::{list, publish, remove_unfinished};
pub use head::CheckpointHead;
pub use merge::{Merged, merge};
pub use reader::{CheckpointReader, CheckpointRecord};
pub(crate) use records::write_records;
pub use writer::{CheckpointWriter, KindEnd};
