//! Divergences in words and as JSON, through the schema.

use std::{collections::BTreeMap, fmt};

use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};
use serde_json::{json, value::RawValue};
use statevec_abi::abi::{RecordKey, RuntimeErrorKind};
use statevec_abi_alloc::schema::SchemaRegistry;

use super::{Difference, Divergence, LoggedOutcome};
use crate::json::{DecodeError, JsonWriter};

/// A divergence that can be read: `Display` gives words, [`Serialize`] JSON.
///
/// ```text
/// entry 7, ext_seq 7, Deposit {"account_id":3,"amount":5}: record Account 3, field balance: recorded 10, replayed 11
/// ```
#[derive(Debug, Clone, Copy)]
pub struct DescribedDivergence<'d> {
    /// The schema of the plugin.
    pub schema: &'d SchemaRegistry,
    /// The divergence.
    pub divergence: &'d Divergence,
}

/// A difference, taken apart. Values are JSON, with fields in the schema's order.
struct Parts {
    /// `outcome`, `event`, `record` or `digest`.
    kind: &'static str,
    /// The event or record.
    subject: Option<String>,
    /// The first field that differs, if both sides have it.
    field: Option<String>,
    recorded: String,
    replayed: String,
}

/// JSON for an absent value.
const NONE: &str = "null";

impl DescribedDivergence<'_> {
    /// Name and payload of the command.
    fn command(&self) -> (Option<&str>, String) {
        let Divergence { command_kind, payload, .. } = self.divergence;
        let name = self.schema.try_get_command(*command_kind).map(|def| &*def.name);
        let fields = self
            .fields(payload, |writer, text| writer.command_fields(*command_kind, payload, text));
        (name, fields)
    }

    /// Decodes bytes through the schema; bytes that do not fit it are hexadecimal.
    fn fields(
        &self,
        bytes: &[u8],
        write: impl FnOnce(&JsonWriter, &mut String) -> Result<(), DecodeError>,
    ) -> String {
        let mut text = String::new();
        match write(&JsonWriter::new(self.schema), &mut text) {
            Ok(()) => text,
            Err(_) => hex(bytes),
        }
    }

    fn parts(&self) -> Parts {
        let whole = |kind, recorded, replayed| {
            let (subject, field) = (None, None);
            Parts { kind, subject, field, recorded, replayed }
        };
        match &self.divergence.difference {
            Difference::Outcome { recorded, replayed } => {
                whole("outcome", outcome(recorded), outcome(replayed))
            }
            Difference::Event { place, recorded, replayed } => {
                self.event(*place, recorded.as_ref(), replayed.as_ref())
            }
            Difference::Record { key, recorded, replayed } => {
                self.record(*key, recorded.as_deref(), replayed.as_deref())
            }
            Difference::Digest { recorded, replayed } => {
                whole("digest", format!("\"{recorded}\""), format!("\"{replayed}\""))
            }
        }
    }

    fn event(
        &self,
        place: usize,
        recorded: Option<&(u8, Vec<u8>)>,
        replayed: Option<&(u8, Vec<u8>)>,
    ) -> Parts {
        let fields = |kind: u8, payload: &[u8]| {
            self.fields(payload, |writer, text| writer.event_fields(kind, payload, text))
        };
        if let (Some((kind, before)), Some((other, now))) = (recorded, replayed)
            && kind == other
        {
            let def = self.schema.try_get_event(*kind);
            let name = def.map_or_else(|| kind.to_string(), |def| def.name.to_string());
            let names = def.into_iter().flat_map(|def| def.fields.iter()).map(|field| &*field.name);
            let (before, now) = (fields(*kind, before), fields(*kind, now));
            return Parts::of_fields("event", format!("{place} {name}"), names, before, now);
        }
        let whole = |event: Option<&(u8, Vec<u8>)>| match event {
            None => NONE.into(),
            Some((kind, payload)) => {
                let mut text = String::new();
                JsonWriter::new(self.schema).event(*kind, payload, &mut text);
                text
            }
        };
        let (recorded, replayed) = (whole(recorded), whole(replayed));
        let subject = Some(place.to_string());
        Parts { kind: "event", subject, field: None, recorded, replayed }
    }

    fn record(&self, key: RecordKey, recorded: Option<&[u8]>, replayed: Option<&[u8]>) -> Parts {
        let def = self.schema.try_get(key.kind);
        let name = def.map_or_else(|| key.kind.to_string(), |def| def.name.to_string());
        let names = def.into_iter().flat_map(|def| def.fields.iter()).map(|field| &*field.name);
        let fields = |data: Option<&[u8]>| match data {
            None => NONE.into(),
            Some(data) => {
                self.fields(data, |writer, text| writer.record_fields(key.kind, data, text))
            }
        };
        let (mut before, mut now) = (fields(recorded), fields(replayed));
        if before == now {
            // Bytes that no field covers.
            (before, now) = (hex(recorded.unwrap_or_default()), hex(replayed.unwrap_or_default()));
        }
        Parts::of_fields("record", format!("{name} {}", key.sys_id), names, before, now)
    }
}

impl Parts {
    /// Reduces two objects to the first field that differs.
    fn of_fields<'n>(
        kind: &'static str,
        subject: String,
        mut names: impl Iterator<Item = &'n str>,
        recorded: String,
        replayed: String,
    ) -> Self {
        let parse = |text: &str| {
            serde_json::from_str::<BTreeMap<String, Box<RawValue>>>(text).unwrap_or_default()
        };
        let (before, now) = (parse(&recorded), parse(&replayed));
        let value = |fields: &BTreeMap<String, Box<RawValue>>, name: &str| {
            fields.get(name).map(|value| value.get().to_owned())
        };
        let first = names.find_map(|name| {
            let (before, now) = (value(&before, name)?, value(&now, name)?);
            (before != now).then(|| (name.to_owned(), before, now))
        });
        let subject = Some(subject);
        match first {
            Some((field, recorded, replayed)) => {
                Self { kind, subject, field: Some(field), recorded, replayed }
            }
            None => Self { kind, subject, field: None, recorded, replayed },
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!(r#"{{"hex":"{digits}"}}"#)
}

fn outcome(outcome: &LoggedOutcome) -> String {
    let failure = |status: &str, kind: &RuntimeErrorKind, text: &str| {
        let (name, text) = (json!(kind.name()), json!(text));
        format!(r#"{{"status":"{status}","kind":{},"name":{name},"message":{text}}}"#, kind.0)
    };
    match outcome {
        LoggedOutcome::Committed => r#"{"status":"committed"}"#.into(),
        LoggedOutcome::Rejected { kind, text } => failure("rejected", kind, text),
        LoggedOutcome::Failed { kind, text } => failure("failed", kind, text),
    }
}

impl Serialize for DescribedDivergence<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw = |text| RawValue::from_string(text).map_err(S::Error::custom);
        let (command, payload) = self.command();
        let Parts { kind, subject, field, recorded, replayed } = self.parts();
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("entry", &self.divergence.entry)?;
        object.serialize_entry("ext_seq", &self.divergence.ext_seq)?;
        match command {
            Some(name) => object.serialize_entry("command", name)?,
            None => object.serialize_entry("command", &self.divergence.command_kind)?,
        }
        object.serialize_entry("payload", &raw(payload)?)?;
        object.serialize_entry("difference", kind)?;
        object.serialize_entry("subject", &subject)?;
        object.serialize_entry("field", &field)?;
        object.serialize_entry("recorded", &raw(recorded)?)?;
        object.serialize_entry("replayed", &raw(replayed)?)?;
        object.end()
    }
}

impl fmt::Display for DescribedDivergence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Divergence { entry, ext_seq, command_kind, .. } = self.divergence;
        write!(f, "entry {entry}, ext_seq {ext_seq}, ")?;
        match self.command() {
            (Some(name), payload) => write!(f, "{name} {payload}: ")?,
            (None, payload) => write!(f, "command {command_kind} {payload}: ")?,
        }
        let Parts { kind, subject, field, recorded, replayed } = self.parts();
        f.write_str(kind)?;
        if let Some(subject) = subject {
            write!(f, " {subject}")?;
        }
        if let Some(field) = field {
            write!(f, ", field {field}")?;
        }
        write!(f, ": recorded {}, replayed {}", shown(&recorded), shown(&replayed))
    }
}

/// A value in words.
fn shown(value: &str) -> &str {
    if value == NONE { "none" } else { value }
}
