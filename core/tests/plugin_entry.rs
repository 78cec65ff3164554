//! A plugin's seven functions, called as a foreign host calls them (ABI.md section 3).
#![allow(
    unsafe_code,
    clippy::unwrap_used,
    reason = "speaks the raw contract on purpose, to a table that has all entries"
)]

use core::{ffi::c_void, ptr};

use statevec_abi::{abi::*, host, prelude::*};

const KIND_OK: u8 = 1;
const KIND_REJECT: u8 = 2;
const KIND_READ: u8 = 3;
const KIND_RECOVER: u8 = 4;
const KIND_LONG_TEXT: u8 = 5;

struct Probe;

impl Plugin for Probe {
    fn name() -> &'static str {
        "probe"
    }

    fn schema() -> &'static str {
        "{}"
    }

    fn create<'c>(config: &str, error: ErrorSlot<'c>) -> TxResult<'c, Self> {
        match config {
            "bad" => Err(error.config_error(format_args!("the configuration is {config}"))),
            _ => Ok(Self),
        }
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        match command.command_kind() {
            KIND_OK => Ok(()),
            KIND_REJECT => Err(tx.reject(format_args!("no"))),
            KIND_READ => tx.read_raw(1, 1, |_| ()).map(drop),
            KIND_RECOVER => {
                let _ = tx.read_raw(1, 1, |_| ());
                Ok(())
            }
            KIND_LONG_TEXT => Err(tx.reject(format_args!("{}{}", "x".repeat(511), "é"))),
            kind => Err(tx.invalid_command(format_args!("kind {kind}"))),
        }
    }

    fn validate_biz_invariants<'c>(&self, state: &mut ReadContext<'c>) -> TxResult<'c> {
        state.read_raw(1, 1, |_| ()).map(drop)
    }
}

const PROBE: StaticPlugin = static_plugin!(Probe, slots = 32);

/// The buffers of a call. Every byte is set beforehand, so that bytes that were not written are
/// found.
struct Call {
    status: RuntimeCallStatus,
    error: RuntimeErrorBuf,
}

const UNTOUCHED: RuntimeErrorBuf = RuntimeErrorBuf {
    phase: RuntimeErrorPhase(0xEEEE_EEEE),
    kind: RuntimeErrorKind(0xEEEE),
    message_len: 0xEEEE,
    message_buf: [0xEE; RUNTIME_ERROR_MESSAGE_CAPACITY],
};

fn call(body: impl FnOnce(*mut RuntimeErrorBuf) -> RuntimeCallStatus) -> Call {
    let mut error = UNTOUCHED;
    let status = body(&raw mut error);
    Call { status, error }
}

impl Call {
    #[track_caller]
    fn assert_failed(&self, phase: RuntimeErrorPhase, kind: u16, message: &str) {
        assert_eq!(self.status, RuntimeCallStatus::Failure);
        let written = (self.error.phase, self.error.kind.0, self.error.message().to_string());
        assert_eq!(written, (phase, kind, message.to_string()));
        let rest = &self.error.message_buf[self.error.message_len..];
        assert!(rest.iter().all(|&byte| byte == 0), "a failure initialises the whole buffer");
    }

    #[track_caller]
    fn assert_succeeded(&self) {
        assert_eq!(self.status, RuntimeCallStatus::Success);
        let header = (self.error.phase, self.error.kind.0, self.error.message_len);
        assert_eq!(header, (RuntimeErrorPhase::Load, 4002, 0));
    }
}

fn create(config: RuntimeBytesRef, out_runtime: *mut *mut c_void) -> Call {
    let create_runtime = PROBE.api().create_runtime.unwrap();
    // SAFETY: the pointers are null or live (rule 9).
    call(|error| unsafe { create_runtime(config, out_runtime, error) })
}

fn created() -> *mut c_void {
    let mut runtime = ptr::null_mut();
    create(RuntimeBytesRef::empty(), &raw mut runtime).assert_succeeded();
    assert!(!runtime.is_null());
    runtime
}

fn destroy(runtime: *mut c_void) {
    let destroy_runtime = PROBE.api().destroy_runtime.unwrap();
    // SAFETY: null, or made by `created` and not used again (rule 7).
    unsafe { destroy_runtime(runtime) };
}

fn command(command_kind: u8) -> RuntimeCommandView {
    RuntimeCommandRef::new(command_kind, 1, 0, &[]).view()
}

const NO_HOST: RuntimeHostContextV1 =
    RuntimeHostContextV1 { ctx_ptr: ptr::null_mut(), vtable: ptr::null() };

fn run(runtime: *mut c_void, host: RuntimeHostContextV1, command: RuntimeCommandView) -> Call {
    let run_tx = PROBE.api().run_tx.unwrap();
    // SAFETY: null or made by `created`; the table is null or live (rules 1, 7 and 9).
    call(|error| unsafe { run_tx(runtime, host, command, error) })
}

fn run_once(host: RuntimeHostContextV1, command: RuntimeCommandView) -> Call {
    let runtime = created();
    let call = run(runtime, host, command);
    destroy(runtime);
    call
}

#[test]
fn create_refused_by_the_plugin_is_a_config_error_with_its_text() {
    let mut runtime = ptr::null_mut();
    let call = create(RuntimeBytesRef::from_slice(b"bad"), &raw mut runtime);
    call.assert_failed(RuntimeErrorPhase::Create, 1002, "the configuration is bad");
}

#[test]
fn run_tx_that_succeeds_resets_the_header_only() {
    let call = run_once(NO_HOST, command(KIND_OK));
    call.assert_succeeded();
    assert_eq!(call.error.message_buf, UNTOUCHED.message_buf);
}

#[test]
fn run_tx_refused_by_the_plugin_has_its_kind_and_text() {
    run_once(NO_HOST, command(KIND_REJECT)).assert_failed(RuntimeErrorPhase::RunTx, 2001, "no");
    run_once(NO_HOST, command(99)).assert_failed(RuntimeErrorPhase::RunTx, 2002, "kind 99");
}

#[test]
fn text_that_does_not_fit_is_cut_at_a_char_boundary() {
    run_once(NO_HOST, command(KIND_LONG_TEXT)).assert_failed(
        RuntimeErrorPhase::RunTx,
        2001,
        &"x".repeat(511),
    );
}

#[test]
fn null_host_table_is_found_at_the_first_host_call() {
    run_once(NO_HOST, command(KIND_OK)).assert_succeeded();
    let call = run_once(NO_HOST, command(KIND_READ));
    call.assert_failed(RuntimeErrorPhase::RunTx, 1, "runtime host vtable is null");
}

#[test]
fn recovering_from_a_failed_host_call_leaves_no_error() {
    run_once(NO_HOST, command(KIND_RECOVER)).assert_succeeded();
}

#[test]
fn a_table_of_another_version_is_not_looked_into() {
    let table = RuntimePluginApiV1 { abi_version: 2, run_tx: None, ..*PROBE.api() };
    // SAFETY: the table is the probe's, which is linked in and keeps the contract (rule 1).
    let checked = unsafe { host::PluginApi::check(&table) };
    assert_eq!(checked.err(), Some(host::TableError::AbiVersion { found: 2 }));
}

#[test]
fn a_null_entry_in_a_plugin_table_is_named() {
    let table = RuntimePluginApiV1 { run_tx: None, ..*PROBE.api() };
    // SAFETY: the table is the probe's, which is linked in and keeps the contract (rule 1).
    let checked = unsafe { host::PluginApi::check(&table) };
    assert_eq!(checked.err(), Some(host::TableError::NullEntry { entry: "run_tx" }));
}
