//! What became of a command, as one line.

use std::fmt;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use statevec_abi::host::CallFailure;
use statevec_abi_alloc::schema::SchemaRegistry;

use super::lines::{AsText, EventJson, display_json, write_name};
use crate::Outcome;
use crate::store::Events;

/// A command's outcome: `{"ext_seq":1,"command":"Deposit","status":"committed","tx_seq":1,"events":[…]}`, with each event as
/// [`EventJson`] writes it, or with `"status":"rejected"` or `"failed"` and
/// `"error":{"phase":"run_tx","kind":2001,"name":"PLUGIN_REJECTED","message":"…"}`.
///
/// A plugin may state a phase or a kind that the contract does not know: an unknown phase is its number, and the name of an unknown kind
/// `null`. A command that the schema does not know is its number.
#[derive(Debug)]
pub struct OutcomeJson<'a> {
    /// The plugin's schema.
    pub schema: &'a SchemaRegistry,
    /// Sequence number of the command.
    pub ext_seq: u64,
    /// The command's kind.
    pub command_kind: u8,
    /// What became of it.
    pub outcome: &'a Outcome<'a>,
}

impl Serialize for OutcomeJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let name = self.schema.try_get_command(self.command_kind).map(|def| &*def.name);
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("ext_seq", &self.ext_seq)?;
        write_name(&mut object, "command", name, self.command_kind)?;
        match self.outcome {
            Outcome::Committed { tx_seq, events } => {
                object.serialize_entry("status", "committed")?;
                object.serialize_entry("tx_seq", tx_seq)?;
                object.serialize_entry("events", &EventList { schema: self.schema, events })?;
            }
            Outcome::Duplicate { last_ext_seq } => {
                object.serialize_entry("status", "duplicate")?;
                object.serialize_entry("last_ext_seq", last_ext_seq)?;
            }
            Outcome::Rejected(failure) => {
                object.serialize_entry("status", "rejected")?;
                object.serialize_entry("error", &FailureJson(failure))?;
            }
            Outcome::Failed(failure) => {
                object.serialize_entry("status", "failed")?;
                object.serialize_entry("error", &FailureJson(failure))?;
            }
        }
        object.end()
    }
}

impl fmt::Display for OutcomeJson<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        display_json(self, f)
    }
}

struct EventList<'a> {
    schema: &'a SchemaRegistry,
    events: &'a Events<'a>,
}

impl Serialize for EventList<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.events.len()))?;
        for event in self.events.clone() {
            let (kind, payload) = (event.kind, event.payload);
            list.serialize_element(&EventJson { schema: self.schema, kind, payload })?;
        }
        list.end()
    }
}

struct FailureJson<'a>(&'a CallFailure<'a>);

impl Serialize for FailureJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(failure) = self;
        let mut object = serializer.serialize_map(Some(4))?;
        match failure.phase.name() {
            Some(name) => object.serialize_entry("phase", name)?,
            None => object.serialize_entry("phase", &failure.phase.0)?,
        }
        object.serialize_entry("kind", &failure.kind.0)?;
        object.serialize_entry("name", &failure.kind.name())?;
        object.serialize_entry("message", &AsText(failure.message))?;
        object.end()
    }
}
