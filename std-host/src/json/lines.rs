//! Events and records with their names.

use std::fmt;
use std::io;

use serde::ser::{Serialize, SerializeMap, Serializer};
use statevec_abi::abi::{RecordKey, RecordKind};
use statevec_abi_alloc::schema::SchemaRegistry;

use super::bytes::HexJson;
use super::error::DecodeError;
use super::fields::Fields;

/// An event as `{"event":"BalanceChanged","payload":{…}}`.
///
/// An event whose bytes do not fit the schema has `"malformed":{"hex":"…","reason":"…"}` in place of the payload, and one that the schema
/// does not know its number in place of the name.
#[derive(Debug, Clone, Copy)]
pub struct EventJson<'a> {
    /// The schema of the plugin that emitted the event.
    pub schema: &'a SchemaRegistry,
    /// The event's kind.
    pub kind: u8,
    /// The event's payload.
    pub payload: &'a [u8],
}

impl Serialize for EventJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let name = self.schema.try_get_event(self.kind).map(|def| &*def.name);
        let fields = Fields::of_event(self.schema, self.kind, self.payload);
        let mut object = serializer.serialize_map(Some(2))?;
        write_name(&mut object, "event", name, self.kind)?;
        write_fields(&mut object, "payload", fields, self.payload)?;
        object.end()
    }
}

/// A record as `{"record":"Account","sys_id":1,"data":{…}}`; malformed data and unknown kinds as in [`EventJson`].
#[derive(Debug, Clone, Copy)]
pub struct RecordJson<'a> {
    /// The schema of the plugin whose record it is.
    pub schema: &'a SchemaRegistry,
    /// The record's kind and number.
    pub key: RecordKey,
    /// The record's data, without the host's header.
    pub data: &'a [u8],
}

impl Serialize for RecordJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kind: RecordKind = self.key.kind;
        let name = self.schema.try_get(kind).map(|def| &*def.name);
        let fields = Fields::of_record(self.schema, kind, self.data);
        let mut object = serializer.serialize_map(Some(3))?;
        write_name(&mut object, "record", name, kind)?;
        object.serialize_entry("sys_id", &self.key.sys_id)?;
        write_fields(&mut object, "data", fields, self.data)?;
        object.end()
    }
}

impl fmt::Display for EventJson<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        display_json(self, f)
    }
}

impl fmt::Display for RecordJson<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        display_json(self, f)
    }
}

/// The name, or the number of what has none.
pub(super) fn write_name<M: SerializeMap>(
    object: &mut M,
    key: &str,
    name: Option<&str>,
    kind: u8,
) -> Result<(), M::Error> {
    match name {
        Some(name) => object.serialize_entry(key, name),
        None => object.serialize_entry(key, &kind),
    }
}

fn write_fields<M: SerializeMap>(
    object: &mut M,
    key: &str,
    fields: Result<Fields<'_>, DecodeError>,
    bytes: &[u8],
) -> Result<(), M::Error> {
    match fields {
        Ok(fields) => object.serialize_entry(key, &fields),
        Err(reason) => object.serialize_entry("malformed", &Malformed { bytes, reason }),
    }
}

/// Bytes that do not fit their schema, and why.
struct Malformed<'a> {
    bytes: &'a [u8],
    reason: DecodeError,
}

impl Serialize for Malformed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(2))?;
        object.serialize_entry("hex", &HexJson(self.bytes))?;
        object.serialize_entry("reason", &AsText(&self.reason))?;
        object.end()
    }
}

/// What `Display` prints, as a JSON string.
pub(super) struct AsText<T>(pub(super) T);

impl<T: fmt::Display> Serialize for AsText<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Compact JSON for `Display`.
pub(super) fn display_json(value: &impl Serialize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    serde_json::to_writer(FmtWriter(f), value).map_err(|_| fmt::Error)
}

/// serde_json writes whole pieces of UTF-8, through `io::Write`.
struct FmtWriter<'f, 'b>(&'f mut fmt::Formatter<'b>);

impl io::Write for FmtWriter<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = str::from_utf8(bytes).map_err(io::Error::other)?;
        self.0.write_str(text).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
