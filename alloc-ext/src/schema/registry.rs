//! The schema registry: a whole schema, checked once.

use alloc::{string::String, vec::Vec};

use statevec_abi::abi::RecordKind;
use statevec_abi::schema::{SchemaDef, json_len, write_json};

use crate::schema::{
    CommandDefinition, EnumDefinition, EventDefinition, Fingerprints, PkLayout, RecordDefinition,
    SchemaError, SchemaFingerprint, SchemaIdentity, Version, check::check,
    definitions::Definitions,
};

/// Everything that one schema declares.
///
/// A registry that exists keeps every [`SchemaRule`](crate::schema::SchemaRule): names and kinds
/// are unique, fields lie inside their records without sharing bytes, key fields exist. Its readers
/// need not check again.
///
/// # Example
/// ```
/// use statevec_abi_alloc::schema::SchemaRegistry;
/// # use statevec_abi::prelude::*;
/// # #[derive(Record)]
/// # #[record(kind = 1, len = 64, pk(name))]
/// # struct Counter { #[field(immutable)] name: u64, value: u64 }
/// # schema! { const SCHEMA = { version: "1.0", records: [Counter] }; }
///
/// // The bytes that a plugin's `schema_bytes` returns.
/// let registry = SchemaRegistry::from_idl_bytes(SCHEMA.json.as_bytes())?;
/// let counter = registry.try_get_by_name("Counter").expect("the schema lists it");
/// assert_eq!((counter.kind, counter.data_size), (1, 48));
///
/// let data = Counter { name: 7, value: 100 }.to_bytes();
/// assert_eq!(registry.encode_pk(counter.kind, &data), Some(vec![0, 0, 0, 0, 0, 0, 0, 7]));
/// assert_eq!(registry.to_idl_json(), SCHEMA.json);
/// # Ok::<(), statevec_abi_alloc::schema::SchemaIdlError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaRegistry {
    definitions: Definitions,
    /// One for each record definition, in the same order.
    pk_layouts: Vec<Option<PkLayout>>,
    fingerprints: Fingerprints,
}

impl SchemaRegistry {
    /// Checks definitions, sorts them and computes their fingerprints.
    ///
    /// # Errors
    /// The first declaration that breaks a rule. (The published function panics, and only on
    /// duplicates and on record kind 0.)
    pub fn new(
        version: Version,
        records: &[RecordDefinition],
        commands: &[CommandDefinition],
        events: &[EventDefinition],
        types: &[EnumDefinition],
    ) -> Result<Self, SchemaError> {
        let definitions = Definitions {
            version,
            types: types.to_vec(),
            records: records.to_vec(),
            commands: commands.to_vec(),
            events: events.to_vec(),
        };
        Self::of_definitions(definitions, None)
    }

    /// Makes a registry of core's borrowed definitions, such as the derives give.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn from_def(schema: &SchemaDef<'static>) -> Result<Self, SchemaError> {
        Self::of_definitions(Definitions::from(schema), None)
    }

    /// A registry of records only.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_records(
        version: Version,
        records: &[RecordDefinition],
    ) -> Result<Self, SchemaError> {
        Self::new(version, records, &[], &[], &[])
    }

    /// The version of the schema.
    #[must_use]
    pub const fn schema_version(&self) -> Version {
        self.definitions.version
    }

    /// All four fingerprints. Those of a parsed registry are the ones that the text states.
    #[must_use]
    pub const fn fingerprints(&self) -> Fingerprints {
        self.fingerprints
    }

    /// Fingerprint of the records.
    #[must_use]
    pub const fn record_schema_fingerprint(&self) -> SchemaFingerprint {
        self.fingerprints.records
    }

    /// Fingerprint of the commands.
    #[must_use]
    pub const fn command_schema_fingerprint(&self) -> SchemaFingerprint {
        self.fingerprints.commands
    }

    /// Fingerprint of the events.
    #[must_use]
    pub const fn event_schema_fingerprint(&self) -> SchemaFingerprint {
        self.fingerprints.events
    }

    /// Fingerprint of the enums.
    #[must_use]
    pub const fn types_schema_fingerprint(&self) -> SchemaFingerprint {
        self.fingerprints.types
    }

    /// Version and fingerprints.
    #[must_use]
    pub const fn identity(&self) -> SchemaIdentity {
        SchemaIdentity {
            schema_version: self.definitions.version,
            types_schema_fingerprint: self.fingerprints.types,
            record_schema_fingerprint: self.fingerprints.records,
            command_schema_fingerprint: self.fingerprints.commands,
            event_schema_fingerprint: self.fingerprints.events,
        }
    }

    /// The record type of this kind.
    #[must_use]
    pub fn try_get(&self, kind: RecordKind) -> Option<&RecordDefinition> {
        self.definitions.records.get(self.record_at(kind)?)
    }

    /// The record type of this name.
    #[must_use]
    pub fn try_get_by_name(&self, name: &str) -> Option<&RecordDefinition> {
        self.record_defs().find(|def| def.name == name)
    }

    /// The record types, by ascending kind.
    pub fn record_defs(&self) -> impl ExactSizeIterator<Item = &RecordDefinition> + '_ {
        self.definitions.records.iter()
    }

    /// The command of this kind.
    #[must_use]
    pub fn try_get_command(&self, kind: u8) -> Option<&CommandDefinition> {
        let commands = &self.definitions.commands;
        let at = commands.binary_search_by_key(&kind, |def| def.kind).ok()?;
        commands.get(at)
    }

    /// The command of this name.
    #[must_use]
    pub fn try_get_command_by_name(&self, name: &str) -> Option<&CommandDefinition> {
        self.command_defs().find(|def| def.name == name)
    }

    /// The commands, by ascending kind.
    pub fn command_defs(&self) -> impl ExactSizeIterator<Item = &CommandDefinition> + '_ {
        self.definitions.commands.iter()
    }

    /// The event of this kind.
    #[must_use]
    pub fn try_get_event(&self, kind: u8) -> Option<&EventDefinition> {
        let events = &self.definitions.events;
        let at = events.binary_search_by_key(&kind, |def| def.kind).ok()?;
        events.get(at)
    }

    /// The event of this name.
    #[must_use]
    pub fn try_get_event_by_name(&self, name: &str) -> Option<&EventDefinition> {
        self.event_defs().find(|def| def.name == name)
    }

    /// The events, by ascending kind.
    pub fn event_defs(&self) -> impl ExactSizeIterator<Item = &EventDefinition> + '_ {
        self.definitions.events.iter()
    }

    /// The enum of this name. A field may name one that the schema does not hold: its values are
    /// numbers then.
    #[must_use]
    pub fn try_get_enum(&self, name: &str) -> Option<&EnumDefinition> {
        let types = &self.definitions.types;
        let at = types.binary_search_by(|def| (*def.name).cmp(name)).ok()?;
        types.get(at)
    }

    /// The enums, by ascending name.
    pub fn enum_defs(&self) -> impl ExactSizeIterator<Item = &EnumDefinition> + '_ {
        self.definitions.types.iter()
    }

    /// The layout of this record kind's primary key; `None` when the kind is unknown or has no key.
    ///
    /// Hosts that encode a key per record keep this and call [`PkLayout::encode`].
    #[must_use]
    pub fn pk_layout(&self, kind: RecordKind) -> Option<&PkLayout> {
        self.pk_layouts.get(self.record_at(kind)?)?.as_ref()
    }

    /// Length in bytes of every primary key of this record kind; `None` when it is unknown or has
    /// no key.
    #[must_use]
    pub fn pk_len(&self, kind: RecordKind) -> Option<usize> {
        self.pk_layout(kind).map(PkLayout::pk_len)
    }

    /// The primary key of a record with this data; `None` when the kind is unknown, has no key, or
    /// `data` is too short to hold it.
    #[must_use]
    pub fn encode_pk(&self, kind: RecordKind, data: &[u8]) -> Option<Vec<u8>> {
        let layout = self.pk_layout(kind)?;
        let mut pk = alloc::vec![0; layout.pk_len()];
        layout.encode(data, &mut pk)?;
        Some(pk)
    }

    /// Returns true if records of this kind have a primary key.
    #[must_use]
    pub fn supports_pk_encoding(&self, kind: RecordKind) -> bool {
        self.pk_layout(kind).is_some()
    }

    /// The schema text: JSON as ABI.md section 5 prescribes it, byte for byte.
    #[must_use]
    pub fn to_idl_json(&self) -> String {
        self.definitions.with_borrowed(|schema| {
            let mut text = alloc::vec![0; json_len(schema, &self.fingerprints)];
            write_json(schema, &self.fingerprints, &mut text);
            // Names are UTF-8 and everything else is ASCII, so nothing is ever replaced.
            String::from_utf8(text)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
        })
    }

    /// Position of the record type of this kind.
    fn record_at(&self, kind: RecordKind) -> Option<usize> {
        let records = &self.definitions.records;
        records.binary_search_by_key(&kind, |def| def.kind).ok()
    }

    /// Checks and sorts the definitions, and computes their fingerprints unless these are given.
    pub(crate) fn of_definitions(
        mut definitions: Definitions,
        fingerprints: Option<Fingerprints>,
    ) -> Result<Self, SchemaError> {
        let pk_layouts = check(&mut definitions)?;
        let fingerprints =
            fingerprints.unwrap_or_else(|| definitions.with_borrowed(Fingerprints::of));
        Ok(Self { definitions, pk_layouts, fingerprints })
    }
}
