//! Outcomes, events and records as JSON.

mod entry;
mod host_call;
mod shape;
mod value;

use std::fmt::Display;

use statevec_abi::abi::{RecordKey, RecordKind, RuntimeErrorKind, SysId};
use statevec_abi::host::CallFailure;
use statevec_abi_alloc::schema::SchemaRegistry;

use self::host_call::KeyShape;
use self::shape::Shape;
use self::value::EnumNames;
use super::bytes::push_hex;
use super::error::DecodeError;
use super::number::push_number;
use crate::Outcome;
use crate::foreign_text::{push_json_display, push_json_string};
use crate::store::Events;

/// Writes the outcomes, events and records of a plugin as JSON, through its schema.
///
/// Names are escaped once, when the writer is made. After that a line takes no work but its values.
/// Each method appends compact JSON without an end of line.
///
/// # Example
/// ```
/// use statevec_host::json::JsonWriter;
/// # use std::borrow::Cow;
/// # use statevec_abi_alloc::schema::{
/// #     EventDefinition, FieldType, PayloadFieldDefinition, SchemaRegistry, Version,
/// # };
/// # let amount = PayloadFieldDefinition {
/// #     name: Cow::Borrowed("amount"), field_index: 1, ty: FieldType::U16,
/// #     rust_type_name: Cow::Borrowed("u16"), enum_type_name: None, fixed_size: Some(2),
/// # };
/// # let paid = EventDefinition {
/// #     kind: 7, name: Cow::Borrowed("Paid"), version: 1, fields: Cow::Owned(vec![amount]),
/// # };
/// # let schema = SchemaRegistry::new(Version::new(1, 0), &[], &[], &[paid], &[])?;
/// let writer = JsonWriter::new(&schema);
/// let mut line = String::new();
/// writer.event(7, &[2, 1], &mut line);
/// assert_eq!(line, r#"{"event":"Paid","payload":{"amount":258}}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct JsonWriter {
    commands: Vec<Option<Shape>>,
    events: Vec<Option<Shape>>,
    records: Vec<Option<Shape>>,
    keys: Vec<Option<KeyShape>>,
}

/// The text around the name of a command, an event and a record.
const COMMAND: (&str, &str) = (r#","command":"#, r#","status":""#);
const EVENT: (&str, &str) = (r#"{"event":"#, r#","payload":"#);
const RECORD: (&str, &str) = (r#"{"record":"#, r#","sys_id":"#);

impl JsonWriter {
    /// Knows no names: it writes kinds as numbers, and bytes in hexadecimal.
    #[must_use]
    pub const fn without_names() -> Self {
        Self { commands: Vec::new(), events: Vec::new(), records: Vec::new(), keys: Vec::new() }
    }

    /// Prepares the names of a schema.
    #[must_use]
    pub fn new(schema: &SchemaRegistry) -> Self {
        let enums = EnumNames::new(schema);
        let command = |def| Shape::of_payload(COMMAND, def, &enums);
        let event = |def| Shape::of_payload(EVENT, def, &enums);
        let record = |def| Shape::of_record(RECORD, def, &enums);
        let mut keys = schema.record_defs().filter_map(|def| {
            KeyShape::of_record(schema, def, &enums).map(|shape| (def.kind, shape))
        });
        Self {
            commands: by_kind(&mut schema.command_defs().map(|def| (def.kind, command(def)))),
            events: by_kind(&mut schema.event_defs().map(|def| (def.kind, event(def)))),
            records: by_kind(&mut schema.record_defs().map(|def| (def.kind, record(def)))),
            keys: by_kind(&mut keys),
        }
    }

    /// Appends a command's outcome:
    /// `{"ext_seq":1,"command":"Deposit","status":"committed","tx_seq":1,"events":[…]}`, with each
    /// event as [`event`](Self::event) writes it, or with `"status":"rejected"` or `"failed"` and
    /// `"error":{"phase":"run_tx","kind":2001,"name":"PLUGIN_REJECTED","message":"…"}`, or with
    /// `"status":"duplicate","last_ext_seq":1`.
    ///
    /// A phase that the contract does not know is written as its number, and the name of an unknown
    /// kind as `null`. A command that the schema does not know is written as its number.
    pub fn outcome(&self, ext_seq: u64, command_kind: u8, outcome: &Outcome<'_>, out: &mut String) {
        out.push_str(r#"{"ext_seq":"#);
        push_number(ext_seq, out);
        push_opening(shape(&self.commands, command_kind), COMMAND, command_kind, out);
        match outcome {
            Outcome::Committed { tx_seq, events } => {
                out.push_str(r#"committed","tx_seq":"#);
                push_number(*tx_seq, out);
                out.push_str(r#","events":["#);
                self.event_list(events, out);
                out.push_str("]}");
            }
            Outcome::Duplicate { last_ext_seq } => {
                out.push_str(r#"duplicate","last_ext_seq":"#);
                push_number(*last_ext_seq, out);
                out.push('}');
            }
            Outcome::Rejected(failure) => push_failure("rejected", failure, out),
            Outcome::Failed(failure) => push_failure("failed", failure, out),
        }
    }

    fn event_list(&self, events: &Events<'_>, out: &mut String) {
        for (position, event) in events.clone().enumerate() {
            if position > 0 {
                out.push(',');
            }
            self.event(event.kind, event.payload, out);
        }
    }

    /// Appends an event: `{"event":"BalanceChanged","payload":{…}}`.
    ///
    /// If the payload does not fit the schema, `"malformed":{"hex":"…","reason":"…"}` stands in
    /// place of `"payload"`. An event that the schema does not know has its number as name.
    pub fn event(&self, kind: u8, payload: &[u8], out: &mut String) {
        let shape = shape(&self.events, kind);
        push_opening(shape, EVENT, kind, out);
        if let Err(error) = push_fields(shape, "event", kind, payload, out) {
            out.truncate(out.len() - EVENT.1.len());
            push_malformed(payload, &error, out);
        }
        out.push('}');
    }

    /// Appends a record: `{"record":"Account","sys_id":1,"data":{…}}`. `data` is without the host's
    /// header. Malformed data and unknown kinds are written as in [`event`](Self::event).
    pub fn record(&self, key: RecordKey, data: &[u8], out: &mut String) {
        let kind: RecordKind = key.kind;
        let shape = shape(&self.records, kind);
        push_opening(shape, RECORD, kind, out);
        push_number(key.sys_id, out);
        let start = out.len();
        out.push_str(r#","data":"#);
        if let Err(error) = push_fields(shape, "record", kind, data, out) {
            out.truncate(start);
            push_malformed(data, &error, out);
        }
        out.push('}');
    }

    /// Appends the number that the next record of a kind gets:
    /// `{"record":"Account","next_sys_id":9}`.
    pub fn next_sys_id(&self, kind: RecordKind, next_sys_id: SysId, out: &mut String) {
        push_opening(shape(&self.records, kind), RECORD, kind, out);
        out.truncate(out.len() - RECORD.1.len());
        out.push_str(r#","next_sys_id":"#);
        push_number(next_sys_id, out);
        out.push('}');
    }

    /// Appends the fields of a command's payload as an object.
    ///
    /// # Errors
    /// The schema has no such command, or its fields take more or fewer bytes than `payload` has.
    /// `out` is then as before.
    pub fn command_fields(
        &self,
        kind: u8,
        payload: &[u8],
        out: &mut String,
    ) -> Result<(), DecodeError> {
        push_fields(shape(&self.commands, kind), "command", kind, payload, out)
    }

    /// Appends the fields of an event's payload as an object.
    ///
    /// # Errors
    /// As [`command_fields`](Self::command_fields).
    pub fn event_fields(
        &self,
        kind: u8,
        payload: &[u8],
        out: &mut String,
    ) -> Result<(), DecodeError> {
        push_fields(shape(&self.events, kind), "event", kind, payload, out)
    }

    /// Appends the fields of a record's data as an object.
    ///
    /// # Errors
    /// The schema has no such record, or its data size is not that of `data`. `out` is then as
    /// before.
    pub fn record_fields(
        &self,
        kind: RecordKind,
        data: &[u8],
        out: &mut String,
    ) -> Result<(), DecodeError> {
        push_fields(shape(&self.records, kind), "record", kind, data, out)
    }
}

/// A table with the shape of each kind. They come by ascending kind, and each kind once.
fn by_kind<S>(shapes: &mut dyn Iterator<Item = (u8, S)>) -> Vec<Option<S>> {
    let mut table = Vec::new();
    for (kind, shape) in shapes {
        table.resize_with(usize::from(kind), || None);
        table.push(Some(shape));
    }
    table
}

#[inline]
fn shape(shapes: &[Option<Shape>], kind: u8) -> Option<&Shape> {
    shapes.get(usize::from(kind))?.as_ref()
}

#[inline]
fn push_fields(
    shape: Option<&Shape>,
    what: &'static str,
    kind: u8,
    bytes: &[u8],
    out: &mut String,
) -> Result<(), DecodeError> {
    let shape = shape.ok_or(DecodeError::UnknownKind { what, kind })?;
    let start = out.len();
    let result = shape.push_fields(bytes, out);
    if result.is_err() {
        out.truncate(start);
    }
    result
}

/// Appends the opening, with the number in place of the name if the schema has none.
#[inline]
fn push_opening(shape: Option<&Shape>, (before, after): (&str, &str), kind: u8, out: &mut String) {
    match shape {
        Some(shape) => out.push_str(shape.opening()),
        None => {
            out.push_str(before);
            push_number(kind, out);
            out.push_str(after);
        }
    }
}

/// Appends the member that shows bytes which do not fit the schema, with its comma.
#[cold]
fn push_malformed(bytes: &[u8], reason: &DecodeError, out: &mut String) {
    out.push_str(r#","malformed":{"hex":"#);
    push_hex(bytes, out);
    out.push_str(r#","reason":"#);
    push_json_display(reason, out);
    out.push('}');
}

/// Appends the status behind its opening quote, and the rest of the line.
fn push_failure(status: &str, failure: &CallFailure<'_>, out: &mut String) {
    out.push_str(status);
    out.push_str(r#"","error":{"phase":"#);
    match failure.phase.name() {
        Some(name) => push_json_string(name, out),
        None => push_number(failure.phase.0, out),
    }
    out.push(',');
    push_kind_and_message(failure.kind, failure.message, out);
    out.push_str("}}");
}

/// Appends the members of an error that every form of it has.
fn push_kind_and_message(kind: RuntimeErrorKind, message: impl Display, out: &mut String) {
    out.push_str(r#""kind":"#);
    push_number(kind.0, out);
    out.push_str(r#","name":"#);
    match kind.name() {
        Some(name) => push_json_string(name, out),
        None => out.push_str("null"),
    }
    out.push_str(r#","message":"#);
    push_json_display(message, out);
}
