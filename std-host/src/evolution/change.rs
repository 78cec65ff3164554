//! One change of a schema.

use std::fmt;

use serde::{Serialize, Serializer};

/// The class of a change. A later class needs more care than an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Compatibility {
    /// Every stored value carries over, and commands of the old form are still valid.
    Compatible,
    /// Values are checked one by one, something is dropped when that is asked for, or senders and
    /// readers must change.
    NeedsMigration,
    /// There is no rule that carries the values over.
    Refused,
}

impl fmt::Display for Compatibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Compatible => "compatible",
            Self::NeedsMigration => "needs migration",
            Self::Refused => "refused",
        })
    }
}

/// A part of a schema. `Display` and [`Serialize`] give words, such as `field Account.balance`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SchemaPart {
    /// The schema's version.
    Version,
    /// The fingerprints, while the schema's text is the same.
    Fingerprints,
    /// A record.
    Record(String),
    /// A field of a record: the record's name and its own.
    Field(String, String),
    /// A command.
    Command(String),
    /// A field of a command: the command's name and its own.
    CommandField(String, String),
    /// An event.
    Event(String),
    /// A field of an event: the event's name and its own.
    EventField(String, String),
    /// An enum.
    Enum(String),
    /// A variant: the enum's name and its own.
    Variant(String, String),
}

impl fmt::Display for SchemaPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version => f.write_str("the schema's version"),
            Self::Fingerprints => f.write_str("the fingerprints"),
            Self::Record(name) => write!(f, "record {name}"),
            Self::Field(record, name) => write!(f, "field {record}.{name}"),
            Self::Command(name) => write!(f, "command {name}"),
            Self::CommandField(command, name) => write!(f, "command field {command}.{name}"),
            Self::Event(name) => write!(f, "event {name}"),
            Self::EventField(event, name) => write!(f, "event field {event}.{name}"),
            Self::Enum(name) => write!(f, "enum {name}"),
            Self::Variant(name, variant) => write!(f, "variant {name}::{variant}"),
        }
    }
}

impl Serialize for SchemaPart {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One change from an old schema to a new one. `Display` gives it in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SchemaChange {
    /// The part that changes.
    pub part: SchemaPart,
    /// The old form; `None` for a part that is new.
    pub old: Option<String>,
    /// The new form; `None` for a part that is gone.
    pub new: Option<String>,
    /// The class.
    #[serde(rename = "class")]
    pub compatibility: Compatibility,
    /// The effect of the change, and the remedy if it is refused.
    pub effect: &'static str,
}

impl fmt::Display for SchemaChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { part, old, new, compatibility, effect } = self;
        match (old, new) {
            (Some(old), Some(new)) => write!(f, "{part}: {old}, then {new}")?,
            (Some(old), None) => write!(f, "{part}: {old}, then gone")?,
            (None, Some(new)) => write!(f, "{part}: new, {new}")?,
            (None, None) => write!(f, "{part}")?,
        }
        write!(f, " ({compatibility}: {effect})")
    }
}

/// The class of a list of changes: that of the change which needs the most care.
#[must_use]
pub fn compatibility(changes: &[SchemaChange]) -> Compatibility {
    let classes = changes.iter().map(|change| change.compatibility);
    classes.max().unwrap_or(Compatibility::Compatible)
}
