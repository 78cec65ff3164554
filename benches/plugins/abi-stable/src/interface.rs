//! The interface between host and plugin.

use abi_stable::{
    StableAbi,
    library::RootModule,
    package_version_strings, sabi_trait,
    sabi_types::{RMut, VersionStrings},
    std_types::{RBox, RResult, RSlice, RSliceMut, RStr, RString},
};

/// The library's table.
#[repr(C)]
#[derive(StableAbi)]
#[sabi(kind(Prefix(prefix_ref = BenchModule_Ref)))]
#[sabi(missing_field(panic))]
pub struct BenchModule {
    pub schema: extern "C" fn() -> RStr<'static>,
    #[sabi(last_prefix_field)]
    pub create: extern "C" fn(config: RStr<'_>) -> RResult<PluginBox, RString>,
}

impl RootModule for BenchModule_Ref {
    abi_stable::declare_root_module_statics! {BenchModule_Ref}
    const BASE_NAME: &'static str = "statevec_bench_abi_stable";
    const NAME: &'static str = "statevec_bench_abi_stable";
    const VERSION_STRINGS: VersionStrings = package_version_strings!();
}

pub type PluginBox = Plugin_TO<'static, RBox<()>>;
pub type HostMut<'h> = Host_TO<'h, RMut<'h, ()>>;

/// A plugin.
#[sabi_trait]
pub trait Plugin {
    fn run_tx(&self, host: HostMut<'_>, command: Command<'_>) -> RResult<(), Failure>;

    #[sabi(last_prefix_field)]
    fn on_unload(&mut self) -> RResult<(), Failure>;
}

/// A host, in a transaction.
#[sabi_trait]
pub trait Host {
    fn read_by_id(
        &self,
        kind: u8,
        sys_id: u64,
        visitor: Bytes_TO<'_, RMut<'_, ()>>,
    ) -> RResult<bool, Failure>;
    fn read_by_pk(
        &self,
        kind: u8,
        pk: RSlice<'_, u8>,
        visitor: Bytes_TO<'_, RMut<'_, ()>>,
    ) -> RResult<bool, Failure>;
    fn create(&mut self, kind: u8, init: BytesMut_TO<'_, RMut<'_, ()>>) -> RResult<u64, Failure>;
    fn update_by_pk(
        &mut self,
        kind: u8,
        pk: RSlice<'_, u8>,
        update: BytesMut_TO<'_, RMut<'_, ()>>,
    ) -> RResult<bool, Failure>;

    #[sabi(last_prefix_field)]
    fn emit(&mut self, kind: u8, payload: RSlice<'_, u8>) -> RResult<(), Failure>;
}

/// A visitor for reading.
#[sabi_trait]
pub trait Bytes {
    #[sabi(last_prefix_field)]
    fn visit(&mut self, bytes: RSlice<'_, u8>);
}

/// A visitor for writing.
#[sabi_trait]
pub trait BytesMut {
    #[sabi(last_prefix_field)]
    fn visit(&mut self, bytes: RSliceMut<'_, u8>);
}

/// The reason for a failed call.
#[repr(C)]
#[derive(StableAbi)]
pub struct Failure {
    pub kind: u16,
    pub text: RString,
}

/// A command.
#[repr(C)]
#[derive(StableAbi, Clone, Copy)]
pub struct Command<'c> {
    pub command_kind: u8,
    pub ext_seq: u64,
    pub ref_ext_time_us: u64,
    pub payload: RSlice<'c, u8>,
}
