//! The environment of a log's entries: plugin file, configuration and limits.

use embedded_io::Write;

use crate::{
    layers::{KindSet, Limits},
    txlog::{
        EncodeError, EntryError,
        cursor::Cursor,
        put::{put, put_sized},
    },
};

/// The plugin file, configuration and limits, which determine the results of commands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Environment<'a> {
    /// SHA-256 of the plugin's file; all zero for a plugin that is linked into the program.
    pub plugin_sha256: [u8; 32],
    /// The configuration text that created the plugin's instance.
    pub config: &'a str,
    /// The store's limits.
    pub limits: LoggedLimits,
    /// The plugin's limits. They take bytes in the log only if there are any.
    pub plugin_limits: Limits,
}

/// Mark of a plugin's limits.
const PLUGIN_LIMITS: u8 = 1;
/// Bytes of a plugin's limits with their mark.
const PLUGIN_LIMITS_LEN: usize = 1 + 5 * 32 + 3 * 8;

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
        put_sized(sink, "configuration", self.config.as_bytes())?;
        if self.plugin_limits.is_none() {
            return Ok(());
        }
        let Limits { read, create, update, delete, emit, host_calls, bytes, events } =
            self.plugin_limits;
        put(sink, &[PLUGIN_LIMITS])?;
        for kinds in [read, create, update, delete, emit] {
            put(sink, &kinds.to_bytes())?;
        }
        for budget in [host_calls, bytes, events] {
            put(sink, &budget.to_le_bytes())?;
        }
        Ok(())
    }

    /// The most bytes of the plugin's limits.
    pub(in crate::txlog) const MOST_LIMITS: usize = PLUGIN_LIMITS_LEN;

    /// Bytes of the texts and of the plugin's limits: all that has no fixed length.
    pub(in crate::txlog) const fn variable_len(&self) -> usize {
        let limits = if self.plugin_limits.is_none() { 0 } else { PLUGIN_LIMITS_LEN };
        self.config.len() + limits
    }

    pub(in crate::txlog) fn decode(fields: &mut Cursor<'a>) -> Result<Self, EntryError> {
        Ok(Self {
            plugin_sha256: fields.array("plugin file's SHA-256")?,
            limits: LoggedLimits {
                records_per_kind: fields.u32("limit of records per kind")?,
                transaction_bytes: fields.u64("limit of bytes per transaction")?,
            },
            config: fields.text("configuration")?,
            plugin_limits: decode_plugin_limits(fields)?,
        })
    }
}

/// The environment is the last field, so a log without limits ends here.
fn decode_plugin_limits(fields: &mut Cursor<'_>) -> Result<Limits, EntryError> {
    if fields.is_empty() {
        return Ok(Limits::NONE);
    }
    let at_mark = *fields;
    if fields.u8("mark of the plugin's limits")? != PLUGIN_LIMITS {
        return Err(at_mark.unknown("mark of the plugin's limits"));
    }
    let mut kinds = |field| fields.array(field).map(KindSet::from_bytes);
    let (read, create) = (kinds("kinds to be read")?, kinds("kinds to be created")?);
    let (update, delete) = (kinds("kinds to be updated")?, kinds("kinds to be deleted")?);
    let emit = kinds("kinds of events")?;
    Ok(Limits {
        read,
        create,
        update,
        delete,
        emit,
        host_calls: fields.u64("limit of host calls")?,
        bytes: fields.u64("limit of bytes per command")?,
        events: fields.u64("limit of events per command")?,
    })
}
