//! Arbitrary bytes as commands, events, records and queue records.
//!
//! - Typed decoding never panics. It accepts exactly the bytes that `payload_layout` accepts, which
//!   reads the schema and does not use the derives.
//! - Decoded values encode to the same bytes, with two exceptions: a `bool` above 1 is written as
//!   1, and bytes of a record outside its fields are written as 0.
//! - A view, an update and a copy of a record accept the same bytes. Its key equals the key that
//!   the schema registry makes of them.
//! - Bytes that decode as a type can also be written as JSON.

use std::{fmt, sync::LazyLock};

use statevec_abi::{
    queue::{CommittedResultRecord, SubmitRequest},
    typed::{DecodePayload, FixedBytes, KeyedRecord, Record},
};
use statevec_abi_alloc::schema::SchemaRegistry;
use statevec_bank::{BalanceChanged, Deposit, Transfer, Withdraw};
use statevec_host::json::JsonWriter;

use crate::payload_layout;
use statevec_fixtures::declared::{
    Account, Bare, Changed, Everything, Fixed, Note, Noted, Tick, everything,
};

static BANK: LazyLock<SchemaRegistry> = LazyLock::new(|| registry(statevec_bank::SCHEMA.json));
static EVERY_TYPE: LazyLock<SchemaRegistry> =
    LazyLock::new(|| registry(statevec_fixtures::declared::SCHEMA.json));

fn registry(json: &str) -> SchemaRegistry {
    SchemaRegistry::from_idl_json(json).expect("a schema of the repository")
}

/// See the module.
pub fn check(bytes: &[u8]) {
    check_command::<Note<'_>>(&EVERY_TYPE, bytes);
    check_command::<Fixed>(&EVERY_TYPE, bytes);
    check_command::<Tick>(&EVERY_TYPE, bytes);
    check_command::<Deposit>(&BANK, bytes);
    check_command::<Withdraw>(&BANK, bytes);
    check_command::<Transfer>(&BANK, bytes);
    check_event::<Noted<'_>>(&EVERY_TYPE, bytes);
    check_event::<Changed>(&EVERY_TYPE, bytes);
    check_event::<BalanceChanged>(&BANK, bytes);
    check_one_key(bytes);

    check_record::<Bare>(&EVERY_TYPE, bytes);
    check_keyed::<Account>(&EVERY_TYPE, bytes);
    check_keyed::<Everything>(&EVERY_TYPE, bytes);
    check_keyed::<statevec_bank::Account>(&BANK, bytes);
    // A valid record with some bits changed: most arbitrary bytes fail at their first enum.
    let mut almost = everything().to_bytes();
    almost.iter_mut().zip(bytes).for_each(|(place, byte)| *place ^= byte);
    check_keyed::<Everything>(&EVERY_TYPE, &almost);

    check_queue(bytes);
}

fn check_command<'a, P>(schema: &SchemaRegistry, bytes: &'a [u8])
where
    P: DecodePayload<'a> + PartialEq + fmt::Debug,
{
    if check_payload::<P>(bytes) {
        let mut out = String::new();
        let written = JsonWriter::new(schema).command_fields(P::KIND, bytes, &mut out);
        assert!(written.is_ok(), "{written:?}");
    }
}

fn check_event<'a, P>(schema: &SchemaRegistry, bytes: &'a [u8])
where
    P: DecodePayload<'a> + PartialEq + fmt::Debug,
{
    if check_payload::<P>(bytes) {
        let mut written = String::new();
        JsonWriter::new(schema).event(P::KIND, bytes, &mut written);
        assert!(!written.contains("malformed"), "{written}");
    }
}

/// Returns true if the bytes decode.
fn check_payload<'a, P>(bytes: &'a [u8]) -> bool
where
    P: DecodePayload<'a> + PartialEq + fmt::Debug,
{
    let decoded = P::decode(bytes);
    let Some(expected) = payload_layout::payload(&P::DEF, bytes) else {
        let error = decoded.expect_err("the layout does not take these bytes").to_string();
        assert!(error.starts_with(P::DEF.name), "{error}");
        return false;
    };
    let value = decoded.unwrap_or_else(|error| panic!("the layout takes these bytes: {error}"));
    assert_eq!(value.encoded_len(), bytes.len());
    let mut encoded = vec![0xAA; bytes.len() + 1];
    assert_eq!(value.encode(&mut encoded), Ok(bytes.len()));
    assert_eq!(encoded.pop(), Some(0xAA), "a byte behind the payload was written");
    assert_eq!(encoded, expected);
    if let Some(short) = bytes.len().checked_sub(1) {
        assert!(value.encode(&mut encoded[..short]).is_err());
    }
    true
}

/// Decoded fixed bytes give the same key as equal bytes made by hand.
fn check_one_key(bytes: &[u8]) {
    if let Ok(note) = Note::decode(bytes) {
        let equal = FixedBytes::<7>::new(note.name.as_slice()).expect("no longer than it was");
        assert_eq!(note.name, equal);
        assert_eq!(note.name.padded_slice(), equal.padded_slice());
    }
}

/// The bytes of the value, if they are a record.
fn check_record<R: Record + PartialEq + fmt::Debug>(
    schema: &SchemaRegistry,
    bytes: &[u8],
) -> Option<R> {
    let decoded = R::decode(bytes);
    let expected = payload_layout::record(&R::DEF, bytes);
    assert_eq!(decoded.is_ok(), expected.is_some(), "{:?}: {decoded:?}", R::DEF.name);
    assert_eq!(R::view(bytes).is_ok(), expected.is_some());
    let mut updated = bytes.to_vec();
    assert_eq!(R::update(&mut updated).is_ok(), expected.is_some());
    assert_eq!(updated, bytes, "an update without a change changed something");
    let (value, expected) = (decoded.ok()?, expected?);
    let encoded = value.to_bytes();
    assert_eq!(encoded.as_ref(), expected);
    assert_eq!(R::decode(encoded.as_ref()).as_ref(), Ok(&value));
    let mut out = String::new();
    let data = &bytes[..R::DATA_SIZE];
    let written = JsonWriter::new(schema).record_fields(R::KIND, data, &mut out);
    assert!(written.is_ok(), "{written:?}");
    Some(value)
}

fn check_keyed<R: KeyedRecord + PartialEq + fmt::Debug>(schema: &SchemaRegistry, bytes: &[u8]) {
    let Some(value) = check_record::<R>(schema, bytes) else { return };
    let key = schema.encode_pk(R::KIND, bytes).expect("a record with a key");
    assert_eq!(value.key().as_bytes(), key);
}

fn check_queue(bytes: &[u8]) {
    if let Ok(request) = SubmitRequest::decode(bytes) {
        assert_eq!(request.encoded_len(), bytes.len());
        let mut encoded = vec![0; bytes.len()];
        assert_eq!(request.encode(&mut encoded), Ok(bytes.len()));
        assert_eq!(encoded, bytes);
    }
    if let Ok(result) = CommittedResultRecord::decode(bytes) {
        assert_eq!(result.to_bytes(), bytes);
    }
}
