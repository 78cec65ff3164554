//! Writing calls from a plugin to its host.

use super::{
    contract::{ContractViolation, HostCallError, HostCaller, entry_name},
    read_table::{ReadTable, found},
    record_bounds::{AnyLength, HasRecordBounds, RecordBounds},
    stand_in::{HasStandIns, missing},
    visitor::{ClearOnDrop, OneShotVisitor, VisitorState, visit_bytes_mut},
};
use crate::{
    abi::{
        RecordKey, RecordKind, RuntimeBytesRef, RuntimeCallStatus, RuntimeHostContextV1,
        RuntimeHostVTableV1, RuntimeRecordKeyView,
    },
    typed::DecodeError,
};

/// All functions of a host, which it lends for `'c`: those of [`ReadTable`], and the writing ones.
#[derive(Debug)]
pub struct HostTable<'c> {
    /// Invariant: made of a [`RuntimeHostVTableV1`].
    read: ReadTable<'c>,
}

impl<'c> HostTable<'c> {
    /// # Safety
    ///
    /// A non-null, aligned table pointer is valid for reads for `'c`, and the entries keep the
    /// contract when their first argument is `ctx_ptr`.
    #[must_use]
    #[inline]
    pub unsafe fn from_raw(context: RuntimeHostContextV1) -> Self {
        let table = RuntimeHostVTableV1::or_stand_in(context.vtable);
        // SAFETY: context and table are valid by our contract, and `or_stand_in` replaced a null or
        // misaligned table (rule 10).
        let read = unsafe { ReadTable::of_host(context.ctx_ptr, table) };
        Self { read }
    }

    /// The functions of the table that [`read`](Self::read) gave. The owner of the transaction uses
    /// it, and its borrows keep two writes from overlapping.
    ///
    /// # Safety
    ///
    /// `read` is not made of the shorter table of a
    /// [`RuntimeReadContextV1`](crate::abi::RuntimeReadContextV1).
    #[inline]
    pub(crate) const unsafe fn of_read(read: ReadTable<'c>) -> Self {
        Self { read }
    }

    /// The reading functions.
    #[must_use]
    #[inline]
    pub const fn read(&self) -> ReadTable<'c> {
        self.read
    }

    /// The same functions for a shorter time.
    #[must_use]
    #[inline]
    pub const fn reborrow(&mut self) -> HostTable<'_> {
        HostTable { read: self.read }
    }

    /// Creates a record from zeroed bytes, and returns its key and the result of `init`.
    ///
    /// # Errors
    ///
    /// The caller's failure: made of the host's error, or of its breach of the contract.
    #[inline]
    pub fn create<T, C: HostCaller>(
        &mut self,
        caller: &mut C,
        kind: RecordKind,
        init: impl FnOnce(&mut [u8]) -> T,
    ) -> Result<(RecordKey, T), C::Failure> {
        self.lend_new::<AnyLength, _, _, _>(caller, kind, |data| Ok(init(data)))
    }

    /// Updates a record by primary key, and returns the result of `update`; `None` when there is no
    /// such record.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create).
    #[inline]
    pub fn update_by_pk<T, C: HostCaller>(
        &mut self,
        caller: &mut C,
        kind: RecordKind,
        pk: &[u8],
        update: impl FnOnce(&mut [u8]) -> T,
    ) -> Result<Option<T>, C::Failure> {
        self.lend_by_pk::<AnyLength, _, _, _>(caller, kind, pk, |data| Ok(update(data)))
    }

    /// [`create`](Self::create) for a visitor with record bounds that may refuse the bytes.
    #[inline]
    pub(crate) fn lend_new<L, T, F, C>(
        &mut self,
        caller: &mut C,
        kind: RecordKind,
        init: F,
    ) -> Result<(RecordKey, T), C::Failure>
    where
        L: HasRecordBounds,
        F: FnOnce(&mut [u8]) -> Result<T, DecodeError>,
        C: HostCaller,
    {
        const CALL: &str = entry_name("create_typed_raw");
        let entry = self.entries().create_typed_raw;
        let Some(entry) = entry else { return Err(missing(caller, self.read.table(), CALL)) };
        let mut visit = OneShotVisitor::new(init);
        let visit_ctx = (&raw mut visit).cast();
        let init = Some(visit_bytes_mut::<L, T, F> as _);
        // Kind 0 is reserved, so a host that does not write the key is detected.
        let mut key = RuntimeRecordKeyView { kind: 0, sys_id: 0 };
        let (out_key, out_error) = (&raw mut key, caller.error_buffer().as_ptr());
        // SAFETY: the entry belongs to this context. All pointers are live during the call, and the
        // visit has the type that this visitor expects (rules 3, 4 and 10).
        let status = unsafe { entry(self.read.ctx(), kind, visit_ctx, init, out_key, out_error) };
        // One comparison for status and kind: a jump for each takes more instructions.
        let other = status.0 ^ RuntimeCallStatus::Success.0 | u32::from(key.kind ^ kind);
        if other == 0
            && let Some(made) = visit.take_only()
        {
            return Ok((key.into(), made));
        }
        let mut visit = ClearOnDrop::of(&mut visit);
        Err(not_created(caller, visit.state(), const { &L::BOUNDS }, status, kind, key.kind))
    }

    /// [`update_by_pk`](Self::update_by_pk) for a visitor with record bounds that may refuse the
    /// bytes.
    #[inline]
    pub(crate) fn lend_by_pk<L, T, F, C>(
        &mut self,
        caller: &mut C,
        kind: RecordKind,
        pk: &[u8],
        update: F,
    ) -> Result<Option<T>, C::Failure>
    where
        L: HasRecordBounds,
        F: FnOnce(&mut [u8]) -> Result<T, DecodeError>,
        C: HostCaller,
    {
        const CALL: &str = entry_name("update_typed_by_pk_raw");
        let entry = self.entries().update_typed_by_pk_raw;
        let Some(entry) = entry else { return Err(missing(caller, self.read.table(), CALL)) };
        let mut visit = OneShotVisitor::new(update);
        let update = Some(visit_bytes_mut::<L, T, F> as _);
        let pk = RuntimeBytesRef::from_slice(pk);
        let out_error = caller.error_buffer().as_ptr();
        let visit_ctx = &raw mut visit;
        let out_found = OneShotVisitor::out_found(visit_ctx);
        let visit_ctx = visit_ctx.cast();
        // SAFETY: the entry belongs to this context. All pointers are live during the call, and the
        // visit has the type that this visitor expects (rules 3, 4 and 10).
        let status =
            unsafe { entry(self.read.ctx(), kind, pk, visit_ctx, update, out_found, out_error) };
        found::<L, _, _, _>(caller, &mut visit, CALL, status)
    }

    /// Deletes a record by primary key, and returns whether there was one.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create).
    #[inline]
    pub fn delete_by_pk<C: HostCaller>(
        &mut self,
        caller: &mut C,
        kind: RecordKind,
        pk: &[u8],
    ) -> Result<bool, C::Failure> {
        const CALL: &str = entry_name("delete_by_pk_raw");
        let entry = self.entries().delete_by_pk_raw;
        let Some(entry) = entry else { return Err(missing(caller, self.read.table(), CALL)) };
        let pk = RuntimeBytesRef::from_slice(pk);
        // One byte, with padding for a host that writes a C `int`.
        let mut deleted = [0_u8; 8];
        let (out_deleted, out_error) = (deleted.as_mut_ptr(), caller.error_buffer().as_ptr());
        // SAFETY: the entry belongs to this context, and all pointers are live during the call
        // (rules 3 and 10).
        let status = unsafe { entry(self.read.ctx(), kind, pk, out_deleted, out_error) };
        match (status, deleted[0]) {
            (RuntimeCallStatus::Success, flag @ (0 | 1)) => Ok(flag == 1),
            (_, flag) => Err(not_done(caller, CALL, status, flag)),
        }
    }

    /// Emits an event.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create).
    #[inline]
    pub fn emit_event<C: HostCaller>(
        &mut self,
        caller: &mut C,
        kind: u8,
        payload: &[u8],
    ) -> Result<(), C::Failure> {
        const CALL: &str = entry_name("emit_typed_event_raw");
        let entry = self.entries().emit_typed_event_raw;
        let Some(entry) = entry else { return Err(missing(caller, self.read.table(), CALL)) };
        let payload = RuntimeBytesRef::from_slice(payload);
        let out_error = caller.error_buffer().as_ptr();
        // SAFETY: the entry belongs to this context, and all pointers are live during the call
        // (rules 3 and 10).
        let status = unsafe { entry(self.read.ctx(), kind, payload, out_error) };
        match status {
            RuntimeCallStatus::Success => Ok(()),
            _ => Err(not_done(caller, CALL, status, 0)),
        }
    }

    /// Passes a diagnostic text on.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create).
    pub fn debug_log<C: HostCaller>(
        &mut self,
        caller: &mut C,
        message: &str,
    ) -> Result<(), C::Failure> {
        const CALL: &str = entry_name("debug_log");
        let entry = self.entries().debug_log;
        let Some(entry) = entry else { return Err(missing(caller, self.read.table(), CALL)) };
        let message = RuntimeBytesRef::from_slice(message.as_bytes());
        let out_error = caller.error_buffer().as_ptr();
        // SAFETY: the entry belongs to this context, and all pointers are live during the call
        // (rules 3 and 10).
        let status = unsafe { entry(self.read.ctx(), message, out_error) };
        match status {
            RuntimeCallStatus::Success => Ok(()),
            _ => Err(not_done(caller, CALL, status, 0)),
        }
    }

    #[inline]
    fn entries(&self) -> &RuntimeHostVTableV1 {
        // SAFETY: the constructors took a table of this type that is valid for reads for `'c`, or
        // its static stand-in (rule 10).
        unsafe { self.read.table().as_ref() }
    }
}

/// Makes the error of a create call whose answer is not a new record.
#[cold]
#[inline(never)]
fn not_created<C: HostCaller>(
    caller: &mut C,
    state: &mut VisitorState,
    bounds: &'static RecordBounds,
    status: RuntimeCallStatus,
    expected: RecordKind,
    got: RecordKind,
) -> C::Failure {
    const CALL: &str = entry_name("create_typed_raw");
    let visited = state.is_visited();
    caller.failed(match state.check(CALL, *bounds, status) {
        Err(error) => error,
        Ok(()) if visited => ContractViolation::Kind { call: CALL, expected, got }.into(),
        Ok(()) => ContractViolation::NotVisited { call: CALL }.into(),
    })
}

/// Makes the error of a call without a visitor: of its status, else of its flag.
#[cold]
#[inline(never)]
fn not_done<C: HostCaller>(
    caller: &mut C,
    call: &'static str,
    status: RuntimeCallStatus,
    value: u8,
) -> C::Failure {
    let flag = || ContractViolation::Flag { call, value }.into();
    caller.failed(HostCallError::of_status(call, status).err().unwrap_or_else(flag))
}
