//! `run_tx`.

use std::ptr;

use statevec_abi::abi::{
    RUNTIME_ERROR_MESSAGE_CAPACITY, RuntimeBytesRef, RuntimeCallStatus, RuntimeErrorBuf,
    RuntimeErrorPhase, RuntimeHostVTableV1,
};

use crate::{
    call::{Runtime, null_bytes},
    host::{CALLS_BACK, FAILS, FAILS_AT_LENGTH, FAILS_IN_NONSENSE, HOST, LENT},
    plugin::{ACCEPT, DROPPED, LOG, READ, READ_IN_VISITOR, REJECT},
};

const RUN_TX: RuntimeErrorPhase = RuntimeErrorPhase::RunTx;

#[test]
fn a_command_is_accepted_or_rejected_with_its_reason() {
    let runtime = Runtime::of("");
    runtime.run(ACCEPT, b"").assert_succeeded();
    runtime.run(REJECT, "zu groß".as_bytes()).assert_failed(RUN_TX, 2001, "zu groß");
    runtime.run(REJECT, b"").assert_failed(RUN_TX, 2001, "");
    runtime.run(READ, &[LENT]).assert_succeeded();
}

#[test]
fn long_reasons_are_cut_between_chars() {
    let runtime = Runtime::of("");
    let reason = "𝄞".repeat(100) + &"€".repeat(100);
    // 400 bytes, and 37 times 3 of the 112 that are left.
    let cut = "𝄞".repeat(100) + &"€".repeat(37);
    runtime.run(REJECT, reason.as_bytes()).assert_failed(RUN_TX, 2001, &cut);
}

#[test]
fn no_instance() {
    Runtime::NULL.run(ACCEPT, b"").assert_failed(RUN_TX, 1, "runtime handle is null");
}

#[test]
fn a_payload_that_is_nowhere() {
    let text = "bytes pointer is null but len is non-zero";
    let runtime = Runtime::of("");
    runtime.run_raw(ACCEPT, null_bytes(1), &raw const HOST).assert_failed(RUN_TX, 1, text);
    runtime.run_raw(ACCEPT, null_bytes(0), &raw const HOST).assert_succeeded();
    // The payload is checked first.
    Runtime::NULL.run_raw(ACCEPT, null_bytes(1), ptr::null()).assert_failed(RUN_TX, 1, text);
}

#[test]
fn a_missing_table_shows_at_the_first_host_call() {
    let runtime = Runtime::of("");
    let nothing = RuntimeBytesRef::empty();
    runtime.run_raw(ACCEPT, nothing, ptr::null()).assert_succeeded();
    let missing = "runtime host vtable is null";
    runtime.run_raw(READ, nothing, ptr::null()).assert_failed(RUN_TX, 2001, missing);
    let odd = (&raw const HOST).cast::<u8>().wrapping_add(1).cast::<RuntimeHostVTableV1>();
    let misaligned = "runtime host vtable is not aligned";
    runtime.run_raw(READ, nothing, odd).assert_failed(RUN_TX, 2001, misaligned);
}

#[test]
fn a_missing_function_is_named() {
    let runtime = Runtime::of("");
    let reads_only = RuntimeHostVTableV1 { debug_log: None, ..HOST };
    let hello = RuntimeBytesRef::from_slice(b"hello");
    let call = runtime.run_raw(LOG, hello, &raw const reads_only);
    call.assert_failed(RUN_TX, 2001, "debug_log is null in the host's table");
}

#[test]
fn a_failed_host_call_passed_on_is_a_rejection_with_the_hosts_report() {
    let runtime = Runtime::of("");
    let report = "phase=RunTx kind=4001 message=grüße vom host";
    runtime.run(READ, &[FAILS]).assert_failed(RUN_TX, 2001, report);
    let report = "phase=RunTx kind=4001 message=the log is full";
    runtime.run(LOG, b"hello").assert_failed(RUN_TX, 2001, report);
    // The next command is not affected.
    runtime.run(ACCEPT, b"").assert_succeeded();
    runtime.run(REJECT, b"no").assert_failed(RUN_TX, 2001, "no");
}

#[test]
fn a_host_call_that_fails_in_a_visitor_has_a_buffer_of_its_own() {
    let runtime = Runtime::of("");
    let report = "phase=RunTx kind=4001 message=grüße vom host";
    runtime.run(READ_IN_VISITOR, &[FAILS]).assert_failed(RUN_TX, 2001, report);
    runtime.run(READ_IN_VISITOR, &[LENT]).assert_succeeded();
}

#[test]
fn a_hosts_long_report_is_cut_between_chars() {
    let runtime = Runtime::of("");
    let prefix = "phase=RunTx kind=4001 message=";
    // The host's own text is cut at 170 chars; with the prefix fewer fit.
    let chars = (RUNTIME_ERROR_MESSAGE_CAPACITY - prefix.len()) / "€".len();
    let report = format!("{prefix}{}", "€".repeat(chars));
    runtime.run(READ, &[FAILS_AT_LENGTH]).assert_failed(RUN_TX, 2001, &report);
}

#[test]
fn a_hosts_nonsense_is_read_lossily() {
    let runtime = Runtime::of("");
    let prefix = "phase=RunTx kind=4001 message=";
    let chars = (RUNTIME_ERROR_MESSAGE_CAPACITY - prefix.len()) / "\u{FFFD}".len();
    let report = format!("{prefix}{}", "\u{FFFD}".repeat(chars));
    runtime.run(READ, &[FAILS_IN_NONSENSE]).assert_failed(RUN_TX, 2001, &report);
}

#[test]
fn a_host_that_calls_back_is_refused_and_the_call_goes_on() {
    let runtime = Runtime::of("");
    let busy = "the plugin instance is in the middle of a call; one call at a time";
    let phases = ["RunTx", "RunTx", "ValidateBizInvariants", "Unload"];
    let texts = phases.map(|phase| format!("phase={phase} kind=1 message={busy}"));
    let report = format!("phase=RunTx kind=4001 message={}", texts.join("\n"));
    runtime.run(READ, &[CALLS_BACK]).assert_failed(RUN_TX, 2001, &report);
    assert_eq!(DROPPED.get(), 0, "it was not destroyed in the middle of a call");
    runtime.run(ACCEPT, b"").assert_succeeded();
}

#[test]
fn nobody_needs_to_listen() {
    let runtime = Runtime::of("");
    let nowhere = ptr::null_mut::<RuntimeErrorBuf>();
    for (kind, status) in [
        (ACCEPT, RuntimeCallStatus::Success),
        (REJECT, RuntimeCallStatus::Failure),
        (LOG, RuntimeCallStatus::Failure),
    ] {
        let payload = RuntimeBytesRef::empty();
        assert_eq!(runtime.run_into(kind, payload, &raw const HOST, nowhere), status);
    }
}
