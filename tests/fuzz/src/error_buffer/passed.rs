//! The buffer on its way through a plugin's host, and through a host's plugin.

use std::{cell::Cell, ffi::c_void, pin::pin};

use statevec_abi::{
    abi::{
        RUNTIME_ERROR_MESSAGE_CAPACITY, RuntimeBytesRef, RuntimeCallStatus, RuntimeCommandView,
        RuntimeErrorBuf, RuntimeErrorKind, RuntimeErrorPhase, RuntimeHostContextV1,
        RuntimeHostVTableV1, RuntimePluginApiV1, runtime_error_kind::ABI_CONTRACT_VIOLATION,
    },
    boundary::RuntimeCommandRef,
    fixed_store::{FixedMemory, FixedStore},
    host::{HostGate, PluginApi, PluginRuntime},
    schema::{SchemaDef, Version},
};
use statevec_abi_alloc::{RuntimeHostContext, RuntimeHostContextV1Adapter, runtime_error_message};

use super::{debug_logger::DEBUG_LOGGER, text_of};

/// The buffer that the other side writes, and the status that it returns.
#[derive(Clone, Copy)]
struct Answer {
    buffer: RuntimeErrorBuf,
    status: RuntimeCallStatus,
}

thread_local! {
    static ANSWER: Cell<Answer> =
        const { Cell::new(Answer { buffer: RuntimeErrorBuf::RESET, status: RuntimeCallStatus::Success }) };
}

fn answer(out_error: *mut RuntimeErrorBuf) -> RuntimeCallStatus {
    let Answer { buffer, status } = ANSWER.get();
    // SAFETY: a live buffer of the caller's, as every call here has one (rule 9).
    unsafe { out_error.write(buffer) };
    status
}

/// A host reads the buffer that a plugin wrote.
pub(super) fn from_plugin(buffer: &RuntimeErrorBuf, status: u32) {
    ANSWER.set(Answer { buffer: *buffer, status: RuntimeCallStatus(status) });
    let table = RuntimePluginApiV1 { run_tx: Some(answering_run_tx), ..*DEBUG_LOGGER.api() };
    // SAFETY: the functions keep the contract, except for the contents of error buffers, which the
    // host must check (rule 1).
    let api = unsafe { PluginApi::check(&table) }.expect("a whole table");
    let mut memory = FixedMemory::<1, 0, 0, 1, 1>::new();
    let mut host = FixedStore::new(&NOTHING, &mut memory).expect("a schema without records");
    let mut error = RuntimeErrorBuf::RESET;
    let gate = pin!(HostGate::new());
    let mut runtime =
        PluginRuntime::create(api, "", gate, &mut error).expect("a plugin without a will");
    match runtime.run_tx(&mut host, &RuntimeCommandRef::new(1, 1, 0, &[])) {
        Ok(()) => assert_eq!(status, 0),
        Err(failure) if status == 1 && (buffer.kind.0 != 0 || buffer.message_len != 0) => {
            assert_eq!((failure.phase, failure.kind), (buffer.phase, buffer.kind));
            assert_eq!(failure.message.to_string(), text_of(buffer));
        }
        Err(failure) => {
            assert_eq!(
                (failure.phase, failure.kind),
                (RuntimeErrorPhase::RunTx, ABI_CONTRACT_VIOLATION)
            );
            let text = match status {
                1 => "run_tx failed and gave no reason".into(),
                _ => format!("run_tx returned status {status}; 0 and 1 are defined"),
            };
            assert_eq!(failure.message.to_string(), text);
        }
    }
}

/// A plugin, and the published adapter, read the buffer that a host wrote.
pub(super) fn from_host(buffer: &RuntimeErrorBuf, status: u32) {
    ANSWER.set(Answer { buffer: *buffer, status: RuntimeCallStatus(status) });
    let context =
        RuntimeHostContextV1 { ctx_ptr: std::ptr::null_mut(), vtable: &raw const ANSWERING_HOST };
    let reported = run_logger(context);
    // SAFETY: the table is static. Its one entry keeps the contract, except for the contents of
    // error buffers, which the plugin must check (rule 10).
    let adapter = unsafe { RuntimeHostContextV1Adapter::new(context) }.debug_log(String::new());
    match status {
        0 => assert!(reported.is_none() && adapter.is_ok()),
        1 => {
            let (kind, text) = reported.expect("a failure");
            assert_eq!(kind, buffer.kind);
            assert_eq!(text, passed_on(buffer));
            assert_eq!(adapter.map_err(|error| error.message), Err(runtime_error_message(buffer)));
        }
        _ => {
            let (kind, text) = reported.expect("a failure");
            assert_eq!(kind, ABI_CONTRACT_VIOLATION);
            assert_eq!(text, format!("debug_log returned status {status}; 0 and 1 are defined"));
            assert_eq!(adapter.map_err(|error| error.message), Err(text));
        }
    }
}

/// The text that a plugin reports when it passes on a host's failure. U+FFFD takes more bytes than
/// the byte that it replaces.
fn passed_on(buffer: &RuntimeErrorBuf) -> String {
    let mut text = text_of(buffer);
    if text.is_empty() {
        return "debug_log failed and gave no reason".into();
    }
    text.truncate(text.floor_char_boundary(RUNTIME_ERROR_MESSAGE_CAPACITY.min(text.len())));
    text
}

/// Kind and text of the plugin's failure.
fn run_logger(host: RuntimeHostContextV1) -> Option<(RuntimeErrorKind, String)> {
    let api = DEBUG_LOGGER.api();
    let mut runtime = std::ptr::null_mut();
    let mut error = RuntimeErrorBuf::RESET;
    let (create, run) = (api.create_runtime.expect("ours"), api.run_tx.expect("ours"));
    // SAFETY: our own plugin; the out parameters are live (rule 9).
    let status = unsafe { create(RuntimeBytesRef::empty(), &raw mut runtime, &raw mut error) };
    assert_eq!(status, RuntimeCallStatus::Success);
    let command = RuntimeCommandRef::new(1, 1, 0, &[]).view();
    // SAFETY: the handle was just made; the table is static, and the out parameter is live (rules 7
    // and 9).
    let status = unsafe { run(runtime, host, command, &raw mut error) };
    let destroy = api.destroy_runtime.expect("ours");
    // SAFETY: the handle was made by this table and is not used again (rule 7).
    unsafe { destroy(runtime) };
    let text =
        std::str::from_utf8(error.message().as_bytes()).expect("a plugin of ours writes UTF-8");
    (status != RuntimeCallStatus::Success).then(|| (error.kind, text.to_owned()))
}

unsafe extern "C" fn answering_run_tx(
    _: *mut c_void,
    _: RuntimeHostContextV1,
    _: RuntimeCommandView,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    answer(out_error)
}

unsafe extern "C" fn answering_debug_log(
    _: *mut c_void,
    _: RuntimeBytesRef,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    answer(out_error)
}

static ANSWERING_HOST: RuntimeHostVTableV1 = RuntimeHostVTableV1 {
    with_read_typed_raw: None,
    with_read_typed_by_pk_raw: None,
    create_typed_raw: None,
    update_typed_by_pk_raw: None,
    delete_by_pk_raw: None,
    emit_typed_event_raw: None,
    for_each_record_key_raw: None,
    debug_log: Some(answering_debug_log),
};

const NOTHING: SchemaDef<'static> =
    SchemaDef { version: Version::new(1, 0), types: &[], records: &[], commands: &[], events: &[] };
