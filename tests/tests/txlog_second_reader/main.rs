//! A reader of transaction logs in another language, made from `core/TXLOG.md` alone, prints the
//! same entries as ours. Skipped without `python3`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail loudly")]

mod migration;

use std::{
    error::Error,
    fmt::{self, Write as _},
    fs, io,
    process::{Command, Output},
};

use statevec_abi::{
    abi::RecordKey,
    boundary::RuntimeCommandRef,
    layers::{KindSet, Limits},
    plugin::StaticPlugin,
    schema::Fingerprints,
    static_plugin,
    txlog::{
        Alignment, Chain, Entry, EntryChange, EntryEvent, EntryFailure, EntryOutcome, Environment,
        EnvironmentEntry, LogReader, LogWriter, LoggedLimits, MigrationEntry, SegmentHeader,
        StateDigest, TransactionEntry, crc32,
    },
};
use statevec_bank::{Bank, SCHEMA};
use statevec_host::{Engine, LoadedPlugin, json};
use statevec_tests::skipped;

const BANK: StaticPlugin = static_plugin!(Bank, slots = 4);
const COMMANDS: &str = include_str!("../../../examples/bank/commands.jsonl");
const PAGE: &str = include_str!("../../../core/TXLOG.md");

#[test]
fn the_example_of_the_page_is_printed_alike() {
    let (_, listing) = PAGE.split_once("```hex\n").expect("the page has an example");
    let lines = listing.lines().take_while(|line| *line != "```");
    let digits: String = lines
        .flat_map(|line| line.split_once('|').expect("a comment").0.split_whitespace().skip(1))
        .collect();
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    let bytes: Vec<u8> = (0..digits.len()).step_by(2).map(byte).collect();
    if let Some(printed) = second_reader(&bytes) {
        assert_eq!(text(printed.stdout), ours(&bytes));
    }
}

#[test]
fn a_log_of_the_bank_is_printed_alike_with_the_same_digests() {
    for alignment in [Alignment::None, Alignment::Sector] {
        let bytes = bank_log(alignment);
        let ours = ours(&bytes);
        for part in
            ["\n  committed ", "\n  rejected ", "\n  event ", "\n  created ", "\n  updated "]
        {
            assert!(ours.contains(part), "the log has no{part}");
        }
        let Some(printed) = second_reader(&bytes) else { return };
        assert_eq!(text(printed.stderr), "");
        assert_eq!(text(printed.stdout), ours);
    }
}

#[test]
fn both_readers_find_damage() {
    let log = bank_log(Alignment::None);
    for at in (0..log.len()).step_by(log.len() / 12) {
        let mut damaged = log.clone();
        damaged[at] ^= 0x10;
        assert!(read(&damaged).is_err(), "byte {at} was not missed here");
        let Some(printed) = second_reader(&damaged) else { return };
        assert_eq!(printed.status.code(), Some(1), "byte {at} was not missed there");
    }
}

#[test]
fn both_readers_refuse_a_frame_whose_own_entries_were_durable_before_it() {
    let header = SegmentHeader { first_entry: 5, tx_seq: 4, ..bank_header(Alignment::None) };
    let mut segment = Vec::new();
    header.encode(&mut segment).unwrap();
    let entry = EnvironmentEntry { number: 5, environment: Environment::default() };
    let mut payload = Vec::new();
    entry.encode(&mut payload).unwrap();
    for (durable, is_refused) in [(0, false), (4, false), (5, true), (6, true)] {
        let frame = Chain::after_segment(&header).frame(&payload, 1, durable).unwrap();
        let log = [&segment[..], &frame.to_bytes(), &payload].concat();
        assert_eq!(read(&log).is_err(), is_refused, "durable {durable}");
        let Some(printed) = second_reader(&log) else { return };
        let (status, stderr) = (printed.status.code(), text(printed.stderr));
        assert_eq!(status, Some(is_refused.into()), "durable {durable}: {stderr}");
        let reason = format!("entry {durable} was durable before entry 5");
        assert_eq!(stderr.contains(&reason), is_refused, "{stderr}");
    }
}

#[test]
fn both_readers_refuse_a_segment_that_begins_with_entry_0() {
    let mut log = Vec::new();
    bank_header(Alignment::None).encode(&mut log).unwrap();
    log[16..24].fill(0);
    let end = log.len() - 4;
    let crc = crc32(&log[..end]);
    log[end..].copy_from_slice(&crc.to_le_bytes());
    assert!(read(&log).is_err());
    let Some(printed) = second_reader(&log) else { return };
    assert_eq!(printed.status.code(), Some(1));
    let stderr = text(printed.stderr);
    assert!(stderr.ends_with("byte 16: entries count from 1\n"), "{stderr}");
}

/// The output of the second reader for a log; `None` without Python.
fn second_reader(log: &[u8]) -> Option<Output> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    fs::write(&file, log).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/txlog_reader.py");
    match Command::new("python3").arg(script).arg(file).output() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            skipped("the second reader of transaction logs", "there is no python3");
            None
        }
        output => Some(output.unwrap()),
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

/// The bank's commands with their results, and a change of environment among them.
fn bank_log(alignment: Alignment) -> Vec<u8> {
    let plugin = LoadedPlugin::from_static(&BANK).unwrap();
    let mut engine = Engine::create(&plugin, "").unwrap();
    let mut bytes = vec![0; 1 << 20];
    let mut log = LogWriter::begin(&mut bytes[..], &bank_header(alignment)).unwrap();
    let mut digest = StateDigest::EMPTY;
    for (position, line) in COMMANDS.lines().enumerate() {
        let mut payload = Vec::new();
        let parsed = json::parse_command(plugin.schema(), line.as_bytes(), &mut payload).unwrap();
        let (ext_seq, time) = (position as u64 + 1, parsed.ref_ext_time_us);
        let command = RuntimeCommandRef::new(parsed.kind, ext_seq, time, &payload);
        let recorded = engine.run_recorded(&command, |tx_seq, transaction| {
            let changes = transaction.changes().unwrap();
            changes.clone().for_each(|change| digest.apply(&change));
            let (number, events) = (log.next_entry(), changes.events());
            log.write(&TransactionEntry::committed(
                number, &command, tx_seq, events, changes, digest,
            ))
        });
        if let Some(failure) = recorded.unwrap().failure() {
            let number = log.next_entry();
            log.write(&TransactionEntry::refused(number, &command, failure, digest)).unwrap();
        }
        if position == 50 {
            let plugin_limits = Limits { create: KindSet::of(&[9]), events: 7, ..Limits::NONE };
            let config = "fee=3 \u{fc}";
            let environment = Environment { config, plugin_limits, ..Environment::default() };
            let number = log.next_entry();
            log.write_environment(&EnvironmentEntry { number, environment }).unwrap();
        }
    }
    let unused = log.into_sink().len();
    bytes.truncate((1 << 20) - unused);
    assert_eq!(digest, engine.store().digest());
    bytes
}

fn bank_header(alignment: Alignment) -> SegmentHeader<'static> {
    SegmentHeader::first(
        "bank",
        SCHEMA.def.version,
        Fingerprints::of(SCHEMA.def),
        Environment::default(),
        alignment,
    )
}

/// Our reading of a log, in the second reader's words.
fn ours(log: &[u8]) -> String {
    read(log).unwrap()
}

fn read(log: &[u8]) -> Result<String, Box<dyn Error>> {
    let mut out = String::new();
    let mut reader = LogReader::new(log)?;
    print_header(&mut out, reader.header())?;
    while let Some((_, entries)) = reader.next_frame()? {
        for entry in entries {
            match entry? {
                Entry::Transaction(entry) => print_transaction(&mut out, &entry)?,
                Entry::Environment(EnvironmentEntry { number, environment }) => {
                    writeln!(out, "{number} environment")?;
                    print_environment(&mut out, &environment)?;
                }
                Entry::Migration(entry) => print_migration(&mut out, &entry)?,
                other => return Err(format!("{other:?}").into()),
            }
        }
    }
    Ok(out)
}

fn print_header(out: &mut String, header: &SegmentHeader<'_>) -> fmt::Result {
    let SegmentHeader { plugin_name, abi_version, schema_version, first_entry, .. } = header;
    writeln!(
        out,
        "segment {plugin_name} abi {abi_version} schema {schema_version} entry {first_entry}"
    )?;
    let SegmentHeader { tx_seq, digest, previous, .. } = header;
    let ext_seq = header.last_ext_seq.map_or("none".into(), |ext_seq| ext_seq.to_string());
    writeln!(out, "  tx_seq {tx_seq} ext_seq {ext_seq} digest {digest} previous {previous:08x}")?;
    print_fingerprints(out, header.fingerprints)?;
    print_environment(out, &header.environment)
}

fn print_fingerprints(out: &mut String, fingerprints: Fingerprints) -> fmt::Result {
    let Fingerprints { records, commands, events, types } = fingerprints;
    let fingerprints = [records, commands, events, types].map(|print| hex(&print)).join(" ");
    writeln!(out, "  fingerprints {fingerprints}")
}

fn print_migration(out: &mut String, entry: &MigrationEntry<'_>) -> fmt::Result {
    let MigrationEntry { number, abi_version, schema_version, digest, .. } = entry;
    writeln!(out, "{number} migration abi {abi_version} schema {schema_version}")?;
    print_fingerprints(out, entry.fingerprints)?;
    writeln!(out, "  rules {}", hex(entry.rules))?;
    writeln!(out, "  digest {digest}")?;
    print_environment(out, &entry.environment)
}

fn print_environment(out: &mut String, environment: &Environment<'_>) -> fmt::Result {
    let (sha256, config) = (hex(&environment.plugin_sha256), hex(environment.config.as_bytes()));
    let LoggedLimits { records_per_kind, transaction_bytes } = environment.limits;
    writeln!(
        out,
        "  plugin {sha256} limits {records_per_kind} {transaction_bytes} config {config}"
    )?;
    let limits = environment.plugin_limits;
    if limits.is_none() {
        return Ok(());
    }
    let Limits { read, create, update, delete, emit, host_calls, bytes, events } = limits;
    let kinds = [read, create, update, delete, emit].map(|kinds| hex(&kinds.to_bytes())).join(" ");
    writeln!(out, "  plugin may {kinds} budgets {host_calls} {bytes} {events}")
}

fn print_transaction(out: &mut String, entry: &TransactionEntry<'_>) -> fmt::Result {
    let TransactionEntry { number, ext_seq, ref_ext_time_us: time, command_kind, .. } = entry;
    let payload = hex(entry.payload);
    writeln!(out, "{number} transaction {ext_seq} {time} command {command_kind} {payload}")?;
    match entry.outcome {
        EntryOutcome::Committed { tx_seq } => writeln!(out, "  committed {tx_seq}")?,
        EntryOutcome::Rejected(EntryFailure { kind, text }) => {
            writeln!(out, "  rejected {} {}", kind.0, hex(text.as_bytes()))?;
        }
        EntryOutcome::Failed(EntryFailure { kind, text }) => {
            writeln!(out, "  failed {} {}", kind.0, hex(text.as_bytes()))?;
        }
    }
    for EntryEvent { kind, payload } in entry.events {
        writeln!(out, "  event {kind} {}", hex(payload))?;
    }
    for change in entry.changes {
        let RecordKey { kind, sys_id } = change.key();
        match change {
            EntryChange::Created { data, .. } => {
                writeln!(out, "  created {kind} {sys_id} {}", hex(data))?;
            }
            EntryChange::Updated { offset, bytes, .. } => {
                writeln!(out, "  updated {kind} {sys_id} {offset} {}", hex(bytes))?;
            }
            EntryChange::Deleted { .. } => writeln!(out, "  deleted {kind} {sys_id}")?,
            EntryChange::CreatedAndDeleted { .. } => {
                writeln!(out, "  created and deleted {kind} {sys_id}")?;
            }
        }
    }
    writeln!(out, "  digest {}", entry.digest)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
