//! [`BizInvariantReadContext`] over a foreign host.

use core::fmt;

use statevec_abi::{
    abi::{RecordKey, RecordKind, RuntimeErrorPhase, RuntimeReadContextV1, SysId},
    plugin::ReadContext,
    raw::ReadTable,
};

use super::Buffer;
use crate::{errors::RuntimeHostError, traits::BizInvariantReadContext};

/// [`BizInvariantReadContext`] over a foreign host, for the time `'c` that it lent its functions.
///
/// It differs from the published type as
/// [`RuntimeHostContextV1Adapter`](super::RuntimeHostContextV1Adapter) does.
pub struct RuntimeReadContextV1Adapter<'c> {
    table: ReadTable<'c>,
    buffer: Buffer<'c>,
}

impl<'c> RuntimeReadContextV1Adapter<'c> {
    /// The adapter of a raw context. Every call clears an error buffer of its own;
    /// [`over`](Self::over) has one at hand.
    ///
    /// # Safety
    ///
    /// A non-null, aligned table pointer is valid for reads for `'c`, and the entries keep the
    /// contract when their first argument is `ctx_ptr`.
    #[must_use]
    pub unsafe fn new(raw: RuntimeReadContextV1) -> Self {
        // SAFETY: the caller promised a null or misaligned table pointer, or one that is valid for
        // reads for `'c` with entries that keep the contract (rule 10).
        let table = unsafe { ReadTable::from_raw(raw) };
        Self { table, buffer: Buffer::new(RuntimeErrorPhase::ValidateBizInvariants, None) }
    }

    /// The adapter of a state that is being validated.
    #[must_use]
    pub fn over(state: &'c mut ReadContext<'_>) -> Self {
        let (table, mut error_buffer) = state.read_table();
        let phase = RuntimeErrorPhase::ValidateBizInvariants;
        error_buffer.reset(phase);
        Self { table, buffer: Buffer::new(phase, Some(error_buffer)) }
    }
}

impl BizInvariantReadContext for RuntimeReadContextV1Adapter<'_> {
    fn with_read_typed_raw(
        &self,
        record_kind: RecordKind,
        sys_id: SysId,
        f: &mut dyn FnMut(&[u8]),
    ) -> Result<bool, RuntimeHostError> {
        self.buffer.read_by_id(self.table, record_kind, sys_id, f)
    }

    fn with_read_typed_by_pk_raw(
        &self,
        record_kind: RecordKind,
        pk: &[u8],
        f: &mut dyn FnMut(&[u8]),
    ) -> Result<bool, RuntimeHostError> {
        self.buffer.read_by_pk(self.table, record_kind, pk, f)
    }

    fn for_each_record_key_raw(
        &self,
        kind: RecordKind,
        f: &mut dyn FnMut(RecordKey),
    ) -> Result<(), RuntimeHostError> {
        self.buffer.call(|caller| self.table.for_each_key(caller, kind, f))
    }
}

impl fmt::Debug for RuntimeReadContextV1Adapter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuntimeReadContextV1Adapter")
            .field("table", &self.table)
            .finish_non_exhaustive()
    }
}
