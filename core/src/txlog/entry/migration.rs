//! Migrations: changes of the schema, with the rules that carried the records over.

use embedded_io::Write;

use super::{Environment, MIGRATION};
use crate::{
    schema::{Fingerprints, Version},
    txlog::{
        EncodeError, EntryError, StateDigest,
        block::Block,
        cursor::Cursor,
        put::{put, put_sized},
    },
};

/// From this entry on, another schema describes records, commands and events, and each record was
/// converted by rules.
///
/// The rules stand in the entry, so that the records before it and the entry give the records
/// behind it. `TXLOG.md` describes their bytes; this crate neither reads nor carries out rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MigrationEntry<'a> {
    /// The entry's number. Entries count from 1 without gaps.
    pub number: u64,
    /// The plugin's ABI version.
    pub abi_version: u32,
    /// The version of the schema behind this entry.
    pub schema_version: Version,
    /// The fingerprints of the schema behind this entry.
    pub fingerprints: Fingerprints,
    /// The rules.
    pub rules: &'a [u8],
    /// The digest of the converted state.
    pub digest: StateDigest,
    /// The environment of the entries behind this one.
    pub environment: Environment<'a>,
}

impl<'a> MigrationEntry<'a> {
    pub(super) fn encode_body<W: Write>(&self, sink: &mut W) -> Result<(), EncodeError<W::Error>> {
        let head = Block::<79>::new()
            .put([MIGRATION])
            .put(self.number.to_le_bytes())
            .put(self.abi_version.to_le_bytes())
            .put(self.schema_version.to_bytes())
            .put(self.fingerprints.records)
            .put(self.fingerprints.commands)
            .put(self.fingerprints.events)
            .put(self.fingerprints.types);
        put(sink, &head.bytes())?;
        put_sized(sink, "rules", self.rules)?;
        put(sink, &self.digest.to_u128().to_le_bytes())?;
        self.environment.encode(sink)
    }

    pub(super) fn decode(fields: &mut Cursor<'a>) -> Result<Self, EntryError> {
        Ok(Self {
            number: fields.u64("entry number")?,
            abi_version: fields.u32("ABI version")?,
            schema_version: Version::from_bytes(fields.array("schema version")?),
            fingerprints: fields.fingerprints()?,
            rules: fields.sized("rules")?,
            digest: StateDigest::from_u128(u128::from_le_bytes(fields.array("state digest")?)),
            environment: Environment::decode(fields)?,
        })
    }
}
