//! A host made of the published crates alone, in a process of its own.

use std::{env, ffi::c_void, process::Command, ptr};

use statevec_published::{
    SchemaRegistry,
    api::{
        RUNTIME_PLUGIN_ENTRY_V1_SYMBOL, RuntimeBytesRef, RuntimeCallStatus, RuntimeCommandView,
        RuntimeErrorBuf, RuntimeErrorKind, RuntimeErrorPhase, RuntimePluginApiV1,
        RuntimePluginEntryV1, runtime_bytes_slice,
    },
};
use statevec_tests::beside;

use crate::published_host::{Host, State};

/// The first argument of the process that runs steps.
pub(crate) const MODE: &str = "--run-steps-on-the-published-host";

/// The command that runs steps.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.arg(MODE);
    command
}

/// Runs steps, and prints the result of each.
pub(crate) fn run(steps: &[String]) {
    let table = table();
    // SAFETY: the function has this type by the contract, and may be called at any time (rule 1).
    let schema = unsafe { (table.schema_bytes)() };
    // SAFETY: lives as long as the library, which stays mapped (rule 6).
    let schema = str::from_utf8(unsafe { runtime_bytes_slice(schema) }.unwrap()).unwrap();
    let host = Host::new(SchemaRegistry::from_idl_json(schema).unwrap());
    let mut runtime: *mut c_void = ptr::null_mut();
    let (config, out) = (RuntimeBytesRef::from_slice(b""), &raw mut runtime);
    // SAFETY: the pointers are live for the call (rules 1 and 9).
    answer(|error| unsafe { (table.create_runtime)(config, out, error) }).unwrap();
    for (ext_seq, step) in (1..).zip(steps) {
        let before = State { events: Vec::new(), ..host.state() };
        host.restore(before.clone());
        let payload = step.parse::<u16>().unwrap().to_le_bytes();
        let command = RuntimeCommandView {
            command_kind: 1,
            ext_seq,
            ref_ext_time_us: 0,
            payload: RuntimeBytesRef::from_slice(&payload),
        };
        let context = host.context();
        // SAFETY: the runtime lives, and so does the host (rules 5 and 7).
        match answer(|error| unsafe { (table.run_tx)(runtime, context, command, error) }) {
            Ok(()) => {
                let events = host.state().events;
                let events = events.iter().map(|(_, payload)| hex(payload)).collect::<Vec<_>>();
                println!("{step} {}", events.join(" "));
            }
            Err(kind) => {
                host.restore(before);
                println!("{step} failed {kind}");
            }
        }
    }
    let context = host.read_context();
    // SAFETY: the runtime lives, and so does the host (rules 5 and 7).
    let valid = answer(|error| unsafe { (table.validate_biz_invariants)(runtime, context, error) });
    match valid {
        Ok(()) => println!("invariants"),
        Err(kind) => println!("invariants failed {kind}"),
    }
    // SAFETY: made by this table, and not used again (rule 7).
    unsafe { (table.destroy_runtime)(runtime) };
}

fn table() -> RuntimePluginApiV1 {
    let path = beside::library("statevec-check-host").unwrap();
    // SAFETY: the library has no initialisers but Rust's own (rule 6).
    let library = unsafe { libloading::Library::new(path) }.unwrap();
    // SAFETY: the symbol has this type, by the contract (rule 1).
    let entry = unsafe { library.get::<RuntimePluginEntryV1>(RUNTIME_PLUGIN_ENTRY_V1_SYMBOL) };
    // SAFETY: the entry function may be called at any time (rule 1).
    let table = unsafe { entry.unwrap()() };
    // The table's functions stay where they are (rule 6).
    std::mem::forget(library);
    table
}

/// The kind of a call that failed.
fn answer(call: impl FnOnce(*mut RuntimeErrorBuf) -> RuntimeCallStatus) -> Result<(), u16> {
    let (phase, kind) = (RuntimeErrorPhase::Load, RuntimeErrorKind(0));
    let mut error = RuntimeErrorBuf::new(phase, kind, RuntimeBytesRef::empty());
    match call(&raw mut error) {
        RuntimeCallStatus::Success => Ok(()),
        RuntimeCallStatus::Failure => Err(error.kind.0),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
