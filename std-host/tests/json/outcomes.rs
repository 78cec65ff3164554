//! Failures as JSON lines, those with numbers that the contract does not know among them.

use statevec_abi::abi::{RuntimeErrorBuf, RuntimeErrorKind, RuntimeErrorPhase, runtime_error_kind};
use statevec_abi::host::CallFailure;
use statevec_host::Outcome;
use statevec_host::json::OutcomeJson;

use crate::schema::schema;

#[test]
fn a_rejection_names_phase_and_kind() {
    let failure = CallFailure {
        phase: RuntimeErrorPhase::RunTx,
        kind: runtime_error_kind::PLUGIN_REJECTED,
        message: RuntimeErrorBuf::RESET.message(),
    };
    let schema = schema();
    let line = OutcomeJson {
        schema: &schema,
        ext_seq: 2,
        command_kind: 9,
        outcome: &Outcome::Rejected(failure),
    };
    assert_eq!(
        line.to_string(),
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
    let schema = schema();
    let line = OutcomeJson {
        schema: &schema,
        ext_seq: u64::MAX,
        command_kind: 250,
        outcome: &Outcome::Failed(failure),
    };
    assert_eq!(
        line.to_string(),
        concat!(
            r#"{"ext_seq":18446744073709551615,"command":250,"status":"failed","#,
            r#""error":{"phase":77,"kind":12345,"name":null,"message":"a \"quoted\"\nline "#,
            "\u{fffd}\"}}"
        )
    );
}
