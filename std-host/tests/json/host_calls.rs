//! Host calls as JSON.

use statevec_abi::{
    abi::RecordKey,
    layers::{Answer, AnsweredCall, LayerCall},
};
use statevec_host::json::JsonWriter;

use crate::schema::schema;

fn line(call: LayerCall<'_>, answer: Answer) -> String {
    let mut line = String::new();
    JsonWriter::new(&schema()).host_call(
        Some(7),
        &AnsweredCall { call, answer, bytes: 3 },
        &mut line,
    );
    let parsed: serde_json::Value = serde_json::from_str(&line).expect(&line);
    assert_eq!((&parsed["ext_seq"], &parsed["bytes"]), (&7.into(), &3.into()));
    let start = r#"{"ext_seq":7,"call":""#;
    line.strip_prefix(start).and_then(|line| line.strip_suffix(r#","bytes":3}"#)).unwrap().into()
}

#[test]
fn kind_and_key_that_the_schema_does_not_know_are_shown_as_bytes() {
    for (call, answer, expected) in [
        (
            LayerCall::ReadByPk { kind: 99, pk: &[1, 0xff] },
            Answer::Missing,
            r#"read_by_pk","record":99,"key":{"hex":"01ff"},"answer":"missing""#,
        ),
        (
            LayerCall::Emit { kind: 99, payload: &[7] },
            Answer::Refused,
            r#"emit_event","event":99,"malformed":{"hex":"07","reason":"the schema has no event of kind 99"},"answer":"refused""#,
        ),
        (
            LayerCall::DebugLog { message: b"\xff" },
            Answer::Done,
            r#"debug_log","message":{"hex":"ff"},"answer":"done""#,
        ),
        (
            LayerCall::Create { kind: 99 },
            Answer::Created(RecordKey { kind: 99, sys_id: 5 }),
            r#"create","record":99,"answer":"created","sys_id":5"#,
        ),
        (
            LayerCall::DebugLog { message: b"two\nlines" },
            Answer::Done,
            r#"debug_log","message":{"hex":"74776f0a6c696e6573"},"answer":"done""#,
        ),
    ] {
        assert_eq!(line(call, answer), expected);
    }
}
