//! Arbitrary bytes as a line of input, and as encoded commands, events and records, through several
//! schemas.
//!
//! - Reading a line never panics. An error has a short text and leaves the payload as it was.
//! - A command that was read can be written, and reads as the same bytes again. `serde_json` also
//!   reads it.
//! - If the schema comes from Rust types, a payload that was read decodes as its type, with the
//!   numbers of the line.
//! - Bytes that fit the schema are written as JSON, which reads as bytes that are written the same.
//!   Other bytes are reported as malformed, in one line of JSON.

use std::sync::LazyLock;

use serde_json::Value;
use statevec_abi::{
    abi::RecordKey,
    typed::{DecodePayload, Payload},
};
use statevec_abi_alloc::schema::SchemaRegistry;
use statevec_bank::{Deposit, Transfer, Withdraw};
use statevec_host::foreign_text::is_hidden;
use statevec_host::json::{CommandError, CommandLine, JsonWriter, parse_command};

/// An upper bound of every error's length.
const LONGEST_ERROR: usize = 4096;

/// Index of the bank's schema.
const BANK: usize = 0;

/// The bank's schema, one with a field of every type, and one with names that need escapes.
static SCHEMAS: LazyLock<[SchemaRegistry; 3]> = LazyLock::new(|| {
    [
        statevec_bank::SCHEMA.json,
        include_str!("../../../std-host/tests/json/schema.json"),
        include_str!("../names.json"),
    ]
    .map(|text| SchemaRegistry::from_idl_json(text).expect("a schema of the repository"))
});

/// See the module.
pub fn check(input: &[u8]) {
    for (position, schema) in SCHEMAS.iter().enumerate() {
        check_line(schema, input);
        // Bytes of an unknown kind are the same to every schema.
        if let Some((kind, bytes)) = input.split_first()
            && (position == BANK || knows(schema, *kind))
        {
            check_bytes(schema, *kind, bytes);
        }
    }
}

fn knows(schema: &SchemaRegistry, kind: u8) -> bool {
    schema.try_get_command(kind).is_some()
        || schema.try_get_event(kind).is_some()
        || schema.try_get(kind).is_some()
}

fn check_line(schema: &SchemaRegistry, line: &[u8]) {
    const BEFORE: &[u8] = b"before";
    let mut payload = BEFORE.to_vec();
    match parse_command(schema, line, &mut payload) {
        Ok(command) => {
            let payload = payload.strip_prefix(BEFORE).expect("what was there is still there");
            check_command(schema, line, command, payload);
        }
        Err(error) => {
            assert_eq!(payload, BEFORE, "an error changed the payload: {error}");
            check_error(line, &error);
        }
    }
}

fn check_command(schema: &SchemaRegistry, line: &[u8], command: CommandLine, payload: &[u8]) {
    let value: Value = serde_json::from_slice(line).expect("what was read is JSON");
    let name = &schema.try_get_command(command.kind).expect("a command of the schema").name;
    assert_eq!(value["command"], **name);
    assert_eq!(value.get("ext_seq").and_then(Value::as_u64), command.ext_seq);
    let time = value.get("ref_ext_time_us").and_then(Value::as_u64);
    assert_eq!(time.unwrap_or(0), command.ref_ext_time_us);
    assert_eq!(read_again(schema, command.kind, payload), payload);
    if schema == &SCHEMAS[BANK] {
        check_bank(command.kind, payload, &value["payload"]);
    }
}

/// Writes the bytes as a line and reads them again.
fn read_again(schema: &SchemaRegistry, kind: u8, payload: &[u8]) -> Vec<u8> {
    let mut fields = String::new();
    JsonWriter::new(schema)
        .command_fields(kind, payload, &mut fields)
        .unwrap_or_else(|error| panic!("what was read is not written: {error}"));
    let name = &schema.try_get_command(kind).expect("a command of the schema").name;
    let line = format!(r#"{{"command":{},"payload":{fields}}}"#, Value::from(&**name));
    assert!(!line.contains(is_hidden), "not one harmless line: {line:?}");
    let mut again = Vec::new();
    match parse_command(schema, line.as_bytes(), &mut again) {
        Ok(command) => assert_eq!(command, CommandLine { kind, ext_seq: None, ref_ext_time_us: 0 }),
        Err(error) => panic!("what was written is not read: {error}\n{line}"),
    }
    again
}

/// The bank's commands have the numbers that the line has.
fn check_bank(kind: u8, payload: &[u8], line: &Value) {
    let (names, numbers) = match kind {
        Deposit::KIND => {
            let Deposit { account_id, amount } = Deposit::decode(payload).expect("a deposit");
            (["account_id", "amount", "amount"], [account_id, amount, amount])
        }
        Withdraw::KIND => {
            let Withdraw { account_id, amount } = Withdraw::decode(payload).expect("a withdrawal");
            (["account_id", "amount", "amount"], [account_id, amount, amount])
        }
        _ => {
            let Transfer { from, to, amount } = Transfer::decode(payload).expect("a transfer");
            (["from", "to", "amount"], [from, to, amount])
        }
    };
    assert_eq!(names.map(|name| line[name].as_u64()), numbers.map(Some));
}

fn check_error(line: &[u8], error: &CommandError) {
    let text = error.to_string();
    assert!((1..=LONGEST_ERROR).contains(&text.len()), "{} bytes: {text}", text.len());
    assert!((1..=line.len() + 1).contains(&error.column()), "column {}: {text}", error.column());
}

fn check_bytes(schema: &SchemaRegistry, kind: u8, bytes: &[u8]) {
    let writer = JsonWriter::new(schema);
    let mut unused = String::new();
    if writer.command_fields(kind, bytes, &mut unused).is_ok() {
        let read = read_again(schema, kind, bytes);
        assert_eq!(read_again(schema, kind, &read), read, "what was read changes once more");
        assert_eq!(read.len(), bytes.len());
    }
    let (mut event, mut record) = (String::new(), String::new());
    writer.event(kind, bytes, &mut event);
    let fits = writer.event_fields(kind, bytes, &mut unused).is_ok();
    check_written(&event, if fits { "payload" } else { "malformed" });
    writer.record(RecordKey { kind, sys_id: 7 }, bytes, &mut record);
    let fits = writer.record_fields(kind, bytes, &mut unused).is_ok();
    check_written(&record, if fits { "data" } else { "malformed" });
}

/// One line of JSON, with this member.
fn check_written(line: &str, member: &str) {
    assert!(!line.contains(is_hidden), "not one harmless line: {line:?}");
    let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    assert!(value.get(member).is_some_and(Value::is_object), "no {member}: {line}");
}
