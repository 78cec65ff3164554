//! A plugin behind an interface of `abi_stable`.

use std::error::Error;

use abi_stable::{
    library::RootModule as _,
    sabi_trait::TD_Opaque,
    sabi_types::RMut,
    std_types::{RErr, ROk, RResult, RSlice, RStr, RString},
};
use statevec_abi::boundary::RuntimeCommandRef;
use statevec_bench_abi_stable::{
    self as interface, BenchModule_Ref, Bytes_TO, BytesMut_TO, Command, Host_TO, PluginBox,
};

use crate::{Failure, FlatStore, Peer, library, store::Refused};

/// A plugin behind an interface of `abi_stable`.
pub struct AbiStable {
    module: BenchModule_Ref,
    plugin: PluginBox,
    host: FlatHost,
    failure: interface::Failure,
}

/// The bench store as a host.
struct FlatHost(FlatStore);

impl Peer for AbiStable {
    const NAME: &'static str = "abi_stable 0.11";

    fn load() -> Result<Self, Box<dyn Error>> {
        let path = library::path("statevec_bench_abi_stable")?;
        let module = BenchModule_Ref::load_from_file(&path)?;
        let plugin = create(module).ok_or("the plugin was not created")?;
        let failure = interface::Failure { kind: 0, text: RString::new() };
        Ok(Self { module, plugin, host: FlatHost(FlatStore::new()), failure })
    }

    #[inline]
    fn run(&mut self, command: &RuntimeCommandRef<'_>) -> Result<(), Failure<'_>> {
        let host = Host_TO::from_ptr(RMut::new(&mut self.host), TD_Opaque);
        let command = Command {
            command_kind: command.command_kind(),
            ext_seq: command.ext_seq(),
            ref_ext_time_us: command.ref_ext_time_us(),
            payload: command.payload().into(),
        };
        match self.plugin.run_tx(host, command) {
            ROk(()) => Ok(()),
            RErr(failure) => {
                self.failure = failure;
                Err(Failure { kind: self.failure.kind, text: self.failure.text.as_bytes() })
            }
        }
    }

    fn create_and_destroy(&mut self) -> bool {
        create(self.module).is_some_and(|mut plugin| plugin.on_unload().is_ok())
    }

    fn entry_and_schema(&mut self) -> Option<usize> {
        Some(self.module.schema()().len())
    }

    fn store(&self) -> &FlatStore {
        &self.host.0
    }
}

fn create(module: BenchModule_Ref) -> Option<PluginBox> {
    module.create()(RStr::from_str("")).ok().into()
}

impl interface::Host for FlatHost {
    fn read_by_id(
        &self,
        kind: u8,
        sys_id: u64,
        mut visitor: Bytes_TO<'_, RMut<'_, ()>>,
    ) -> RResult<bool, interface::Failure> {
        let found = self.0.by_id(kind, sys_id);
        answer(found.map(|row| row.map(|row| visitor.visit(row.as_slice().into())).is_some()))
    }

    fn read_by_pk(
        &self,
        kind: u8,
        pk: RSlice<'_, u8>,
        mut visitor: Bytes_TO<'_, RMut<'_, ()>>,
    ) -> RResult<bool, interface::Failure> {
        let found = self.0.by_pk(kind, pk.as_slice());
        answer(found.map(|row| row.map(|row| visitor.visit(row.as_slice().into())).is_some()))
    }

    fn create(
        &mut self,
        kind: u8,
        mut init: BytesMut_TO<'_, RMut<'_, ()>>,
    ) -> RResult<u64, interface::Failure> {
        answer(self.0.create(kind).map(|(sys_id, row)| {
            init.visit(row.as_mut_slice().into());
            sys_id
        }))
    }

    fn update_by_pk(
        &mut self,
        kind: u8,
        pk: RSlice<'_, u8>,
        mut update: BytesMut_TO<'_, RMut<'_, ()>>,
    ) -> RResult<bool, interface::Failure> {
        let found = self.0.by_pk_mut(kind, pk.as_slice());
        answer(found.map(|row| row.map(|row| update.visit(row.as_mut_slice().into())).is_some()))
    }

    fn emit(&mut self, kind: u8, payload: RSlice<'_, u8>) -> RResult<(), interface::Failure> {
        answer(self.0.emit(kind, payload.as_slice()))
    }
}

fn answer<T>(answer: Result<T, Refused>) -> RResult<T, interface::Failure> {
    match answer {
        Ok(answer) => ROk(answer),
        Err(Refused) => RErr(interface::Failure { kind: 4001, text: Refused::TEXT.into() }),
    }
}
