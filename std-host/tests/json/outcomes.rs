//! Failures as JSON lines, also with phases and kinds that the contract does not define.

use statevec_abi::abi::{RuntimeErrorBuf, RuntimeErrorKind, RuntimeErrorPhase, runtime_error_kind};
use statevec_abi::host::CallFailure;
use statevec_host::Outcome;
use statevec_host::json::JsonWriter;

use crate::schema::schema;

fn line(ext_seq: u64, command_kind: u8, outcome: &Outcome<'_>) -> String {
    let mut out = String::new();
    JsonWriter::new(&schema()).outcome(ext_seq, command_kind, outcome, &mut out);
    out
}

#[test]
fn a_rejection_names_phase_and_kind() {
    let failure = CallFailure {
        phase: RuntimeErrorPhase::RunTx,
        kind: runtime_error_kind::PLUGIN_REJECTED,
        message: RuntimeErrorBuf::RESET.message(),
    };
    let line = line(2, 9, &Outcome::Rejected(failure));
    assert_eq!(
        line,
        r#"{"ext_seq":2,"command":"One","status":"rejected","error":{"phase":"run_tx","kind":2001,"name":"PLUGIN_REJECTED","message":""}}"#
    );
}

#[test]
fn foreign_numbers_and_foreign_text_stay_valid_json() {
    let mut buffer = RuntimeErrorBuf::RESET;
    let text = b"a \"quoted\"\nline \xff";
    buffer.message_buf[..text.len()].copy_from_slice(text);
    buffer.message_len = text.len();
    let failure = CallFailure {
        phase: RuntimeErrorPhase(77),
        kind: RuntimeErrorKind(12345),
        message: buffer.message(),
    };
    let line = line(u64::MAX, 250, &Outcome::Failed(failure));
    assert_eq!(
        line,
        concat!(
            r#"{"ext_seq":18446744073709551615,"command":250,"status":"failed","#,
            r#""error":{"phase":77,"kind":12345,"name":null,"message":"a \"quoted\"\nline "#,
            "\u{fffd}\"}}"
        )
    );
}
