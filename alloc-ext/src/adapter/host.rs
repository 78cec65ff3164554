//! [`RuntimeHostContext`] over a foreign host.

use core::fmt;

use alloc::string::String;

use statevec_abi::{
    abi::{RecordKey, RecordKind, RuntimeErrorPhase, RuntimeHostContextV1, SysId},
    plugin::Tx,
    raw::HostTable,
};

use super::Buffer;
use crate::{errors::RuntimeHostError, traits::RuntimeHostContext};

/// [`RuntimeHostContext`] over a foreign host, for the time `'c` that it lent its functions.
///
/// It differs from the published type: making one from a raw context is `unsafe`, and it has a
/// lifetime and is not `Copy`, so that it cannot be kept for longer than the call.
pub struct RuntimeHostContextV1Adapter<'c> {
    table: HostTable<'c>,
    buffer: Buffer<'c>,
}

impl<'c> RuntimeHostContextV1Adapter<'c> {
    /// The adapter of a raw context. Every call clears an error buffer of its own;
    /// [`over`](Self::over) has one at hand.
    ///
    /// # Safety
    ///
    /// A non-null, aligned table pointer is valid for reads for `'c`, and the entries keep the
    /// contract when their first argument is `ctx_ptr`.
    #[must_use]
    pub unsafe fn new(raw: RuntimeHostContextV1) -> Self {
        // SAFETY: the caller promised a null or misaligned table pointer, or one that is valid for
        // reads for `'c` with entries that keep the contract (rule 10).
        let table = unsafe { HostTable::from_raw(raw) };
        Self { table, buffer: Buffer::new(RuntimeErrorPhase::RunTx, None) }
    }

    /// The adapter of a transaction.
    #[must_use]
    pub fn over(tx: &'c mut Tx<'_>) -> Self {
        let (table, mut error_buffer) = tx.host_table();
        error_buffer.reset(RuntimeErrorPhase::RunTx);
        let buffer = Buffer::new(RuntimeErrorPhase::RunTx, Some(error_buffer));
        Self { table, buffer }
    }
}

impl RuntimeHostContext for RuntimeHostContextV1Adapter<'_> {
    fn with_read_typed_raw(
        &self,
        record_kind: RecordKind,
        sys_id: SysId,
        f: &mut dyn FnMut(&[u8]),
    ) -> Result<bool, RuntimeHostError> {
        self.buffer.read_by_id(self.table.read(), record_kind, sys_id, f)
    }

    fn with_read_typed_by_pk_raw(
        &self,
        record_kind: RecordKind,
        pk: &[u8],
        f: &mut dyn FnMut(&[u8]),
    ) -> Result<bool, RuntimeHostError> {
        self.buffer.read_by_pk(self.table.read(), record_kind, pk, f)
    }

    fn create_typed_raw(
        &mut self,
        record_kind: RecordKind,
        init: &mut dyn FnMut(&mut [u8]),
    ) -> Result<RecordKey, RuntimeHostError> {
        let (key, ()) = self.buffer.call(|caller| self.table.create(caller, record_kind, init))?;
        Ok(key)
    }

    fn update_typed_by_pk_raw(
        &mut self,
        record_kind: RecordKind,
        pk: &[u8],
        f: &mut dyn FnMut(&mut [u8]),
    ) -> Result<bool, RuntimeHostError> {
        let found =
            self.buffer.call(|caller| self.table.update_by_pk(caller, record_kind, pk, f))?;
        Ok(found.is_some())
    }

    fn delete_by_pk_raw(
        &mut self,
        record_kind: RecordKind,
        pk: &[u8],
    ) -> Result<bool, RuntimeHostError> {
        self.buffer.call(|caller| self.table.delete_by_pk(caller, record_kind, pk))
    }

    fn emit_typed_event_raw(
        &mut self,
        event_kind: u8,
        payload: &[u8],
    ) -> Result<(), RuntimeHostError> {
        self.buffer.call(|caller| self.table.emit_event(caller, event_kind, payload))
    }

    fn for_each_record_key_raw(
        &self,
        kind: RecordKind,
        f: &mut dyn FnMut(RecordKey),
    ) -> Result<(), RuntimeHostError> {
        let table = self.table.read();
        self.buffer.call(|caller| table.for_each_key(caller, kind, f))
    }

    fn debug_log(&mut self, message: String) -> Result<(), RuntimeHostError> {
        self.buffer.call(|caller| self.table.debug_log(caller, &message))
    }
}

impl fmt::Debug for RuntimeHostContextV1Adapter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuntimeHostContextV1Adapter")
            .field("table", &self.table)
            .finish_non_exhaustive()
    }
}
