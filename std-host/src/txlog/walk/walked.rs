//! One entry of a walk.

use std::path::Path;

use statevec_abi::txlog::Entry;

use crate::txlog::{Damage, LogError};

/// An entry in its place.
#[derive(Debug, Clone, Copy)]
pub struct Walked<'w> {
    /// The entry.
    pub entry: Entry<'w>,
    /// The segment that holds it.
    pub path: &'w Path,
    /// Offset of its frame.
    pub offset: u64,
}

impl Walked<'_> {
    /// An error about this entry.
    #[must_use]
    pub fn damaged(&self, damage: Damage) -> LogError {
        let (path, offset) = (self.path.into(), self.offset);
        LogError::Damaged { path, offset, entry: self.entry.number(), damage }
    }
}
