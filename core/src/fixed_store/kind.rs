//! The state of a record kind.

use crate::abi::SysId;

/// The state of a record kind, in the schema's order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    /// The number of the next record.
    pub(super) next_id: SysId,
    pub(super) pk_len: usize,
}

impl Kind {
    pub(super) const UNUSED: Self = Self { next_id: 0, pk_len: 0 };
}
