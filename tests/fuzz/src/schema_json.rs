//! Arbitrary bytes as a schema.
//!
//! - Reading never panics. An error has a short text, even if its cause is long.
//! - A schema that was read can be written. That text reads as the same schema, and is written as
//!   the same text.
//! - The written text has the content of the one that was read, key by key.
//! - The fingerprints are those of the text. Computed fingerprints do not depend on the order of
//!   the declarations.
//! - Every record's key has the stated length. A store accepts the schema, or refuses it with an
//!   error. The store creates, updates and deletes records; it refuses a repeated key and a change
//!   of an immutable field; a rollback leaves no trace.

mod records;
mod writer;

use std::sync::Arc;

use serde_json::Value;
use statevec_abi_alloc::schema::{
    CommandDefinition, EnumDefinition, EventDefinition, Fingerprints, MAX_DATA_SIZE,
    RecordDefinition, SchemaRegistry,
};
use statevec_host::Store;

/// An upper bound of every error's length.
const LONGEST_ERROR: usize = 1024;

/// The largest record that is created. A schema may declare 255 records of 16 MiB, and an input
/// should take microseconds.
const LARGEST_MADE: u32 = 1 << 12;

/// The number of types of which records are created.
const MOST_MADE: usize = 4;

/// See the module.
pub fn check(text: &[u8]) {
    match SchemaRegistry::from_idl_bytes(text) {
        Ok(schema) => {
            check_written(text, &schema);
            check_schema(schema);
        }
        Err(error) => {
            let error = error.to_string();
            assert!((1..=LONGEST_ERROR).contains(&error.len()), "{} bytes: {error}", error.len());
        }
    }
}

fn check_schema(schema: SchemaRegistry) {
    let text = schema.to_idl_json();
    let again = SchemaRegistry::from_idl_json(&text);
    let again =
        again.unwrap_or_else(|error| panic!("what was written is not read: {error}\n{text}"));
    assert_eq!(again, schema, "what was written reads as something else");
    assert_eq!(again.to_idl_json(), text, "what reads as the same is written otherwise");

    check_fingerprints(&schema);
    schema.record_defs().for_each(|record| check_record(&schema, record));
    check_store(Arc::new(schema));
}

/// Compares the written text with the one that was read.
fn check_written(text: &[u8], schema: &SchemaRegistry) {
    // The parser skips values of unknown keys, even half a surrogate pair, which `Value` cannot
    // hold.
    let Ok(mut read) = serde_json::from_slice::<Value>(text) else { return };
    let written: Value =
        serde_json::from_str(&schema.to_idl_json()).expect("what is written is JSON");
    for (section, sorted_by) in
        [("types", "name"), ("records", "kind"), ("commands", "kind"), ("events", "kind")]
    {
        if let Some(items) = read.get_mut(section).and_then(Value::as_array_mut) {
            // Kinds in ascending order, and names in the order of their bytes.
            items.sort_by_cached_key(|item| {
                (item[sorted_by].as_u64(), item[sorted_by].as_str().map(str::to_owned))
            });
        }
    }
    assert_says(&read, &written, "the schema");
}

/// Checks that `read` has all content of `written`. It may leave out empty lists.
fn assert_says(read: &Value, written: &Value, what: &str) {
    match (read, written) {
        (Value::Object(read), Value::Object(written)) => {
            for (key, written) in written {
                let absent = Value::Array(Vec::new());
                assert_says(read.get(key).unwrap_or(&absent), written, key);
            }
        }
        // The parser also accepts an object's values as a list.
        (Value::Array(_), Value::Object(_)) => {}
        (Value::Array(read), Value::Array(written)) => {
            assert_eq!(read.len(), written.len(), "{what}");
            read.iter().zip(written).for_each(|(read, written)| assert_says(read, written, what));
        }
        // The digits of fingerprints may be upper case.
        (Value::String(read), Value::String(written)) if read.len() == 32 => {
            assert!(read.eq_ignore_ascii_case(written), "{what}: {read}, {written}");
        }
        _ => assert_eq!(read, written, "{what}"),
    }
}

/// Computed fingerprints depend on the declarations, and not on their order.
fn check_fingerprints(schema: &SchemaRegistry) {
    let mut records: Vec<RecordDefinition> = schema.record_defs().cloned().collect();
    let mut commands: Vec<CommandDefinition> = schema.command_defs().cloned().collect();
    let mut events: Vec<EventDefinition> = schema.event_defs().cloned().collect();
    let mut types: Vec<EnumDefinition> = schema.enum_defs().cloned().collect();
    let version = schema.schema_version();
    let computed = |records: &[_], commands: &[_], events: &[_], types: &[_]| -> Fingerprints {
        let made = SchemaRegistry::new(version, records, commands, events, types);
        let made = made.expect("declarations of a registry make a registry");
        assert!(made.record_defs().eq(schema.record_defs()));
        assert!(made.command_defs().eq(schema.command_defs()));
        assert!(made.event_defs().eq(schema.event_defs()));
        assert!(made.enum_defs().eq(schema.enum_defs()));
        made.fingerprints()
    };
    let in_order = computed(&records, &commands, &events, &types);
    records.reverse();
    commands.reverse();
    events.reverse();
    types.reverse();
    assert_eq!(computed(&records, &commands, &events, &types), in_order);
}

fn check_record(schema: &SchemaRegistry, record: &RecordDefinition) {
    assert_eq!(schema.try_get(record.kind), Some(record));
    assert_eq!(schema.try_get_by_name(&record.name), Some(record));
    assert!((1..=MAX_DATA_SIZE).contains(&record.data_size));
    let mut taken = 0;
    let mut fields: Vec<_> = record.fields.iter().collect();
    fields.sort_by_key(|field| field.offset);
    for field in fields {
        assert!(taken <= u64::from(field.offset), "{} shares bytes", field.name);
        taken = u64::from(field.offset) + u64::from(field.len);
    }
    assert!(taken <= u64::from(record.data_size), "a field ends outside of {}", record.name);
    let pk_len = schema.pk_len(record.kind);
    assert_eq!(pk_len.is_some(), record.is_pk_idx);
    if record.data_size <= LARGEST_MADE {
        let data = vec![0x81; record.data_size as usize];
        let pk = schema.encode_pk(record.kind, &data);
        assert_eq!(pk.map(|pk| pk.len()), pk_len);
    }
}

fn check_store(schema: Arc<SchemaRegistry>) {
    let mut store = match Store::new(schema.clone()) {
        Ok(store) => store,
        Err(error) => return assert!(error.to_string().len() <= LONGEST_ERROR),
    };
    store.check_consistency().unwrap_or_else(|what| panic!("{what}"));
    let image = store.image();
    drop(store.begin());
    assert_eq!(store.image(), image);
    assert!(store.is_empty());
    for record in schema.record_defs() {
        assert_eq!(store.next_sys_id(record.kind), Some(1));
    }
    let small = schema.record_defs().filter(|record| record.data_size <= LARGEST_MADE);
    small.take(MOST_MADE).for_each(|record| records::check(&mut store, record));
}
