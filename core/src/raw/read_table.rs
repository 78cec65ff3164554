//! Reading calls from a plugin to its host.

use core::{ffi::c_void, marker::PhantomData, mem::offset_of, ptr::NonNull};

use super::{
    contract::{HostCaller, entry_name},
    record_bounds::{AnyLength, HasRecordBounds, RecordBounds},
    stand_in::{HasStandIns, missing},
    visitor::{
        ClearOnDrop, LookupResult, OneShotVisitor, RepeatVisitor, VisitorState, visit_bytes,
        visit_key,
    },
};
use crate::{
    abi::{
        ForEachKeyFn, ReadByIdFn, ReadByPkFn, RecordKey, RecordKind, RuntimeBytesRef,
        RuntimeCallStatus, RuntimeHostVTableV1, RuntimeReadContextV1, RuntimeReadVTableV1, SysId,
    },
    typed::DecodeError,
};

/// The read functions of a host, which it lends for `'c`.
///
/// Every call takes a [`HostCaller`], whose buffer gets the host's error. A call from inside a
/// visitor needs another caller than the call around it (rule 3); the mutable borrow enforces that.
#[derive(Debug, Clone, Copy)]
pub struct ReadTable<'c> {
    ctx: *mut c_void,
    entries: NonNull<ReadEntries>,
    /// Offset of `for_each_record_key_raw`, which differs between the two tables.
    for_each_at: u32,
    call: PhantomData<&'c ()>,
}

const FOR_EACH_AT_HOST: u32 = offset_of!(RuntimeHostVTableV1, for_each_record_key_raw) as u32;
const FOR_EACH_AT_READ: u32 = offset_of!(RuntimeReadVTableV1, for_each_record_key_raw) as u32;

/// The first entries of both tables.
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
    /// A non-null, aligned table pointer is valid for reads for `'c`, and the entries keep the
    /// contract when their first argument is `ctx_ptr`.
    #[must_use]
    #[inline]
    pub unsafe fn from_raw(context: RuntimeReadContextV1) -> Self {
        let table = RuntimeReadVTableV1::or_stand_in(context.vtable);
        Self {
            ctx: context.ctx_ptr,
            entries: table.cast(),
            for_each_at: FOR_EACH_AT_READ,
            call: PhantomData,
        }
    }

    /// The read functions of a table for transactions.
    ///
    /// # Safety
    ///
    /// As [`from_raw`](Self::from_raw); `table` came from [`HasStandIns::or_stand_in`].
    #[inline]
    pub(crate) unsafe fn of_host(ctx: *mut c_void, table: NonNull<RuntimeHostVTableV1>) -> Self {
        Self { ctx, entries: table.cast(), for_each_at: FOR_EACH_AT_HOST, call: PhantomData }
    }

    /// Reads a record by number, and returns the visitor's result; `None` when there is no such
    /// record.
    ///
    /// # Errors
    ///
    /// The caller's failure: made of the host's error, or of its breach of the contract.
    #[inline]
    pub fn read_by_id<T, C: HostCaller>(
        &self,
        caller: &mut C,
        kind: RecordKind,
        sys_id: SysId,
        visitor: impl FnOnce(&[u8]) -> T,
    ) -> Result<Option<T>, C::Failure> {
        self.lend_by_id::<AnyLength, _, _, _>(caller, kind, sys_id, |data| Ok(visitor(data)))
    }

    /// Reads a record by primary key, and returns the visitor's result; `None` when there is no
    /// such record.
    ///
    /// # Errors
    ///
    /// As [`read_by_id`](Self::read_by_id).
    #[inline]
    pub fn read_by_pk<T, C: HostCaller>(
        &self,
        caller: &mut C,
        kind: RecordKind,
        pk: &[u8],
        visitor: impl FnOnce(&[u8]) -> T,
    ) -> Result<Option<T>, C::Failure> {
        self.lend_by_pk::<AnyLength, _, _, _>(caller, kind, pk, |data| Ok(visitor(data)))
    }

    /// [`read_by_id`](Self::read_by_id) for a visitor with record bounds that may refuse the bytes.
    #[inline]
    pub(crate) fn lend_by_id<L, T, F, C>(
        &self,
        caller: &mut C,
        kind: RecordKind,
        sys_id: SysId,
        visitor: F,
    ) -> Result<Option<T>, C::Failure>
    where
        L: HasRecordBounds,
        F: FnOnce(&[u8]) -> Result<T, DecodeError>,
        C: HostCaller,
    {
        const CALL: &str = entry_name("with_read_typed_raw");
        // SAFETY: the constructors took a table that is valid for reads for `'c`, or a static
        // stand-in (rule 10).
        let entry = unsafe { (*self.entries.as_ptr()).by_id };
        let Some(entry) = entry else { return Err(missing(caller, self.table(), CALL)) };
        let mut visit = OneShotVisitor::new(visitor);
        let visitor = Some(visit_bytes::<L, T, F> as _);
        let out_error = caller.error_buffer().as_ptr();
        let visit_ctx = &raw mut visit;
        let out_found = OneShotVisitor::out_found(visit_ctx);
        // SAFETY: the entry belongs to this context. All pointers are live during the call, and the
        // visit has the type that this visitor expects (rules 3, 4 and 10).
        let status = unsafe {
            entry(self.ctx, kind, sys_id, visit_ctx.cast(), visitor, out_found, out_error)
        };
        found::<L, _, _, _>(caller, &mut visit, CALL, status)
    }

    /// [`read_by_pk`](Self::read_by_pk) for a visitor with record bounds that may refuse the bytes.
    #[inline]
    pub(crate) fn lend_by_pk<L, T, F, C>(
        &self,
        caller: &mut C,
        kind: RecordKind,
        pk: &[u8],
        visitor: F,
    ) -> Result<Option<T>, C::Failure>
    where
        L: HasRecordBounds,
        F: FnOnce(&[u8]) -> Result<T, DecodeError>,
        C: HostCaller,
    {
        const CALL: &str = entry_name("with_read_typed_by_pk_raw");
        // SAFETY: the constructors took a table that is valid for reads for `'c`, or a static
        // stand-in (rule 10).
        let entry = unsafe { (*self.entries.as_ptr()).by_pk };
        let Some(entry) = entry else { return Err(missing(caller, self.table(), CALL)) };
        let mut visit = OneShotVisitor::new(visitor);
        let visitor = Some(visit_bytes::<L, T, F> as _);
        let pk = RuntimeBytesRef::from_slice(pk);
        let out_error = caller.error_buffer().as_ptr();
        let visit_ctx = &raw mut visit;
        let out_found = OneShotVisitor::out_found(visit_ctx);
        // SAFETY: the entry belongs to this context. All pointers are live during the call, and the
        // visit has the type that this visitor expects (rules 3, 4 and 10).
        let status =
            unsafe { entry(self.ctx, kind, pk, visit_ctx.cast(), visitor, out_found, out_error) };
        found::<L, _, _, _>(caller, &mut visit, CALL, status)
    }

    /// Calls the visitor with every key of a kind, in the host's order (ascending `sys_id`).
    ///
    /// # Errors
    ///
    /// As [`read_by_id`](Self::read_by_id).
    pub fn for_each_key<F: FnMut(RecordKey), C: HostCaller>(
        &self,
        caller: &mut C,
        kind: RecordKind,
        visitor: F,
    ) -> Result<(), C::Failure> {
        const CALL: &str = entry_name("for_each_record_key_raw");
        let entry = self.entries.as_ptr().wrapping_byte_add(self.for_each_at as usize);
        // SAFETY: `for_each_at` is the entry's offset in the type of table that the constructor
        // took, which is valid for reads for `'c`, or a static stand-in (rule 10).
        let entry = unsafe { *entry.cast::<Option<ForEachKeyFn>>() };
        let Some(entry) = entry else { return Err(missing(caller, self.table(), CALL)) };
        let mut visit = RepeatVisitor::Waiting(visitor);
        let visit_ctx = (&raw mut visit).cast();
        let visitor = Some(visit_key::<F> as _);
        let out_error = caller.error_buffer().as_ptr();
        // SAFETY: the entry belongs to this context. All pointers are live during the call, and the
        // visit has the type that this visitor expects (rules 3, 4 and 10).
        let status = unsafe { entry(self.ctx, kind, visit_ctx, visitor, out_error) };
        visit.finish(CALL, status).map_err(|error| caller.failed(error))
    }

    /// Context, entries and the offset of `for_each_record_key_raw`, for a struct that stores them
    /// beside other fields.
    #[inline]
    pub(crate) const fn into_raw_parts(self) -> (*mut c_void, NonNull<()>, u32) {
        (self.ctx, self.entries.cast(), self.for_each_at)
    }

    /// # Safety
    ///
    /// The arguments came from [`into_raw_parts`](Self::into_raw_parts) of one table that is lent
    /// for `'c`.
    #[inline]
    pub(crate) const unsafe fn from_raw_parts(
        ctx: *mut c_void,
        entries: NonNull<()>,
        for_each_at: u32,
    ) -> Self {
        Self { ctx, entries: entries.cast(), for_each_at, call: PhantomData }
    }

    /// The whole table, in the type from which it was made.
    pub(crate) const fn table<T>(&self) -> NonNull<T> {
        self.entries.cast()
    }

    pub(crate) const fn ctx(&self) -> *mut c_void {
        self.ctx
    }
}

/// The result of a call that visits a record if it exists.
#[inline]
pub(super) fn found<L: HasRecordBounds, F, T, C: HostCaller>(
    caller: &mut C,
    visit: &mut OneShotVisitor<F, T>,
    call: &'static str,
    status: RuntimeCallStatus,
) -> Result<Option<T>, C::Failure> {
    match visit.found(status) {
        LookupResult::Record(made) => Ok(Some(made)),
        LookupResult::Nothing => {
            drop(ClearOnDrop::of(visit));
            Ok(None)
        }
        LookupResult::Unclear => {
            let mut visit = ClearOnDrop::of(visit);
            Err(unclear(caller, visit.state(), const { &L::BOUNDS }, call, status))
        }
    }
}

/// Makes the error of an answer that is neither a record nor none: one function for all closures.
#[cold]
#[inline(never)]
fn unclear<C: HostCaller>(
    caller: &mut C,
    state: &mut VisitorState,
    bounds: &'static RecordBounds,
    call: &'static str,
    status: RuntimeCallStatus,
) -> C::Failure {
    if status == RuntimeCallStatus::Failure && state.is_untouched() {
        return caller.reported(call);
    }
    caller.failed(state.lookup_error(call, *bounds, status))
}
