//! The bench store as a host.

use statevec_abi::{
    abi::{RecordKey, RecordKind, SysId, runtime_error_kind::HOST_REJECTED},
    boundary::{ErrorSlot, ErrorWritten, TxResult},
    host::{BytesMutVisitor, BytesVisitor, Host, KeyVisitor},
};
use statevec_host::Store;

use crate::{FlatStore, store::Refused};

impl Host for FlatStore {
    #[inline]
    fn thread_token() -> usize {
        Store::thread_token()
    }

    #[inline]
    fn key_len(&self, kind: RecordKind) -> Option<usize> {
        // Also for kinds that the store does not have, so that the store itself refuses them.
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
        match self.by_id(kind, sys_id) {
            Ok(Some(row)) => {
                visitor.visit(row);
                Ok(true)
            }
            Ok(None) => Ok(false),
            Err(Refused) => Err(refused(error)),
        }
    }

    #[inline]
    fn read_by_pk<'e>(
        &self,
        kind: RecordKind,
        pk: &[u8],
        visitor: BytesVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        match self.by_pk(kind, pk) {
            Ok(Some(row)) => {
                visitor.visit(row);
                Ok(true)
            }
            Ok(None) => Ok(false),
            Err(Refused) => Err(refused(error)),
        }
    }

    #[inline]
    fn create<'e>(
        &mut self,
        kind: RecordKind,
        init: BytesMutVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, RecordKey> {
        match self.create(kind) {
            Ok((sys_id, row)) => {
                init.visit(row);
                Ok(RecordKey { kind, sys_id })
            }
            Err(Refused) => Err(refused(error)),
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
        match self.by_pk_mut(kind, pk) {
            Ok(Some(row)) => {
                update.visit(row);
                Ok(true)
            }
            Ok(None) => Ok(false),
            Err(Refused) => Err(refused(error)),
        }
    }

    #[inline]
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
        self.emit(kind, payload).map_err(|Refused| refused(error))
    }

    fn for_each_key<'e>(
        &self,
        kind: RecordKind,
        mut visitor: KeyVisitor<'_>,
        _error: ErrorSlot<'e>,
    ) -> TxResult<'e> {
        for sys_id in self.account_numbers() {
            visitor.visit(RecordKey { kind, sys_id });
        }
        Ok(())
    }
}

#[cold]
fn refused<'e>(error: ErrorSlot<'e>) -> ErrorWritten<'e> {
    // `Refused::TEXT`; as a literal, because a text without arguments is copied and not formatted.
    error.fail(HOST_REJECTED, format_args!("the bench store has no such record kind"))
}
