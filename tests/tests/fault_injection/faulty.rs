//! A layer around a store whose nth call fails.

use statevec_abi::{
    abi::{RecordKey, RecordKind, SysId},
    boundary::{ErrorSlot, TxResult},
    host::{BytesMutVisitor, BytesVisitor, Host, KeyVisitor},
    layers::StoreLayer,
};
use statevec_host::Store;

use crate::fault::Plan;

#[derive(Debug)]
pub(crate) struct Faulty {
    pub(crate) plan: Plan,
    store: Store,
}

impl Faulty {
    pub(crate) fn over(store: Store) -> Self {
        Self { plan: Plan::default(), store }
    }
}

impl StoreLayer<Store> for Faulty {
    fn store(&self) -> &Store {
        &self.store
    }

    fn store_mut(&mut self) -> &mut Store {
        &mut self.store
    }
}

#[deny(clippy::missing_trait_methods)]
impl Host for Faulty {
    fn thread_token() -> usize {
        Store::thread_token()
    }

    /// Not counted, because the plugin does not call it: the boundary does, before it makes a call.
    fn key_len(&self, kind: RecordKind) -> Option<usize> {
        self.store.key_len(kind)
    }

    fn read_by_id<'e>(
        &self,
        kind: RecordKind,
        sys_id: SysId,
        visitor: BytesVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        let call = |error| self.store.read_by_id(kind, sys_id, visitor, error);
        self.plan.call("read_by_id", error, call)
    }

    fn read_by_pk<'e>(
        &self,
        kind: RecordKind,
        pk: &[u8],
        visitor: BytesVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        let call = |error| self.store.read_by_pk(kind, pk, visitor, error);
        self.plan.call("read_by_pk", error, call)
    }

    fn create<'e>(
        &mut self,
        kind: RecordKind,
        init: BytesMutVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, RecordKey> {
        let call = |error| self.store.create(kind, init, error);
        self.plan.call("create", error, call)
    }

    fn update_by_pk<'e>(
        &mut self,
        kind: RecordKind,
        pk: &[u8],
        update: BytesMutVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        let call = |error| self.store.update_by_pk(kind, pk, update, error);
        self.plan.call("update_by_pk", error, call)
    }

    fn delete_by_pk<'e>(
        &mut self,
        kind: RecordKind,
        pk: &[u8],
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        // This call lends no record, whatever its result.
        let mut deleted = false;
        let call = |error| {
            deleted = self.store.delete_by_pk(kind, pk, error)?;
            Ok(())
        };
        self.plan.call("delete_by_pk", error, call)?;
        Ok(deleted)
    }

    fn emit_event<'e>(&mut self, kind: u8, payload: &[u8], error: ErrorSlot<'e>) -> TxResult<'e> {
        let call = |error| self.store.emit_event(kind, payload, error);
        self.plan.call("emit_event", error, call)
    }

    fn for_each_key<'e>(
        &self,
        kind: RecordKind,
        visitor: KeyVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e> {
        let call = |error| self.store.for_each_key(kind, visitor, error);
        self.plan.call("for_each_key", error, call)
    }

    fn debug_log<'e>(&mut self, message: &[u8], error: ErrorSlot<'e>) -> TxResult<'e> {
        let call = |error| self.store.debug_log(message, error);
        self.plan.call("debug_log", error, call)
    }

    fn begin_call(&self) {
        self.store.begin_call();
    }

    fn end_call<'e>(&self, error: ErrorSlot<'e>) -> TxResult<'e> {
        self.store.end_call(error)
    }
}
