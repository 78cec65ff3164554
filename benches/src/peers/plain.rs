//! A plain trait call: the boxed plugin in the same program, without any boundary.

use std::{error::Error, hint::black_box};

use statevec_abi::{
    abi::{RecordKey, RecordKind, SysId},
    boundary::RuntimeCommandRef,
};
use statevec_abi_alloc::{
    RuntimeHostContext, RuntimeHostError, RuntimePlugin, RuntimePluginFactory,
};
use statevec_bench_boxed::Factory;

use crate::{Failure, FlatStore, Peer, store::Refused};

/// A plugin and a host that call each other through trait objects.
pub struct Plain {
    factory: Box<dyn RuntimePluginFactory>,
    plugin: Box<dyn RuntimePlugin>,
    host: FlatHost,
    failure: String,
}

/// The bench store as a host.
struct FlatHost(FlatStore);

impl Peer for Plain {
    const NAME: &'static str = "plain trait call";

    fn load() -> Result<Self, Box<dyn Error>> {
        // Hides the concrete types from the compiler.
        let factory: Box<dyn RuntimePluginFactory> = black_box(Box::new(Factory));
        let plugin = black_box(factory.create("")?);
        Ok(Self { factory, plugin, host: FlatHost(FlatStore::new()), failure: String::new() })
    }

    #[inline]
    fn run(&mut self, command: &RuntimeCommandRef<'_>) -> Result<(), Failure<'_>> {
        match self.plugin.run_tx(&mut self.host, command) {
            Ok(()) => Ok(()),
            Err(error) => {
                self.failure = error.message;
                // The trait's errors have no kind: all of them are rejections.
                Err(Failure { kind: 2001, text: self.failure.as_bytes() })
            }
        }
    }

    fn create_and_destroy(&mut self) -> bool {
        self.factory.create("").is_ok_and(|mut plugin| plugin.on_unload().is_ok())
    }

    /// There is no library to enter, and a registry instead of a text.
    fn entry_and_schema(&mut self) -> Option<usize> {
        None
    }

    fn store(&self) -> &FlatStore {
        &self.host.0
    }

    fn host_error_passed_on(_kind: u16, text: String) -> (u16, String) {
        (2001, text)
    }
}

impl RuntimeHostContext for FlatHost {
    fn with_read_typed_raw(
        &self,
        record_kind: RecordKind,
        sys_id: SysId,
        f: &mut dyn FnMut(&[u8]),
    ) -> Result<bool, RuntimeHostError> {
        let found = self.0.by_id(record_kind, sys_id).map_err(refused)?;
        Ok(found.map(|row| f(row)).is_some())
    }

    fn with_read_typed_by_pk_raw(
        &self,
        record_kind: RecordKind,
        pk: &[u8],
        f: &mut dyn FnMut(&[u8]),
    ) -> Result<bool, RuntimeHostError> {
        let found = self.0.by_pk(record_kind, pk).map_err(refused)?;
        Ok(found.map(|row| f(row)).is_some())
    }

    fn create_typed_raw(
        &mut self,
        record_kind: RecordKind,
        init: &mut dyn FnMut(&mut [u8]),
    ) -> Result<RecordKey, RuntimeHostError> {
        let (sys_id, row) = self.0.create(record_kind).map_err(refused)?;
        init(row);
        Ok(RecordKey { kind: record_kind, sys_id })
    }

    fn update_typed_by_pk_raw(
        &mut self,
        record_kind: RecordKind,
        pk: &[u8],
        f: &mut dyn FnMut(&mut [u8]),
    ) -> Result<bool, RuntimeHostError> {
        let found = self.0.by_pk_mut(record_kind, pk).map_err(refused)?;
        Ok(found.map(|row| f(row)).is_some())
    }

    fn delete_by_pk_raw(
        &mut self,
        _record_kind: RecordKind,
        _pk: &[u8],
    ) -> Result<bool, RuntimeHostError> {
        Err(refused(Refused))
    }

    fn emit_typed_event_raw(
        &mut self,
        event_kind: u8,
        payload: &[u8],
    ) -> Result<(), RuntimeHostError> {
        self.0.emit(event_kind, payload).map_err(refused)
    }

    fn for_each_record_key_raw(
        &self,
        kind: RecordKind,
        f: &mut dyn FnMut(RecordKey),
    ) -> Result<(), RuntimeHostError> {
        for sys_id in self.0.account_numbers() {
            f(RecordKey { kind, sys_id });
        }
        Ok(())
    }
}

fn refused(Refused: Refused) -> RuntimeHostError {
    RuntimeHostError::new(Refused::TEXT)
}
