//! Random logs.

use proptest::{collection::vec, prelude::*};
use statevec_abi::{
    abi::{ErrorText, RecordKey, RuntimeErrorKind},
    layers::{KindSet, Limits},
    schema::{Fingerprints, Version},
    txlog::{
        Alignment, Entry, EntryChange, EntryEvent, EntryFailure, EntryOutcome, Environment,
        EnvironmentEntry, LogReader, LogWriter, LoggedLimits, MigrationEntry, SegmentHeader,
        StateDigest, TransactionEntry,
    },
};

/// An entry that owns its bytes.
#[derive(Debug, Clone)]
pub(crate) enum OwnedEntry {
    Transaction {
        ext_seq: u64,
        command: (u8, Vec<u8>),
        outcome: OwnedOutcome,
        events: Vec<(u8, Vec<u8>)>,
        changes: Vec<OwnedChange>,
        digest: u128,
    },
    Environment {
        sha256: [u8; 32],
        config: String,
        limits: (u32, u64),
        plugin_limits: Limits,
    },
    Migration {
        version: (u8, u8),
        fingerprint: [u8; 16],
        config: String,
        rules: Vec<u8>,
        digest: u128,
    },
}

#[derive(Debug, Clone)]
pub(crate) enum OwnedOutcome {
    Committed(u64),
    Rejected(u16, Vec<u8>),
    Failed(u16, Vec<u8>),
}

#[derive(Debug, Clone)]
pub(crate) enum OwnedChange {
    Created(u8, u64, Vec<u8>),
    Updated(u8, u64, u32, Vec<u8>),
    Deleted(u8, u64),
    CreatedAndDeleted(u8, u64),
}

pub(crate) fn bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..80)
}

pub(crate) fn entries() -> impl Strategy<Value = Vec<OwnedEntry>> {
    let outcome = prop_oneof![
        any::<u64>().prop_map(OwnedOutcome::Committed),
        (any::<u16>(), bytes()).prop_map(|(kind, text)| OwnedOutcome::Rejected(kind, text)),
        (any::<u16>(), bytes()).prop_map(|(kind, text)| OwnedOutcome::Failed(kind, text)),
    ];
    let change = prop_oneof![
        (any::<u8>(), any::<u64>(), bytes())
            .prop_map(|(kind, id, data)| OwnedChange::Created(kind, id, data)),
        (any::<u8>(), any::<u64>(), any::<u32>(), bytes())
            .prop_map(|(kind, id, at, bytes)| OwnedChange::Updated(kind, id, at, bytes)),
        (any::<u8>(), any::<u64>()).prop_map(|(kind, id)| OwnedChange::Deleted(kind, id)),
        (any::<u8>(), any::<u64>()).prop_map(|(kind, id)| OwnedChange::CreatedAndDeleted(kind, id)),
    ];
    let transaction = (
        any::<u64>(),
        (any::<u8>(), bytes()),
        outcome,
        vec((any::<u8>(), bytes()), 0..4),
        vec(change, 0..5),
        any::<u128>(),
    );
    let transaction =
        transaction.prop_map(|(ext_seq, command, outcome, events, changes, digest)| {
            OwnedEntry::Transaction { ext_seq, command, outcome, events, changes, digest }
        });
    let environment = (any::<[u8; 32]>(), "\\PC{0,40}", any::<(u32, u64)>(), plugin_limits())
        .prop_map(|(sha256, config, limits, plugin_limits)| OwnedEntry::Environment {
            sha256,
            config,
            limits,
            plugin_limits,
        });
    let migration = (any::<(u8, u8)>(), any::<[u8; 16]>(), "\\PC{0,40}", bytes(), any::<u128>())
        .prop_map(|(version, fingerprint, config, rules, digest)| OwnedEntry::Migration {
            version,
            fingerprint,
            config,
            rules,
            digest,
        });
    vec(prop_oneof![4 => transaction, 1 => environment, 1 => migration], 0..6)
}

/// Half of them none.
fn plugin_limits() -> impl Strategy<Value = Limits> {
    let kinds = || any::<[u8; 32]>().prop_map(KindSet::from_bytes);
    let kinds = (kinds(), kinds(), kinds(), kinds(), kinds());
    let some = (kinds, any::<[u64; 3]>()).prop_map(|(kinds, [host_calls, bytes, events])| {
        let (read, create, update, delete, emit) = kinds;
        Limits { read, create, update, delete, emit, host_calls, bytes, events }
    });
    prop_oneof![Just(Limits::NONE), some]
}

impl OwnedEntry {
    pub(crate) fn environment(&self, number: u64) -> Option<EnvironmentEntry<'_>> {
        let Self::Environment { sha256, config, limits, plugin_limits } = self else {
            return None;
        };
        let limits = LoggedLimits { records_per_kind: limits.0, transaction_bytes: limits.1 };
        let environment =
            Environment { plugin_sha256: *sha256, config, limits, plugin_limits: *plugin_limits };
        Some(EnvironmentEntry { number, environment })
    }

    pub(crate) fn migration(&self, number: u64) -> Option<MigrationEntry<'_>> {
        let Self::Migration { version, fingerprint, config, rules, digest } = self else {
            return None;
        };
        let different = |by: u8| fingerprint.map(|byte| byte.wrapping_add(by));
        Some(MigrationEntry {
            number,
            abi_version: 1,
            schema_version: Version::new(version.0, version.1),
            fingerprints: Fingerprints {
                records: different(0),
                commands: different(1),
                events: different(2),
                types: different(3),
            },
            environment: Environment { config, ..Environment::default() },
            rules,
            digest: StateDigest::from_u128(*digest),
        })
    }

    pub(crate) fn transaction(
        &self,
        number: u64,
    ) -> Option<TransactionEntry<'_, Vec<EntryEvent<'_>>, Vec<EntryChange<'_>>>> {
        let Self::Transaction { ext_seq, command, outcome, events, changes, digest } = self else {
            return None;
        };
        let events = events.iter().map(|(kind, payload)| EntryEvent { kind: *kind, payload });
        Some(TransactionEntry {
            number,
            ext_seq: *ext_seq,
            ref_ext_time_us: ext_seq.wrapping_mul(7),
            command_kind: command.0,
            payload: &command.1,
            outcome: outcome.borrow(),
            events: events.collect(),
            changes: changes.iter().map(OwnedChange::borrow).collect(),
            digest: StateDigest::from_u128(*digest),
        })
    }

    /// Returns true if a decoded entry is this one.
    pub(crate) fn is(&self, number: u64, read: &Entry<'_>) -> bool {
        match read {
            Entry::Environment(read) => self.environment(number) == Some(*read),
            Entry::Migration(read) => self.migration(number) == Some(*read),
            Entry::Transaction(read) => {
                let TransactionEntry { events, changes, .. } = *read;
                let collected = TransactionEntry {
                    number: read.number,
                    ext_seq: read.ext_seq,
                    ref_ext_time_us: read.ref_ext_time_us,
                    command_kind: read.command_kind,
                    payload: read.payload,
                    outcome: read.outcome,
                    events: events.collect(),
                    changes: changes.collect(),
                    digest: read.digest,
                };
                self.transaction(number) == Some(collected)
            }
            _ => false,
        }
    }
}

impl OwnedOutcome {
    fn borrow(&self) -> EntryOutcome<'_> {
        let failure = |kind: &u16, text| EntryFailure {
            kind: RuntimeErrorKind(*kind),
            text: ErrorText::new(text),
        };
        match self {
            Self::Committed(tx_seq) => EntryOutcome::Committed { tx_seq: *tx_seq },
            Self::Rejected(kind, text) => EntryOutcome::Rejected(failure(kind, text)),
            Self::Failed(kind, text) => EntryOutcome::Failed(failure(kind, text)),
        }
    }
}

impl OwnedChange {
    fn borrow(&self) -> EntryChange<'_> {
        let key = |kind: &u8, sys_id: &u64| RecordKey { kind: *kind, sys_id: *sys_id };
        match self {
            Self::Created(kind, id, data) => EntryChange::Created { key: key(kind, id), data },
            Self::Updated(kind, id, offset, bytes) => {
                EntryChange::Updated { key: key(kind, id), offset: *offset, bytes }
            }
            Self::Deleted(kind, id) => EntryChange::Deleted { key: key(kind, id) },
            Self::CreatedAndDeleted(kind, id) => {
                EntryChange::CreatedAndDeleted { key: key(kind, id) }
            }
        }
    }
}

pub(crate) fn header(alignment: Alignment) -> SegmentHeader<'static> {
    SegmentHeader {
        first_entry: 41,
        tx_seq: 30,
        last_ext_seq: Some(77),
        previous: 0x1234_5678,
        digest: StateDigest::from_u128(u128::MAX / 3),
        ..SegmentHeader::first(
            "ledger",
            Version::new(3, 1),
            Fingerprints { records: [1; 16], commands: [2; 16], events: [3; 16], types: [4; 16] },
            Environment { plugin_sha256: [9; 32], config: "rate=2", ..Environment::default() },
            alignment,
        )
    }
}

/// The entries as a segment, one frame each.
pub(crate) fn write(alignment: Alignment, entries: &[OwnedEntry]) -> Vec<u8> {
    let mut bytes = vec![0; 1 << 16];
    let mut log = LogWriter::begin(&mut bytes[..], &header(alignment)).unwrap();
    for entry in entries {
        let number = log.next_entry();
        if let Some(entry) = entry.transaction(number) {
            log.write(&entry).unwrap();
        }
        if let Some(entry) = entry.migration(number) {
            log.write_migration(&entry).unwrap();
        }
        if let Some(entry) = entry.environment(number) {
            log.write_environment(&entry).unwrap();
        }
    }
    let unused = log.into_sink().len();
    bytes.truncate((1 << 16) - unused);
    bytes
}

/// How many entries a reader takes from a log before its end or its first fault, and the fault.
pub(crate) fn read(bytes: &[u8], mut each: impl FnMut(u64, &Entry<'_>)) -> Result<(), String> {
    let mut reader = LogReader::new(bytes).map_err(|error| error.to_string())?;
    while let Some((header, entries)) = reader.next_frame().map_err(|error| error.to_string())? {
        for (number, entry) in (header.first_entry..).zip(entries) {
            each(number, &entry.map_err(|error| error.to_string())?);
        }
    }
    Ok(())
}
