//! The environment of a log's entries: plugin file, configuration and limits.

use embedded_io::Write;

use crate::txlog::{EncodeError, EntryError, cursor::Cursor, put::put_sized};

/// The plugin file, configuration and limits, which determine the results of commands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Environment<'a> {
    /// SHA-256 of the plugin's file; all zero for a plugin that is linked into the program.
    pub plugin_sha256: [u8; 32],
    /// The configuration text that created the plugin's instance.
    pub config: &'a str,
    /// The store's limits.
    pub limits: LoggedLimits,
}

/// The limits of a store. A store that has no such limit states the largest number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoggedLimits {
    /// Records of one kind.
    pub records_per_kind: u32,
    /// Bytes of events and undo steps in one transaction.
    pub transaction_bytes: u64,
}

impl Default for LoggedLimits {
    fn default() -> Self {
        Self { records_per_kind: u32::MAX, transaction_bytes: u64::MAX }
    }
}

/// From this entry on, another environment determines the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnvironmentEntry<'a> {
    /// The entry's number. Entries count from 1 without gaps.
    pub number: u64,
    /// The environment of the entries behind this one.
    pub environment: Environment<'a>,
}

impl<'a> Environment<'a> {
    pub(in crate::txlog) fn encode<W: Write>(
        &self,
        sink: &mut W,
    ) -> Result<(), EncodeError<W::Error>> {
        let mut fixed = [0; 44];
        let (sha256, limits) = fixed.split_at_mut(32);
        sha256.copy_from_slice(&self.plugin_sha256);
        let (records, bytes) = limits.split_at_mut(4);
        records.copy_from_slice(&self.limits.records_per_kind.to_le_bytes());
        bytes.copy_from_slice(&self.limits.transaction_bytes.to_le_bytes());
        sink.write_all(&fixed).map_err(EncodeError::Sink)?;
        put_sized(sink, "configuration", self.config.as_bytes())
    }

    pub(in crate::txlog) fn decode(fields: &mut Cursor<'a>) -> Result<Self, EntryError> {
        Ok(Self {
            plugin_sha256: fields.array("plugin file's SHA-256")?,
            limits: LoggedLimits {
                records_per_kind: fields.u32("limit of records per kind")?,
                transaction_bytes: fields.u64("limit of bytes per transaction")?,
            },
            config: fields.text("configuration")?,
        })
    }
}
