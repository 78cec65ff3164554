//! A plugin library called through its C table by hand, without any check.
#![allow(
    clippy::undocumented_unsafe_blocks,
    clippy::multiple_unsafe_ops_per_block,
    reason = "taking the contract's promises on trust, all of them, is what this host is for"
)]

use core::{ffi::c_void, marker::PhantomData, ptr, slice};
use std::error::Error;

use statevec_abi::{
    abi::{
        RuntimeBytesRef, RuntimeCallStatus, RuntimeErrorBuf, RuntimeHostContextV1,
        RuntimePluginApiV1, RuntimePluginEntryV1,
    },
    boundary::RuntimeCommandRef,
};

use super::raw_host;
use crate::{Failure, FlatStore, Peer, library};

/// A plugin library on the unchecked host.
pub struct Raw<L> {
    store: FlatStore,
    entry: RuntimePluginEntryV1,
    api: RuntimePluginApiV1,
    runtime: *mut c_void,
    error: RuntimeErrorBuf,
    library: PhantomData<L>,
}

/// A plugin library of this workspace.
pub trait RawLibrary {
    /// The peer's name.
    const NAME: &'static str;
    /// The package's name, with underscores.
    const LIBRARY: &'static str;

    /// How the plugin gives a host's error back.
    fn host_error_passed_on(kind: u16, text: String) -> (u16, String) {
        (kind, text)
    }
}

/// The hand-written plugin: with it, both sides are unchecked.
#[derive(Debug)]
pub enum RawUnchecked {}

impl RawLibrary for RawUnchecked {
    const NAME: &'static str = "hand-written C ABI, no checks";
    const LIBRARY: &'static str = "statevec_bench_unchecked";
}

/// The plugin of the core SDK: what its side of the boundary costs.
#[derive(Debug)]
pub enum RawCore {}

impl RawLibrary for RawCore {
    const NAME: &'static str = "core SDK on an unchecked host";
    const LIBRARY: &'static str = "statevec_bench_core_so";
}

/// The plugin of the published crates.
#[cfg(feature = "interfaces")]
#[derive(Debug)]
pub enum RawPublished {}

#[cfg(feature = "interfaces")]
impl RawLibrary for RawPublished {
    const NAME: &'static str = "published crates 0.1.0";
    const LIBRARY: &'static str = "statevec_bench_published";

    /// As a rejection whose text is the whole of the host's report (ABI.md section 3).
    fn host_error_passed_on(kind: u16, text: String) -> (u16, String) {
        (2001, format!("phase=RunTx kind={kind} message={text}"))
    }
}

impl<L: RawLibrary> Peer for Raw<L> {
    const NAME: &'static str = L::NAME;

    fn load() -> Result<Self, Box<dyn Error>> {
        let entry = library::entry(L::LIBRARY)?;
        let api = unsafe { entry() };
        let mut error = RuntimeErrorBuf::cleared();
        let runtime = unsafe { create(&api, &mut error) }.ok_or("the plugin was not created")?;
        Ok(Self { store: FlatStore::new(), entry, api, runtime, error, library: PhantomData })
    }

    #[inline]
    fn run(&mut self, command: &RuntimeCommandRef<'_>) -> Result<(), Failure<'_>> {
        let host = RuntimeHostContextV1 {
            ctx_ptr: (&raw mut self.store).cast(),
            vtable: &raw const raw_host::TABLE,
        };
        let status = unsafe {
            let run_tx = self.api.run_tx.unwrap_unchecked();
            run_tx(self.runtime, host, command.view(), &raw mut self.error)
        };
        if status == RuntimeCallStatus::Success {
            return Ok(());
        }
        let (start, len) = (self.error.message_buf.as_ptr(), self.error.message_len);
        Err(Failure { kind: self.error.kind.0, text: unsafe { slice::from_raw_parts(start, len) } })
    }

    fn create_and_destroy(&mut self) -> bool {
        unsafe {
            let Some(runtime) = create(&self.api, &mut self.error) else { return false };
            let unloaded = self.api.on_unload.unwrap_unchecked()(runtime, &raw mut self.error);
            self.api.destroy_runtime.unwrap_unchecked()(runtime);
            unloaded == RuntimeCallStatus::Success
        }
    }

    fn entry_and_schema(&mut self) -> Option<usize> {
        Some(unsafe { (self.entry)().schema_bytes.unwrap_unchecked()().len })
    }

    fn store(&self) -> &FlatStore {
        &self.store
    }

    fn host_error_passed_on(kind: u16, text: String) -> (u16, String) {
        L::host_error_passed_on(kind, text)
    }
}

unsafe fn create(api: &RuntimePluginApiV1, error: &mut RuntimeErrorBuf) -> Option<*mut c_void> {
    let mut runtime = ptr::null_mut();
    let created = unsafe {
        let create = api.create_runtime.unwrap_unchecked();
        create(RuntimeBytesRef::empty(), &raw mut runtime, error)
    };
    (created == RuntimeCallStatus::Success).then_some(runtime)
}

impl<L> Drop for Raw<L> {
    fn drop(&mut self) {
        unsafe { self.api.destroy_runtime.unwrap_unchecked()(self.runtime) };
    }
}
