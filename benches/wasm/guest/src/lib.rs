//! The benched plugin as a WebAssembly module: the same plugin crate as in the shared library, and
//! a host for it that asks the real host through a few functions of plain numbers.
//!
//! Records are copied into the module, and visitors run here. Core's checks run here, too, between
//! the plugin and this host.

mod host;

use std::{pin::Pin, rc::Rc};

use statevec_abi::{
    abi::RuntimeErrorBuf,
    boundary::RuntimeCommandRef,
    host::{HostGate, PluginApi, PluginRuntime},
    plugin::StaticPlugin,
    static_plugin,
};

use host::Outside;

static PLUGIN: StaticPlugin = static_plugin!(statevec_bench_core::Bench, slots = 4);

type Gate = Rc<HostGate<Outside>>;

/// An instance of the plugin, and the places that the host reads and writes.
pub struct Instance {
    runtime: PluginRuntime<Outside, Gate>,
    /// The text of the last failure: address and length in the module's memory.
    text: [u32; 2],
    payload: [u8; 512],
}

fn new_instance() -> Option<Instance> {
    let api = PluginApi::of_static(&PLUGIN).ok()?;
    let mut error = RuntimeErrorBuf::cleared();
    let gate: Pin<Gate> = Rc::pin(HostGate::new());
    let runtime = PluginRuntime::create(api, "", gate, &mut error).ok()?;
    Some(Instance { runtime, text: [0; 2], payload: [0; 512] })
}

/// Creates an instance; null if that fails.
#[unsafe(no_mangle)]
pub extern "C" fn create() -> *mut Instance {
    new_instance().map_or(std::ptr::null_mut(), |instance| Box::into_raw(Box::new(instance)))
}

/// The place for the payload of the next command.
///
/// # Safety
///
/// `instance` came from [`create`], and was not destroyed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn payload(instance: *mut Instance) -> *mut u8 {
    // SAFETY: the host passes a live instance, and uses it from one thread (rule 7).
    let instance = unsafe { &mut *instance };
    instance.payload.as_mut_ptr()
}

/// The place of address and length of the last failure's text.
///
/// # Safety
///
/// As [`payload`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn text(instance: *const Instance) -> *const u32 {
    // SAFETY: the host passes a live instance, and uses it from one thread (rule 7).
    let instance = unsafe { &*instance };
    instance.text.as_ptr()
}

/// Runs a command whose payload was written. Returns 0, or the kind of the failure.
///
/// # Safety
///
/// As [`payload`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn run(
    instance: *mut Instance,
    kind: u32,
    ext_seq: u64,
    time_us: u64,
    len: u32,
) -> u32 {
    // SAFETY: the host passes a live instance, and uses it from one thread (rule 7).
    let instance = unsafe { &mut *instance };
    let payload = instance.payload.get(..len as usize).unwrap_or_default();
    let command = RuntimeCommandRef::new(kind as u8, ext_seq, time_us, payload);
    match instance.runtime.run_tx(&mut Outside, &command) {
        Ok(()) => 0,
        Err(failure) => {
            let text = failure.message.as_bytes();
            instance.text = [text.as_ptr().addr() as u32, text.len() as u32];
            failure.kind.0.into()
        }
    }
}

/// Tells an instance that it is unloaded, and destroys it. Returns 1 if all went well.
///
/// # Safety
///
/// As [`payload`]; `instance` is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn destroy(instance: *mut Instance) -> u32 {
    // SAFETY: the host passes a live instance for the last time (rule 7).
    let mut instance = unsafe { Box::from_raw(instance) };
    instance.runtime.unload().is_ok().into()
}

/// Checks the plugin's table, and returns the length of its schema.
#[unsafe(no_mangle)]
pub extern "C" fn schema_len() -> u32 {
    let schema = PluginApi::of_static(&PLUGIN).ok();
    schema.and_then(|api| Some(api.schema_bytes().ok()?.len() as u32)).unwrap_or(0)
}
