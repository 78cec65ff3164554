//! Written bytes read back as the same bytes, and the reader agrees with serde_json on syntax.

use proptest::prelude::*;
use statevec_abi::abi::RecordKey;
use statevec_abi_alloc::schema::SchemaRegistry;
use statevec_host::foreign_text::is_hidden;
use statevec_host::json::{CommandError, CommandProblem, JsonWriter, parse_command};

use crate::schema::schema;

/// A payload of command 7, encoded as ABI.md section 5 says.
fn payload() -> impl Strategy<Value = Vec<u8>> {
    let numbers = (any::<bool>(), any::<u8>(), any::<u16>(), any::<u32>(), any::<u64>());
    let signed = (any::<i32>(), any::<i64>(), any::<u128>(), any::<u8>(), any::<u8>());
    (numbers, signed, bytes(4), bytes(300)).prop_map(|(numbers, signed, label, note)| {
        let (on, byte, short, word, long) = numbers;
        let (int, big, wide, side, far) = signed;
        let mut out = vec![u8::from(on), byte];
        out.extend(short.to_le_bytes());
        out.extend(word.to_le_bytes());
        out.extend(long.to_le_bytes());
        out.extend(int.to_le_bytes());
        out.extend(big.to_le_bytes());
        out.extend(wide.to_le_bytes());
        out.extend([side, far]);
        out.extend(u16::try_from(label.len()).unwrap().to_le_bytes());
        let padding = 4 - label.len();
        out.extend(label);
        out.extend(vec![0; padding]);
        out.extend(u16::try_from(note.len()).unwrap().to_le_bytes());
        out.extend(note);
        out
    })
}

/// At most `max` bytes, text as often as not.
fn bytes(max: usize) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..=max),
        any::<String>().prop_map(move |text| {
            let end = text.floor_char_boundary(max);
            text.as_bytes()[..end].to_vec()
        }),
        Just(br#"{"hex":"00"}"#[..max.min(12)].to_vec()),
    ]
}

fn line_of(schema: &SchemaRegistry, payload: &[u8]) -> String {
    let mut fields = String::new();
    JsonWriter::new(schema).command_fields(7, payload, &mut fields).unwrap();
    format!(r#"{{"command":"Every","payload":{fields}}}"#)
}

/// A number of the payload. serde_json reads `-0` as a float.
fn number(line: &serde_json::Value, field: &str) -> serde_json::Value {
    match &line["payload"][field] {
        zero if zero.as_f64() == Some(0.0) => 0.into(),
        number => number.clone(),
    }
}

proptest! {
    #[test]
    fn bytes_that_were_written_are_read_again(payload in payload()) {
        let schema = schema();
        let line = line_of(&schema, &payload);
        let mut again = Vec::new();
        parse_command(&schema, line.as_bytes(), &mut again).unwrap();
        prop_assert_eq!(again, payload);
        prop_assert!(!line.contains(is_hidden), "one line, and harmless: {:?}", line);
    }

    #[test]
    fn any_text_survives_as_bytes(text in any::<String>()) {
        let schema = schema();
        let json = serde_json::to_string(&text).unwrap();
        let line = format!(
            r#"{{"command":"Every","payload":{{"on":false,"byte":0,"short":0,"word":0,"long":0,"int":0,"big":0,"wide":0,"side":0,"far":0,"label":"","note":{json}}}}}"#
        );
        let mut payload = Vec::new();
        parse_command(&schema, line.as_bytes(), &mut payload).unwrap();
        prop_assert!(payload.ends_with(text.as_bytes()));
        let mut again = Vec::new();
        parse_command(&schema, line_of(&schema, &payload).as_bytes(), &mut again).unwrap();
        prop_assert_eq!(again, payload);
    }

    #[test]
    fn arbitrary_bytes_never_panic(kind in 0_u8..5, bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let schema = schema();
        let writer = JsonWriter::new(&schema);
        let (mut event, mut record) = (String::new(), String::new());
        writer.event(kind, &bytes, &mut event);
        let parsed: serde_json::Value = serde_json::from_str(&event).unwrap();
        let fits = writer.event_fields(kind, &bytes, &mut String::new()).is_ok();
        prop_assert_eq!(parsed.get("malformed").is_none(), fits);
        writer.record(RecordKey { kind, sys_id: 1 }, &bytes, &mut record);
        prop_assert!(serde_json::from_str::<serde_json::Value>(&record).is_ok());
    }

    #[test]
    fn a_line_with_one_wrong_byte_is_read_only_if_serde_json_reads_it(
        payload in payload(), at in any::<prop::sample::Index>(), byte in any::<u8>(), insert in any::<bool>(),
    ) {
        let schema = schema();
        let mut line = line_of(&schema, &payload).into_bytes();
        let at = at.index(line.len());
        if insert { line.insert(at, byte) } else { line[at] = byte }
        let mut read = Vec::new();
        let ours = parse_command(&schema, &line, &mut read);
        match serde_json::from_slice::<serde_json::Value>(&line) {
            Ok(value) => {
                let is_syntax = |error: &CommandError| matches!(error.problem(), CommandProblem::Syntax { .. });
                prop_assert!(!ours.as_ref().is_err_and(is_syntax), "{ours:?}: {value}");
                if ours.is_ok() {
                    let written: serde_json::Value = serde_json::from_str(&line_of(&schema, &read)).unwrap();
                    // Numbers have one form each, so they are the same in both.
                    prop_assert_eq!(number(&written, "long"), number(&value, "long"));
                    prop_assert_eq!(number(&written, "big"), number(&value, "big"));
                }
            }
            Err(error) => prop_assert!(ours.is_err(), "{ours:?}, but {error}"),
        }
    }

    #[test]
    fn arbitrary_lines_never_panic(line in proptest::collection::vec(any::<u8>(), 0..80), text in r#"[\[\]{}",:0-9a-z\\ ]{0,60}"#) {
        let schema = schema();
        let mut payload = Vec::new();
        for line in [line.as_slice(), text.as_bytes()] {
            prop_assert!(parse_command(&schema, line, &mut payload).is_err() && payload.is_empty());
        }
    }
}
