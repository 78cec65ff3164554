//! Faults in making a command script, and in reading one.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

#[path = "../../build/payload.rs"]
mod payload;
#[path = "../../src/script.rs"]
mod script;

use script::{Script, ScriptError};
use serde_json::{Value, json};
use statevec_abi::{
    queue::SubmitRequest,
    schema::{FieldType, PayloadDef},
};

fn count() -> PayloadDef<'static> {
    statevec_tally::SCHEMA.def.commands[1]
}

fn refused(payload: &Value, text: &str) {
    assert_eq!(payload::encode(&count(), payload).unwrap_err(), text);
}

#[test]
fn payload_that_is_not_what_the_schema_says() {
    let good = json!({"name": "a", "step": 1, "note": ""});
    assert_eq!(payload::encode(&count(), &good).unwrap().len(), 14 + 4 + 2);
    refused(&json!(null), "`payload` is null, no object");
    refused(&json!({"name": "a", "step": 1}), "no `note`");
    let unknown = json!({"name": "a", "step": 1, "note": "", "notes": ""});
    refused(&unknown, "Count has no field `notes`");
    let wide = json!({"name": "a", "step": 2_147_483_648_u32, "note": ""});
    refused(&wide, "`step` is 2147483648, which is no i32");
}

#[test]
fn field_of_a_type_that_is_not_supported() {
    let mut fields = [count().fields[1]];
    fields[0].ty = FieldType::U128;
    let command = PayloadDef { fields: &fields, ..count() };
    let text = "`step`: fields of type u128 are not supported here";
    assert_eq!(payload::encode(&command, &json!({"step": 1})).unwrap_err(), text);
}

#[test]
fn script_that_ends_inside_a_command() {
    let request = SubmitRequest { command_kind: 2, payload: b"payload" };
    let mut record = vec![0; request.encoded_len()];
    request.encode(&mut record).unwrap();
    let len = u32::try_from(record.len()).unwrap().to_le_bytes();
    let command = [&7_u64.to_le_bytes(), &8_u64.to_le_bytes(), &len[..], &record].concat();
    let script = command.repeat(2);

    let numbers = Script::new(&script).map(|command| command.unwrap().ext_seq());
    assert_eq!(numbers.collect::<Vec<_>>(), [7, 7]);
    for end in command.len() + 1..script.len() {
        let mut commands = Script::new(&script[..end]);
        assert_eq!(commands.next().unwrap().unwrap().payload(), b"payload");
        assert!(matches!(commands.next(), Some(Err(ScriptError::Truncated))), "{end}");
        assert!(commands.next().is_none(), "{end}");
    }
}

#[test]
fn record_that_is_no_request() {
    let bytes = [&[0; 16][..], &1_u32.to_le_bytes(), &[9]].concat();
    let mut commands = Script::new(&bytes);
    let Some(Err(ScriptError::Record(error))) = commands.next() else { panic!("it was decoded") };
    assert!(error.to_string().starts_with("queue record "), "{error}");
    assert!(commands.next().is_none());
}
