//! A schema that a plugin declares, assembled at compile time.

mod distinct;
mod listed;
mod order;
mod text;

use super::{Command, EnumU8, Event, Record};
use crate::schema::{EnumDef, Fingerprints, PayloadDef, RecordDef, SchemaDef, Version, write_json};

pub use distinct::{assert_distinct_kind, assert_distinct_name};
pub use listed::{assert_listed, assert_payload_enums_listed, assert_record_enums_listed};
pub use order::{sort_payloads, sort_records, sort_types};

/// A declared schema; [`schema!`](crate::schema!) makes one as a constant.
///
/// An image holds only the parts that it uses: with `json` alone it holds no definitions, and with
/// `def` alone no JSON. So `def` is a reference, because a reference to a field of a constant would
/// keep the whole constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    /// The definitions, sorted.
    pub def: &'static SchemaDef<'static>,
    /// The fingerprints of the definitions.
    pub fingerprints: Fingerprints,
    /// The schema JSON: what `schema_bytes` returns.
    pub json: &'static str,
}

impl Schema {
    /// The version of the schema.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.def.version
    }
}

/// The definition of a record in a schema of this version.
#[must_use]
pub const fn record_def<R: Record>(version: Version) -> RecordDef<'static> {
    RecordDef { version: version.packed(), ..R::DEF }
}

/// The definition of a command in a schema of this version.
#[must_use]
pub const fn command_def<C: Command>(version: Version) -> PayloadDef<'static> {
    PayloadDef { version: version.packed(), ..C::DEF }
}

/// The definition of an event in a schema of this version.
#[must_use]
pub const fn event_def<E: Event>(version: Version) -> PayloadDef<'static> {
    PayloadDef { version: version.packed(), ..E::DEF }
}

/// The definition of an enum.
#[must_use]
pub const fn type_def<E: EnumU8>() -> EnumDef<'static> {
    E::DEF
}

/// The kind and name of a command.
#[must_use]
pub const fn command_entry<C: Command>() -> (u8, &'static str) {
    (C::KIND, C::DEF.name)
}

/// The schema JSON as an array. `LEN` is the result of [`json_len`](crate::schema::json_len).
///
/// # Panics
/// `LEN` is another number, which stops the compiler.
#[must_use]
pub const fn json_array<const LEN: usize>(
    schema: &SchemaDef<'_>,
    fingerprints: &Fingerprints,
) -> [u8; LEN] {
    let mut json = [0; LEN];
    assert!(write_json(schema, fingerprints, &mut json) == LEN, "LEN is not json_len");
    json
}

/// The schema JSON as text.
///
/// # Panics
/// `json` is not UTF-8, which stops the compiler.
#[must_use]
pub const fn json_text(json: &[u8]) -> &str {
    match core::str::from_utf8(json) {
        Ok(text) => text,
        Err(_) => panic!("the schema JSON is not UTF-8"),
    }
}
