//! Reading calls from a plugin to its host.

use core::{ffi::c_void, marker::PhantomData, mem::offset_of, ptr::NonNull};

use super::{
    contract::{ContractViolation, HostCallError, flag, succeeded},
    scratch::Scratch,
    table::{Table, missing},
    visit::{Once, State, Trouble, VisitKeys, visit_bytes, visit_key},
};
use crate::abi::{
    ForEachKeyFn, ReadByIdFn, ReadByPkFn, RecordKey, RecordKind, RuntimeBytesRef,
    RuntimeCallStatus, RuntimeHostVTableV1, RuntimeReadContextV1, RuntimeReadVTableV1, SysId,
};

/// The read functions of a host, for the time `'c` that it lent them.
///
/// Every call names the [`Scratch`] that its error goes to. A call made from inside a visitor needs another one than the call
/// that it is inside of (rule 3): the borrow of the scratch sees to it.
#[derive(Debug, Clone, Copy)]
pub struct ReadTable<'c> {
    ctx: *mut c_void,
    entries: NonNull<ReadEntries>,
    /// The one read function whose place differs between the two tables.
    for_each: NonNull<Option<ForEachKeyFn>>,
    call: PhantomData<&'c ()>,
}

/// What both tables begin with.
#[repr(C)]
struct ReadEntries {
    by_id: Option<ReadByIdFn>,
    by_pk: Option<ReadByPkFn>,
}

const _: () = {
    assert!(offset_of!(RuntimeReadVTableV1, with_read_typed_raw) == offset_of!(ReadEntries, by_id));
    assert!(offset_of!(RuntimeHostVTableV1, with_read_typed_raw) == offset_of!(ReadEntries, by_id));
    assert!(
        offset_of!(RuntimeReadVTableV1, with_read_typed_by_pk_raw)
            == offset_of!(ReadEntries, by_pk)
    );
    assert!(
        offset_of!(RuntimeHostVTableV1, with_read_typed_by_pk_raw)
            == offset_of!(ReadEntries, by_pk)
    );
};

impl<'c> ReadTable<'c> {
    /// # Safety
    ///
    /// A non-null, aligned table pointer is valid for reads for `'c`, and the entries keep the contract when their first argument is `ctx_ptr`.
    #[must_use]
    #[inline]
    pub unsafe fn from_raw(context: RuntimeReadContextV1) -> Self {
        let table = RuntimeReadVTableV1::present(context.vtable);
        // SAFETY: valid for reads, by the caller's promise or as a stand-in (rule 10).
        let for_each = unsafe { &table.as_ref().for_each_record_key_raw };
        Self {
            ctx: context.ctx_ptr,
            entries: table.cast(),
            for_each: for_each.into(),
            call: PhantomData,
        }
    }

    /// The read functions of a table for transactions.
    ///
    /// # Safety
    ///
    /// As [`from_raw`](Self::from_raw); `table` came from [`Table::present`].
    #[inline]
    pub(crate) unsafe fn of_host(ctx: *mut c_void, table: NonNull<RuntimeHostVTableV1>) -> Self {
        // SAFETY: valid for reads, by the caller's promise or as a stand-in (rule 10).
        let for_each = unsafe { &table.as_ref().for_each_record_key_raw };
        Self { ctx, entries: table.cast(), for_each: for_each.into(), call: PhantomData }
    }

    /// Reads a record by number, and returns what the visitor made of it; `None` when there is no such record.
    ///
    /// # Errors
    ///
    /// The host's failure, whose text is in `scratch`, or its breach of contract.
    #[inline]
    pub fn read_by_id<T, E, F: FnOnce(&[u8]) -> Result<T, E>>(
        &self,
        scratch: &mut Scratch<'_>,
        kind: RecordKind,
        sys_id: SysId,
        visitor: F,
    ) -> Result<Option<T>, HostCallError<E>> {
        const CALL: &str = "with_read_typed_raw";
        // SAFETY: valid for reads for `'c` (rule 1).
        let entry = unsafe { (*self.entries.as_ptr()).by_id };
        let entry = entry.ok_or_else(|| self.missing(CALL))?;
        let mut visit = Once::new(visitor);
        let visit_ctx = (&raw mut visit).cast();
        let visitor = Some(visit_bytes::<T, E, F> as _);
        let mut found = 0;
        let (out_found, out_error) = (&raw mut found, scratch.as_ptr());
        // SAFETY: the entry keeps the contract; the pointers are live for the call, and the visit is of this visitor's type (rules 3, 4).
        let status =
            unsafe { entry(self.ctx, kind, sys_id, visit_ctx, visitor, out_found, out_error) };
        visit.found(CALL, status, found)
    }

    /// Reads a record by primary key, and returns what the visitor made of it; `None` when there is no such record.
    ///
    /// # Errors
    ///
    /// As [`read_by_id`](Self::read_by_id).
    #[inline]
    pub fn read_by_pk<T, E, F: FnOnce(&[u8]) -> Result<T, E>>(
        &self,
        scratch: &mut Scratch<'_>,
        kind: RecordKind,
        pk: &[u8],
        visitor: F,
    ) -> Result<Option<T>, HostCallError<E>> {
        const CALL: &str = "with_read_typed_by_pk_raw";
        // SAFETY: valid for reads for `'c` (rule 1).
        let entry = unsafe { (*self.entries.as_ptr()).by_pk };
        let entry = entry.ok_or_else(|| self.missing(CALL))?;
        let mut visit = Once::new(visitor);
        let visit_ctx = (&raw mut visit).cast();
        let visitor = Some(visit_bytes::<T, E, F> as _);
        let pk = RuntimeBytesRef::from_slice(pk);
        let mut found = 0;
        let (out_found, out_error) = (&raw mut found, scratch.as_ptr());
        // SAFETY: the entry keeps the contract; the pointers are live for the call, and the visit is of this visitor's type (rules 3, 4).
        let status = unsafe { entry(self.ctx, kind, pk, visit_ctx, visitor, out_found, out_error) };
        visit.found(CALL, status, found)
    }

    /// Calls the visitor with every key of a kind, in the host's order (ascending `sys_id`).
    ///
    /// # Errors
    ///
    /// As [`read_by_id`](Self::read_by_id).
    pub fn for_each_key<F: FnMut(RecordKey)>(
        &self,
        scratch: &mut Scratch<'_>,
        kind: RecordKind,
        visitor: F,
    ) -> Result<(), HostCallError> {
        const CALL: &str = "for_each_record_key_raw";
        // SAFETY: valid for reads for `'c` (rule 1).
        let entry = unsafe { *self.for_each.as_ptr() };
        let entry = entry.ok_or_else(|| self.missing(CALL))?;
        let mut visit = VisitKeys::Waiting(visitor);
        let visit_ctx = (&raw mut visit).cast();
        let visitor = Some(visit_key::<F> as _);
        // SAFETY: the entry keeps the contract; the pointers are live for the call, and the visit is of this visitor's type (rules 3, 4).
        let status = unsafe { entry(self.ctx, kind, visit_ctx, visitor, scratch.as_ptr()) };
        visit.finish(CALL, status)
    }

    /// The whole table, of the type that it was made from.
    pub(crate) const fn table<T>(&self) -> NonNull<T> {
        self.entries.cast()
    }

    pub(crate) const fn ctx(&self) -> *mut c_void {
        self.ctx
    }

    #[inline]
    fn missing<E>(&self, call: &'static str) -> HostCallError<E> {
        missing(self.entries.as_ptr().cast_const().cast(), call)
    }
}

impl<F, T, E> Once<F, T, E> {
    /// The answer to a call that visits a record if it exists.
    #[inline]
    pub(super) fn found(
        &mut self,
        call: &'static str,
        status: RuntimeCallStatus,
        found: u8,
    ) -> Result<Option<T>, HostCallError<E>> {
        match (status, found, self.state()) {
            (RuntimeCallStatus::Success, 1, State::Visited) => Ok(self.take_out()),
            (RuntimeCallStatus::Success, 0, State::Waiting) => Ok(None),
            _ => Err(self.not_found(call, status, found)),
        }
    }

    /// Why the answer is neither a record nor none.
    #[cold]
    fn not_found(
        &mut self,
        call: &'static str,
        status: RuntimeCallStatus,
        found: u8,
    ) -> HostCallError<E> {
        contradiction(self.take_trouble(), call, status, found)
    }

    /// Goes on with the visitor's panic; otherwise says what was wrong with the visit, or else with the status.
    #[cold]
    pub(super) fn check(
        &mut self,
        call: &'static str,
        status: RuntimeCallStatus,
    ) -> Result<(), HostCallError<E>> {
        judge(self.take_trouble(), call, status)
    }
}

/// [`Once::not_found`], made once for all closures.
#[cold]
#[inline(never)]
fn contradiction<E>(
    trouble: Option<Trouble<E>>,
    call: &'static str,
    status: RuntimeCallStatus,
    found: u8,
) -> HostCallError<E> {
    judge(trouble, call, status).and_then(|()| flag(call, found)).map_or_else(
        |error| error,
        |found| match found {
            true => ContractViolation::NotVisited { call }.into(),
            false => ContractViolation::VisitedNothing { call }.into(),
        },
    )
}

/// [`Once::check`], made once for all closures.
#[cold]
#[inline(never)]
fn judge<E>(
    trouble: Option<Trouble<E>>,
    call: &'static str,
    status: RuntimeCallStatus,
) -> Result<(), HostCallError<E>> {
    match trouble {
        Some(Trouble::Panicked(panic)) => panic.resume(),
        Some(Trouble::Twice) => Err(ContractViolation::VisitedTwice { call }.into()),
        Some(Trouble::Bytes(error)) => Err(ContractViolation::Bytes { call, error }.into()),
        Some(Trouble::Refused(error)) => Err(HostCallError::Refused(error)),
        None => succeeded(call, status),
    }
}

impl<F> VisitKeys<F> {
    fn finish(self, call: &'static str, status: RuntimeCallStatus) -> Result<(), HostCallError> {
        match self {
            Self::Waiting(_) | Self::Running => succeeded(call, status),
            Self::Nested => Err(ContractViolation::VisitedTwice { call }.into()),
            Self::Panicked(panic) => panic.resume(),
        }
    }
}
