//! Divergences in words and as JSON, through the schema.

use std::fmt;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Value, json};
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

/// A difference, taken apart.
struct Parts {
    /// `outcome`, `event`, `record` or `digest`.
    kind: &'static str,
    /// Which event or record.
    subject: Option<String>,
    /// The first field that differs, if both sides have it.
    field: Option<String>,
    recorded: Value,
    replayed: Value,
}

impl DescribedDivergence<'_> {
    fn command(&self) -> (Value, Value) {
        let Divergence { command_kind, payload, .. } = self.divergence;
        let name = self.schema.try_get_command(*command_kind).map(|def| json!(def.name));
        let fields = self
            .fields(payload, |writer, text| writer.command_fields(*command_kind, payload, text));
        (name.unwrap_or_else(|| json!(command_kind)), fields)
    }

    /// Decodes bytes through the schema; bytes that do not fit it are hexadecimal.
    fn fields(
        &self,
        bytes: &[u8],
        write: impl FnOnce(&JsonWriter, &mut String) -> Result<(), DecodeError>,
    ) -> Value {
        let mut text = String::new();
        let written = write(&JsonWriter::new(self.schema), &mut text);
        let value = written.ok().and_then(|()| serde_json::from_str(&text).ok());
        value.unwrap_or_else(|| hex(bytes))
    }

    fn parts(&self) -> Parts {
        match &self.divergence.difference {
            Difference::Outcome { recorded, replayed } => Parts {
                kind: "outcome",
                subject: None,
                field: None,
                recorded: outcome(recorded),
                replayed: outcome(replayed),
            },
            Difference::Event { place, recorded, replayed } => {
                self.event(*place, recorded.as_ref(), replayed.as_ref())
            }
            Difference::Record { key, recorded, replayed } => {
                self.record(*key, recorded.as_deref(), replayed.as_deref())
            }
            Difference::Digest { recorded, replayed } => Parts {
                kind: "digest",
                subject: None,
                field: None,
                recorded: json!(recorded.to_string()),
                replayed: json!(replayed.to_string()),
            },
        }
    }

    fn event(
        &self,
        place: usize,
        recorded: Option<&(u8, Vec<u8>)>,
        replayed: Option<&(u8, Vec<u8>)>,
    ) -> Parts {
        let name = |kind: u8| match self.schema.try_get_event(kind) {
            Some(def) => def.name.to_string(),
            None => kind.to_string(),
        };
        let fields = |event: Option<&(u8, Vec<u8>)>| match event {
            None => Value::Null,
            Some((kind, payload)) => {
                self.fields(payload, |writer, text| writer.event_fields(*kind, payload, text))
            }
        };
        let (mut before, mut now) = (fields(recorded), fields(replayed));
        let kinds = (recorded.map(|event| event.0), replayed.map(|event| event.0));
        let mut subject = place.to_string();
        let mut field = None;
        match kinds {
            (Some(a), Some(b)) if a == b => {
                subject = format!("{place} {}", name(a));
                field = first_field(&mut before, &mut now);
            }
            (a, b) => {
                for (value, kind) in [(&mut before, a), (&mut now, b)] {
                    if let Some(kind) = kind {
                        *value = json!({ "event": name(kind), "payload": value.take() });
                    }
                }
            }
        }
        Parts { kind: "event", subject: Some(subject), field, recorded: before, replayed: now }
    }

    fn record(&self, key: RecordKey, recorded: Option<&[u8]>, replayed: Option<&[u8]>) -> Parts {
        let name = match self.schema.try_get(key.kind) {
            Some(def) => def.name.to_string(),
            None => key.kind.to_string(),
        };
        let fields = |data: Option<&[u8]>| match data {
            None => Value::Null,
            Some(data) => {
                self.fields(data, |writer, text| writer.record_fields(key.kind, data, text))
            }
        };
        let (mut before, mut now) = (fields(recorded), fields(replayed));
        let mut field = None;
        if before == now {
            // Bytes that no field covers.
            (before, now) = (hex(recorded.unwrap_or_default()), hex(replayed.unwrap_or_default()));
        } else {
            field = first_field(&mut before, &mut now);
        }
        let subject = Some(format!("{name} {}", key.sys_id));
        Parts { kind: "record", subject, field, recorded: before, replayed: now }
    }
}

/// Reduces two objects to the first member that differs.
fn first_field(recorded: &mut Value, replayed: &mut Value) -> Option<String> {
    let (Value::Object(before), Value::Object(now)) = (&mut *recorded, &mut *replayed) else {
        return None;
    };
    let name = before.iter().find(|(name, value)| now.get(*name) != Some(*value))?.0.clone();
    let (before, now) = (before.remove(&name)?, now.remove(&name)?);
    (*recorded, *replayed) = (before, now);
    Some(name)
}

fn hex(bytes: &[u8]) -> Value {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    json!({ "hex": digits })
}

fn outcome(outcome: &LoggedOutcome) -> Value {
    let failure = |status: &str, kind: &RuntimeErrorKind, text: &str| json!({ "status": status, "kind": kind.0, "name": kind.name(), "message": text });
    match outcome {
        LoggedOutcome::Committed => json!({ "status": "committed" }),
        LoggedOutcome::Rejected { kind, text } => failure("rejected", kind, text),
        LoggedOutcome::Failed { kind, text } => failure("failed", kind, text),
    }
}

impl Serialize for DescribedDivergence<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (command, payload) = self.command();
        let Parts { kind, subject, field, recorded, replayed } = self.parts();
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("entry", &self.divergence.entry)?;
        object.serialize_entry("ext_seq", &self.divergence.ext_seq)?;
        object.serialize_entry("command", &command)?;
        object.serialize_entry("payload", &payload)?;
        object.serialize_entry("difference", kind)?;
        object.serialize_entry("subject", &subject)?;
        object.serialize_entry("field", &field)?;
        object.serialize_entry("recorded", &recorded)?;
        object.serialize_entry("replayed", &replayed)?;
        object.end()
    }
}

impl fmt::Display for DescribedDivergence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Divergence { entry, ext_seq, .. } = self.divergence;
        let (command, payload) = self.command();
        let command = match command {
            Value::String(name) => name,
            kind => format!("command {kind}"),
        };
        write!(f, "entry {entry}, ext_seq {ext_seq}, {command} {payload}: ")?;
        let Parts { kind, subject, field, recorded, replayed } = self.parts();
        f.write_str(kind)?;
        if let Some(subject) = subject {
            write!(f, " {subject}")?;
        }
        if let Some(field) = field {
            write!(f, ", field {field}")?;
        }
        write!(f, ": recorded {}, replayed {}", Shown(&recorded), Shown(&replayed))
    }
}

/// A value in words: what is not there is "none".
struct Shown<'v>(&'v Value);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Null => f.write_str("none"),
            value => value.fmt(f),
        }
    }
}
