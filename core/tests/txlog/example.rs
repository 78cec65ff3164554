//! This crate writes and reads the worked example of `TXLOG.md`.

use statevec_abi::{
    abi::{ErrorText, RecordKey, runtime_error_kind},
    layers::{KindSet, Limits},
    schema::{Fingerprints, Version},
    txlog::{
        Alignment, Chain, Change, EntryEvent, EntryFailure, EntryOutcome, Environment,
        EnvironmentEntry, LoggedLimits, MigrationEntry, SegmentHeader, StateDigest,
        TransactionEntry,
    },
};

use crate::generated::read;

const PAGE: &str = include_str!("../../TXLOG.md");

type Logged = TransactionEntry<'static, &'static [EntryEvent<'static>], Vec<Change<'static>>>;

/// The example's log.
fn log() -> Vec<u8> {
    let limits = LoggedLimits { records_per_kind: u32::MAX, transaction_bytes: 1 << 30 };
    let before = Environment {
        plugin_sha256: [0xAB; 32],
        config: "fee=2",
        limits,
        plugin_limits: Limits::NONE,
    };
    let plugin_limits =
        Limits { delete: KindSet::of(&[1]), emit: KindSet::NONE, host_calls: 100, ..Limits::NONE };
    let after = Environment { plugin_sha256: [0xCD; 32], config: "", limits, plugin_limits };
    let fingerprints = Fingerprints {
        records: [0x11; 16],
        commands: [0x22; 16],
        events: [0x33; 16],
        types: [0x44; 16],
    };
    let [open, refused, close] = transactions();
    let rules = rules();
    let header =
        SegmentHeader::first("bank", Version::new(1, 2), fingerprints, before, Alignment::None);
    let first = encoded(|mut sink| {
        open.encode(&mut sink).unwrap();
        refused.encode(&mut sink).unwrap();
        sink
    });
    let second = encoded(|mut sink| {
        EnvironmentEntry { number: 3, environment: after }.encode(&mut sink).unwrap();
        close.encode(&mut sink).unwrap();
        sink
    });
    let third = encoded(|mut sink| {
        let migration = MigrationEntry {
            number: 5,
            abi_version: 1,
            schema_version: Version::new(2, 0),
            fingerprints: Fingerprints { records: [0x55; 16], ..fingerprints },
            rules: &rules,
            digest: migrated_digest(),
            environment: Environment { plugin_sha256: [0xEF; 32], config: "", ..before },
        };
        migration.encode(&mut sink).unwrap();
        sink
    });

    let mut bytes = encoded(|mut sink| {
        header.encode(&mut sink).unwrap();
        sink
    });
    let mut chain = Chain::after_segment(&header);
    for (payload, entries, durable) in [(first, 2, 0), (second, 2, 0), (third, 1, 4)] {
        let frame = chain.frame(&payload, entries, durable).unwrap();
        bytes.extend(frame.to_bytes());
        bytes.extend(payload);
        chain = Chain::after(&frame);
    }
    bytes
}

fn transactions() -> [Logged; 3] {
    let key = |sys_id| RecordKey { kind: 1, sys_id };
    let mut digest = StateDigest::EMPTY;
    let open = with_digest(
        &mut digest,
        TransactionEntry {
            number: 1,
            ext_seq: 7,
            ref_ext_time_us: 1_700_000_000_000_000,
            command_kind: 1,
            payload: b"open",
            outcome: EntryOutcome::Committed { tx_seq: 1 },
            events: &[EntryEvent { kind: 2, payload: b"opened" }],
            changes: vec![
                Change::Created { key: key(1), data: b"100" },
                Change::Created { key: key(2), data: b"200" },
            ],
            digest: StateDigest::EMPTY,
        },
    );
    let kind = runtime_error_kind::PLUGIN_REJECTED;
    let text = ErrorText::new(b"no");
    let refused = with_digest(
        &mut digest,
        TransactionEntry {
            number: 2,
            ext_seq: 8,
            outcome: EntryOutcome::Rejected(EntryFailure { kind, text }),
            events: &[],
            changes: vec![],
            ..open.clone()
        },
    );
    let close = with_digest(
        &mut digest,
        TransactionEntry {
            number: 4,
            ext_seq: 9,
            command_kind: 3,
            payload: b"",
            outcome: EntryOutcome::Committed { tx_seq: 2 },
            changes: vec![
                Change::Updated { key: key(1), old: b"100", new: b"150" },
                Change::Deleted { key: key(2), old: b"200" },
                Change::CreatedAndDeleted { key: key(3) },
            ],
            ..refused.clone()
        },
    );
    [open, refused, close]
}

/// The rules of the migration: a record of kind 1 keeps its 3 bytes, and gets a full stop behind
/// them.
fn rules() -> Vec<u8> {
    let mut rules = vec![1, 1, 1];
    [3_u32, 4, 2].iter().for_each(|number| rules.extend(number.to_le_bytes()));
    let steps: [(u8, &[u32]); 2] = [(1, &[0, 0, 3]), (6, &[3, 1])];
    for (step, fields) in steps {
        rules.push(step);
        fields.iter().for_each(|field| rules.extend(field.to_le_bytes()));
    }
    rules.push(b'.');
    rules
}

/// The digest of the record that is left, and of the next sys_id.
fn migrated_digest() -> StateDigest {
    let key = |sys_id| RecordKey { kind: 1, sys_id };
    let mut digest = StateDigest::EMPTY;
    digest.apply(&Change::Created { key: key(1), data: b"150." });
    digest.apply(&Change::CreatedAndDeleted { key: key(2) });
    digest.apply(&Change::CreatedAndDeleted { key: key(3) });
    digest
}

fn with_digest(digest: &mut StateDigest, entry: Logged) -> Logged {
    entry.changes.iter().for_each(|change| digest.apply(change));
    TransactionEntry { digest: *digest, ..entry }
}

/// The bytes that `write` writes. `write` returns the rest of the sink.
fn encoded(write: impl FnOnce(&mut [u8]) -> &mut [u8]) -> Vec<u8> {
    let mut bytes = [0; 1024];
    let len = 1024 - write(&mut bytes).len();
    bytes[..len].to_vec()
}

/// The bytes of the page's hex listing: offset, bytes, and after a bar a comment.
fn listed() -> Vec<u8> {
    let (_, listing) = PAGE.split_once("```hex\n").expect("the page has an example");
    let (listing, _) = listing.split_once("```").expect("the listing ends");
    let mut bytes = Vec::new();
    for line in listing.lines() {
        let (fields, _comment) = line.split_once('|').expect("a line has a comment");
        let (offset, fields) = fields.split_once(' ').expect("a line has an offset");
        assert_eq!(usize::from_str_radix(offset, 16), Ok(bytes.len()), "{line}");
        let digits: String = fields.split_whitespace().collect();
        bytes.extend((0..digits.len()).step_by(2).map(|at| {
            u8::from_str_radix(&digits[at..at + 2], 16).unwrap_or_else(|_| panic!("{line}"))
        }));
    }
    bytes
}

#[test]
fn the_page_shows_the_bytes_that_are_written() {
    let (listed, log) = (listed(), log());
    let differs = listed.iter().zip(&log).position(|(listed, written)| listed != written);
    assert_eq!(differs, None, "first byte that differs");
    assert_eq!(listed.len(), log.len());
}

#[test]
fn the_page_s_bytes_are_read() {
    let mut numbers = Vec::new();
    assert_eq!(read(&listed(), |_, entry| numbers.push(entry.number())), Ok(()));
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
}
