//! The host of the plugin in the module: each call becomes one or two calls of the real host.

use statevec_abi::{
    abi::{RecordKey, RecordKind, SysId, runtime_error_kind::HOST_REJECTED},
    boundary::{ErrorSlot, ErrorWritten, TxResult},
    host::{BytesMutVisitor, BytesVisitor, Host, KeyVisitor},
};

// The functions of the real host. Addresses are those of the module's memory, which the host
// checks. A negative answer is a refusal, and `NONE` says that there is no such record.
//
// SAFETY: the host links functions of exactly these types; otherwise the module is not instantiated
// (rule 10).
#[link(wasm_import_module = "host")]
unsafe extern "C" {
    fn read_by_id(kind: u32, sys_id: u64, row: *mut u8) -> i32;
    fn read_by_pk(kind: u32, pk: *const u8, pk_len: u32, row: *mut u8) -> i32;
    fn write_by_pk(kind: u32, pk: *const u8, pk_len: u32, row: *const u8) -> i32;
    fn create(kind: u32, row: *const u8) -> i64;
    fn emit(kind: u32, payload: *const u8, len: u32) -> i32;
}

/// There is no such record.
const NONE: i32 = 0;

/// The bytes of a record.
const ROW: usize = 48;

/// The real host, outside of the module.
pub(crate) struct Outside;

impl Host for Outside {
    fn key_len(&self, kind: RecordKind) -> Option<usize> {
        (kind != 2).then_some(8)
    }

    #[inline]
    fn read_by_id<'e>(
        &self,
        kind: RecordKind,
        sys_id: SysId,
        visitor: BytesVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        let mut row = [0; ROW];
        // SAFETY: the host writes one record to memory of that size (rule 10).
        let answer = unsafe { read_by_id(kind.into(), sys_id, row.as_mut_ptr()) };
        if found(answer, error)? {
            visitor.visit(&row);
        }
        Ok(answer != NONE)
    }

    #[inline]
    fn read_by_pk<'e>(
        &self,
        kind: RecordKind,
        pk: &[u8],
        visitor: BytesVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        let mut row = [0; ROW];
        let is_found = found(row_of(kind, pk, &mut row), error)?;
        if is_found {
            visitor.visit(&row);
        }
        Ok(is_found)
    }

    #[inline]
    fn create<'e>(
        &mut self,
        kind: RecordKind,
        init: BytesMutVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, RecordKey> {
        let mut row = [0; ROW];
        init.visit(&mut row);
        // SAFETY: the host reads one record from memory of that size (rule 10).
        let answer = unsafe { create(kind.into(), row.as_ptr()) };
        match SysId::try_from(answer) {
            Ok(sys_id) => Ok(RecordKey { kind, sys_id }),
            Err(_) => Err(refused(error)),
        }
    }

    #[inline]
    fn update_by_pk<'e>(
        &mut self,
        kind: RecordKind,
        pk: &[u8],
        update: BytesMutVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        let mut row = [0; ROW];
        let answer = row_of(kind, pk, &mut row);
        if answer == NONE {
            return Ok(false);
        }
        if answer < 0 {
            return Err(refused(error));
        }
        update.visit(&mut row);
        // SAFETY: the host reads the key and one record from memory of their sizes (rule 10).
        let answer =
            unsafe { write_by_pk(kind.into(), pk.as_ptr(), pk.len() as u32, row.as_ptr()) };
        found(answer, error)
    }

    fn delete_by_pk<'e>(
        &mut self,
        _kind: RecordKind,
        _pk: &[u8],
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        Err(refused(error))
    }

    #[inline]
    fn emit_event<'e>(&mut self, kind: u8, payload: &[u8], error: ErrorSlot<'e>) -> TxResult<'e> {
        // SAFETY: the host reads the payload from memory of its size (rule 10).
        let answer = unsafe { emit(kind.into(), payload.as_ptr(), payload.len() as u32) };
        found(answer, error).map(drop)
    }

    fn for_each_key<'e>(
        &self,
        _kind: RecordKind,
        _visitor: KeyVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e> {
        // No measured command walks.
        Err(refused(error))
    }
}

#[inline]
fn row_of(kind: RecordKind, pk: &[u8], row: &mut [u8; ROW]) -> i32 {
    // SAFETY: the host reads the key from memory of its size, and writes one record (rule 10).
    unsafe { read_by_pk(kind.into(), pk.as_ptr(), pk.len() as u32, row.as_mut_ptr()) }
}

#[inline]
fn found(answer: i32, error: ErrorSlot<'_>) -> TxResult<'_, bool> {
    if answer < 0 { Err(refused(error)) } else { Ok(answer != NONE) }
}

#[cold]
fn refused(error: ErrorSlot<'_>) -> ErrorWritten<'_> {
    error.fail(HOST_REJECTED, format_args!("the bench store has no such record kind"))
}
