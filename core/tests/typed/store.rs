//! A host that stores records in a list, and breaks the contract on demand.

use statevec_abi::host::{
    BytesMutVisitor, BytesVisitor, Host, HostGate, KeyVisitor, PluginApi, PluginRuntime,
};
use statevec_abi::{
    abi::{RecordKey, RecordKind, RuntimeErrorBuf, SysId, runtime_error_kind},
    boundary::{ErrorSlot, RuntimeCommandRef, TxResult},
    plugin::StaticPlugin,
};
use std::sync::Arc;

/// Records of kind 1, found by the `u64` at their start.
#[derive(Default)]
pub(crate) struct Store {
    pub(crate) records: Vec<(SysId, Vec<u8>)>,
    pub(crate) events: Vec<(u8, Vec<u8>)>,
    /// Lends this many bytes instead of the record's 48.
    pub(crate) lends: Option<usize>,
    /// Lists a record that is not there.
    pub(crate) lists_a_ghost: bool,
}

/// The result of a call: the error's kind and text.
pub(crate) type Outcome = Result<(), (u16, String)>;

/// Runs one command.
pub(crate) fn run(plugin: StaticPlugin, store: &mut Store, kind: u8, payload: &[u8]) -> Outcome {
    let mut error = RuntimeErrorBuf::RESET;
    let mut runtime = runtime(plugin, &mut error);
    let command = RuntimeCommandRef::new(kind, 1, 0, payload);
    let outcome = runtime.run_tx(store, &command);
    outcome.map_err(|failure| (failure.kind.0, failure.message.to_string()))
}

/// Lets the plugin check its invariants.
pub(crate) fn validate(plugin: StaticPlugin, store: &Store) -> Outcome {
    let mut error = RuntimeErrorBuf::RESET;
    let mut runtime = runtime(plugin, &mut error);
    let outcome = runtime.validate_biz_invariants(store);
    outcome.map_err(|failure| (failure.kind.0, failure.message.to_string()))
}

fn runtime(
    plugin: StaticPlugin,
    error: &mut RuntimeErrorBuf,
) -> PluginRuntime<Store, Arc<HostGate<Store>>> {
    // SAFETY: the table is made by this crate's own thunks (rule 1).
    let api = unsafe { PluginApi::check(plugin.api()) }.unwrap();
    PluginRuntime::create(api, "", Arc::pin(HostGate::new()), error).unwrap()
}

impl Store {
    fn find(&self, pk: &[u8]) -> Option<usize> {
        let pk = u64::from_be_bytes(pk.try_into().unwrap()).to_le_bytes();
        self.records.iter().position(|(_, data)| data.starts_with(&pk))
    }
}

impl Host for Store {
    fn key_len(&self, kind: RecordKind) -> Option<usize> {
        (kind == 1).then_some(8)
    }

    fn read_by_id<'e>(
        &self,
        _: RecordKind,
        sys_id: SysId,
        visitor: BytesVisitor<'_>,
        _: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        let found = self.records.iter().find(|(id, _)| *id == sys_id);
        if let Some((_, data)) = found {
            visitor.visit(&data[..self.lends.unwrap_or(data.len())]);
        }
        Ok(found.is_some())
    }

    fn read_by_pk<'e>(
        &self,
        _: RecordKind,
        pk: &[u8],
        visitor: BytesVisitor<'_>,
        _: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        let found = self.find(pk).map(|at| &self.records[at].1);
        if let Some(data) = found {
            visitor.visit(&data[..self.lends.unwrap_or(data.len())]);
        }
        Ok(found.is_some())
    }

    fn create<'e>(
        &mut self,
        kind: RecordKind,
        init: BytesMutVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, RecordKey> {
        let mut data = vec![0; self.lends.unwrap_or(48)];
        init.visit(&mut data);
        if data.len() == 48 && self.records.iter().any(|(_, other)| other[..8] == data[..8]) {
            return Err(error.fail(runtime_error_kind::HOST_REJECTED, format_args!("duplicate")));
        }
        let sys_id = self.records.last().map_or(1, |(id, _)| id + 1);
        self.records.push((sys_id, data));
        Ok(RecordKey { kind, sys_id })
    }

    fn update_by_pk<'e>(
        &mut self,
        _: RecordKind,
        pk: &[u8],
        update: BytesMutVisitor<'_>,
        _: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        let Some(at) = self.find(pk) else {
            return Ok(false);
        };
        let data = &mut self.records[at].1;
        let lent = self.lends.unwrap_or(data.len());
        update.visit(&mut data[..lent]);
        Ok(true)
    }

    fn delete_by_pk<'e>(
        &mut self,
        _: RecordKind,
        pk: &[u8],
        _: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        let found = self.find(pk);
        found.map(|at| self.records.remove(at));
        Ok(found.is_some())
    }

    fn emit_event<'e>(&mut self, kind: u8, payload: &[u8], _: ErrorSlot<'e>) -> TxResult<'e> {
        self.events.push((kind, payload.to_vec()));
        Ok(())
    }

    fn for_each_key<'e>(
        &self,
        kind: RecordKind,
        mut visitor: KeyVisitor<'_>,
        _: ErrorSlot<'e>,
    ) -> TxResult<'e> {
        for &(sys_id, _) in &self.records {
            visitor.visit(RecordKey { kind, sys_id });
        }
        if self.lists_a_ghost {
            visitor.visit(RecordKey { kind, sys_id: 77 });
        }
        Ok(())
    }
}
