//! The header of a segment, with texts of its own.

use statevec_abi::{
    layers::Limits,
    schema::{Fingerprints, Version},
    txlog::{
        Alignment, Entry, Environment, LoggedLimits, MigrationEntry, SegmentHeader, StateDigest,
    },
};

use super::LogPosition;
use crate::{LoadedPlugin, store::StoreLimits};

/// The plugin that a log belongs to, and the environment that determines the results of its
/// commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogHeader {
    /// The plugin's name.
    pub plugin: String,
    /// The plugin's ABI version.
    pub abi_version: u32,
    /// The version of the plugin's schema.
    pub schema_version: Version,
    /// The fingerprints of the plugin's schema.
    pub fingerprints: Fingerprints,
    /// SHA-256 of the plugin's file; zeros for a plugin that is linked in.
    pub plugin_sha256: [u8; 32],
    /// The configuration text.
    pub config: String,
    /// The limits of the store.
    pub limits: StoreLimits,
    /// The limits of the plugin.
    pub plugin_limits: Limits,
}

impl LogHeader {
    pub(crate) fn empty() -> Self {
        let none = [0; 16];
        Self {
            plugin: String::new(),
            abi_version: 0,
            schema_version: Version::new(0, 0),
            fingerprints: Fingerprints { records: none, commands: none, events: none, types: none },
            plugin_sha256: [0; 32],
            config: String::new(),
            limits: StoreLimits::default(),
            plugin_limits: Limits::NONE,
        }
    }

    /// The header for a plugin.
    #[must_use]
    pub fn of_plugin(plugin: &LoadedPlugin, config: &str, limits: StoreLimits) -> Self {
        let identity = plugin.schema().identity();
        Self {
            plugin: plugin.name().into(),
            abi_version: plugin.abi_version(),
            schema_version: identity.schema_version,
            fingerprints: Fingerprints {
                records: identity.record_schema_fingerprint,
                commands: identity.command_schema_fingerprint,
                events: identity.event_schema_fingerprint,
                types: identity.types_schema_fingerprint,
            },
            plugin_sha256: plugin.sha256().map_or([0; 32], |sha256| *sha256.as_bytes()),
            config: config.into(),
            limits,
            plugin_limits: *plugin.limits(),
        }
    }

    /// A copy of a header that was read.
    #[must_use]
    pub fn of_segment(header: &SegmentHeader<'_>) -> Self {
        let mut owned = Self {
            plugin: header.plugin_name.into(),
            abi_version: header.abi_version,
            schema_version: header.schema_version,
            fingerprints: header.fingerprints,
            plugin_sha256: [0; 32],
            config: String::new(),
            limits: StoreLimits::default(),
            plugin_limits: Limits::NONE,
        };
        owned.set_environment(&header.environment);
        owned
    }

    /// The header of a segment that continues a log.
    #[must_use]
    pub fn segment(&self, before: &LogPosition, previous: u32) -> SegmentHeader<'_> {
        SegmentHeader {
            alignment: Alignment::Sector,
            first_entry: before.entry + 1,
            tx_seq: before.tx_seq,
            last_ext_seq: before.ext_seq,
            digest: before.digest,
            previous,
            abi_version: self.abi_version,
            schema_version: self.schema_version,
            fingerprints: self.fingerprints,
            plugin_name: &self.plugin,
            environment: self.environment(),
        }
    }

    /// The plugin file, configuration and limits, which determine the results of commands.
    #[must_use]
    pub fn environment(&self) -> Environment<'_> {
        Environment {
            plugin_sha256: self.plugin_sha256,
            config: &self.config,
            limits: LoggedLimits {
                records_per_kind: self.limits.records_per_kind,
                transaction_bytes: self.limits.transaction_bytes as u64,
            },
            plugin_limits: self.plugin_limits,
        }
    }

    /// Takes over a logged environment.
    pub fn set_environment(&mut self, environment: &Environment<'_>) {
        self.plugin_sha256 = environment.plugin_sha256;
        self.config = environment.config.into();
        self.plugin_limits = environment.plugin_limits;
        let bytes = environment.limits.transaction_bytes;
        self.limits = StoreLimits {
            records_per_kind: environment.limits.records_per_kind,
            transaction_bytes: usize::try_from(bytes).unwrap_or(usize::MAX),
        };
    }

    /// The header for the entries behind an entry.
    pub fn advance(&mut self, entry: &Entry<'_>) {
        match entry {
            Entry::Environment(entry) => self.set_environment(&entry.environment),
            Entry::Migration(entry) => {
                self.abi_version = entry.abi_version;
                self.schema_version = entry.schema_version;
                self.fingerprints = entry.fingerprints;
                self.set_environment(&entry.environment);
            }
            _ => {}
        }
    }

    /// The entry after which this is the header, because another schema begins there.
    pub(crate) fn migration<'h>(
        &'h self,
        number: u64,
        rules: &'h [u8],
        digest: StateDigest,
    ) -> MigrationEntry<'h> {
        MigrationEntry {
            number,
            abi_version: self.abi_version,
            schema_version: self.schema_version,
            fingerprints: self.fingerprints,
            environment: self.environment(),
            rules,
            digest,
        }
    }

    /// Returns true if both belong to the same plugin with the same schema; its file may differ.
    #[must_use]
    pub fn is_same_schema(&self, other: &Self) -> bool {
        (&self.plugin, self.abi_version, self.schema_version, self.fingerprints)
            == (&other.plugin, other.abi_version, other.schema_version, other.fingerprints)
    }
}
