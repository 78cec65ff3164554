//! Writing calls from a plugin to its host.

use super::{
    contract::{ContractViolation, HostCallError, flag, succeeded},
    read_table::ReadTable,
    scratch::Scratch,
    table::{Table, missing},
    visit::{Once, visit_bytes_mut},
};
use crate::abi::{
    RecordKey, RecordKind, RuntimeBytesRef, RuntimeCallStatus, RuntimeHostContextV1,
    RuntimeHostVTableV1, RuntimeRecordKeyView,
};

/// All functions of a host, for the time `'c` that it lent them: those of [`ReadTable`], and the writing ones.
#[derive(Debug)]
pub struct HostTable<'c> {
    /// Invariant: made of a [`RuntimeHostVTableV1`].
    read: ReadTable<'c>,
}

impl<'c> HostTable<'c> {
    /// # Safety
    ///
    /// A non-null, aligned table pointer is valid for reads for `'c`, and the entries keep the contract when their first argument is `ctx_ptr`.
    #[must_use]
    #[inline]
    pub unsafe fn from_raw(context: RuntimeHostContextV1) -> Self {
        let table = RuntimeHostVTableV1::present(context.vtable);
        // SAFETY: the caller's promise, handed on; the table came from `present` (rule 10).
        let read = unsafe { ReadTable::of_host(context.ctx_ptr, table) };
        Self { read }
    }

    /// The functions of a table whose reading ones came from [`read`](Self::read). Used by who owns the transaction, so that no two
    /// writes can overlap.
    #[inline]
    pub(super) const fn of_read(read: ReadTable<'c>) -> Self {
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

    /// Creates a record from zeroed bytes, and returns its key and what `init` made of them.
    ///
    /// # Errors
    ///
    /// The host's failure, whose text is in `scratch`, or its breach of contract.
    #[inline]
    pub fn create<T, E, F: FnOnce(&mut [u8]) -> Result<T, E>>(
        &mut self,
        scratch: &mut Scratch<'_>,
        kind: RecordKind,
        init: F,
    ) -> Result<(RecordKey, T), HostCallError<E>> {
        const CALL: &str = "create_typed_raw";
        let entry = self.entries().create_typed_raw.ok_or_else(|| self.missing(CALL))?;
        let mut visit = Once::new(init);
        let visit_ctx = (&raw mut visit).cast();
        let init = Some(visit_bytes_mut::<T, E, F> as _);
        // Kind 0 is reserved: a host that leaves the key unwritten is found out.
        let mut key = RuntimeRecordKeyView { kind: 0, sys_id: 0 };
        let (out_key, out_error) = (&raw mut key, scratch.as_ptr());
        // SAFETY: the entry keeps the contract; the pointers are live for the call, and the visit is of this visitor's type (rules 3, 4).
        let status = unsafe { entry(self.read.ctx(), kind, visit_ctx, init, out_key, out_error) };
        match (status, visit.take_out()) {
            (RuntimeCallStatus::Success, Some(made)) if key.kind == kind => Ok((key.into(), made)),
            (_, made) => Err(not_created(&mut visit, status, made.is_some(), kind, key.kind)),
        }
    }

    /// Updates a record by primary key, and returns what `update` made of it; `None` when there is no such record.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create).
    #[inline]
    pub fn update_by_pk<T, E, F: FnOnce(&mut [u8]) -> Result<T, E>>(
        &mut self,
        scratch: &mut Scratch<'_>,
        kind: RecordKind,
        pk: &[u8],
        update: F,
    ) -> Result<Option<T>, HostCallError<E>> {
        const CALL: &str = "update_typed_by_pk_raw";
        let entry = self.entries().update_typed_by_pk_raw.ok_or_else(|| self.missing(CALL))?;
        let mut visit = Once::new(update);
        let visit_ctx = (&raw mut visit).cast();
        let update = Some(visit_bytes_mut::<T, E, F> as _);
        let pk = RuntimeBytesRef::from_slice(pk);
        let mut found = 0;
        let (out_found, out_error) = (&raw mut found, scratch.as_ptr());
        // SAFETY: the entry keeps the contract; the pointers are live for the call, and the visit is of this visitor's type (rules 3, 4).
        let status =
            unsafe { entry(self.read.ctx(), kind, pk, visit_ctx, update, out_found, out_error) };
        visit.found(CALL, status, found)
    }

    /// Deletes a record by primary key, and returns whether there was one.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create).
    #[inline]
    pub fn delete_by_pk(
        &mut self,
        scratch: &mut Scratch<'_>,
        kind: RecordKind,
        pk: &[u8],
    ) -> Result<bool, HostCallError> {
        const CALL: &str = "delete_by_pk_raw";
        let entry = self.entries().delete_by_pk_raw.ok_or_else(|| self.missing(CALL))?;
        let pk = RuntimeBytesRef::from_slice(pk);
        let mut deleted = 0;
        let (out_deleted, out_error) = (&raw mut deleted, scratch.as_ptr());
        // SAFETY: the entry keeps the contract; the pointers are live for the call (rules 1, 3).
        let status = unsafe { entry(self.read.ctx(), kind, pk, out_deleted, out_error) };
        succeeded(CALL, status)?;
        flag(CALL, deleted)
    }

    /// Emits an event.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create).
    #[inline]
    pub fn emit_event(
        &mut self,
        scratch: &mut Scratch<'_>,
        kind: u8,
        payload: &[u8],
    ) -> Result<(), HostCallError> {
        const CALL: &str = "emit_typed_event_raw";
        let entry = self.entries().emit_typed_event_raw.ok_or_else(|| self.missing(CALL))?;
        let payload = RuntimeBytesRef::from_slice(payload);
        // SAFETY: the entry keeps the contract; the pointers are live for the call (rules 1, 3).
        let status = unsafe { entry(self.read.ctx(), kind, payload, scratch.as_ptr()) };
        succeeded(CALL, status)
    }

    /// Passes a diagnostic text on.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create).
    pub fn debug_log(
        &mut self,
        scratch: &mut Scratch<'_>,
        message: &str,
    ) -> Result<(), HostCallError> {
        const CALL: &str = "debug_log";
        let entry = self.entries().debug_log.ok_or_else(|| self.missing(CALL))?;
        let message = RuntimeBytesRef::from_slice(message.as_bytes());
        // SAFETY: the entry keeps the contract; the pointers are live for the call (rules 1, 3).
        let status = unsafe { entry(self.read.ctx(), message, scratch.as_ptr()) };
        succeeded(CALL, status)
    }

    #[inline]
    fn entries(&self) -> &RuntimeHostVTableV1 {
        // SAFETY: made of such a table; valid for reads for `'c`, by the promise of `from_raw` or as a stand-in (rule 10).
        unsafe { self.read.table().as_ref() }
    }

    #[inline]
    fn missing<E>(&self, call: &'static str) -> HostCallError<E> {
        missing(self.read.table::<()>().as_ptr(), call)
    }
}

/// Why the answer to a call that creates is not a new record.
#[cold]
fn not_created<F, T, E>(
    visit: &mut Once<F, T, E>,
    status: RuntimeCallStatus,
    visited: bool,
    expected: RecordKind,
    got: RecordKind,
) -> HostCallError<E> {
    const CALL: &str = "create_typed_raw";
    match visit.check(CALL, status) {
        Err(error) => error,
        Ok(()) if visited => ContractViolation::Kind { call: CALL, expected, got }.into(),
        Ok(()) => ContractViolation::NotVisited { call: CALL }.into(),
    }
}
