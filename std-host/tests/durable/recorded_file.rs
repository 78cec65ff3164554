//! Replays of one file, such as firmware writes.

use std::{path::Path, sync::Arc};

use statevec_abi::{
    abi::RecordKey,
    txlog::{
        Alignment, EntryChange, EntryOutcome, LogWriter, SegmentHeader, StateDigest,
        TransactionEntry,
    },
};
use statevec_host::{
    LoadedPlugin,
    replay::{ReplayError, ReplayOptions, Replayer},
    storage::{SimulatedDisk, Storage},
    store::StoreLimits,
    txlog::{LogError, LogHeader, LogPosition},
};

use crate::{
    ledger::ledger,
    replay::{STORE, recorded, replay},
};

fn header(plugin: &LoadedPlugin) -> LogHeader {
    LogHeader::of_plugin(plugin, "", StoreLimits::default())
}

/// A log file as firmware writes it, with one entry that creates an item.
fn file(digest: StateDigest, first_entry: u64) -> (Arc<dyn Storage>, &'static Path) {
    let header = header(&ledger());
    let position = LogPosition { entry: first_entry - 1, ..LogPosition::default() };
    let segment = SegmentHeader { alignment: Alignment::None, ..header.segment(&position, 0) };
    let mut log = LogWriter::begin(Vec::new(), &segment).unwrap();
    let data = [[1_u64, 10, 1].map(u64::to_le_bytes).concat(), vec![0; 24]].concat();
    let event = [1_u64, 10].map(u64::to_le_bytes).concat();
    log.write(&TransactionEntry {
        number: first_entry,
        ext_seq: 1,
        ref_ext_time_us: 0,
        command_kind: 1,
        payload: &event,
        outcome: EntryOutcome::Committed { tx_seq: 1 },
        events: [statevec_abi::txlog::EntryEvent { kind: 1, payload: &event }],
        changes: [EntryChange::Created { key: RecordKey { kind: 1, sys_id: 1 }, data: &data }],
        digest,
    })
    .unwrap();
    let disk = SimulatedDisk::new(1);
    disk.put("/log", &log.into_sink());
    (Arc::new(disk), Path::new("/log"))
}

/// The digest that the entry should have.
fn right_digest() -> StateDigest {
    let (world, _) = recorded(&[STORE], None);
    replay(&world, None, ReplayOptions::default()).position().digest
}

#[test]
fn file_without_sectors_is_replayed() {
    let plugin = ledger();
    let (storage, path) = file(right_digest(), 1);
    let options = ReplayOptions::default;
    let mut replayer = Replayer::of_file(&storage, path, Some(&plugin), None, options()).unwrap();
    while replayer.step(|_, _| {}).unwrap() {}
    assert_eq!((replayer.summary().ran, replayer.summary().divergences()), (1, 0));

    let error = Replayer::of_file(&storage, path, None, None, options()).unwrap_err();
    assert!(matches!(error, ReplayError::SchemaUnknown { .. }), "{error}");
    let schema = Some(Arc::clone(plugin.schema()));
    let mut replayer = Replayer::of_file(&storage, path, None, schema, options()).unwrap();
    while replayer.step(|_, _| {}).unwrap() {}
    assert_eq!(replayer.summary().entries, 1);
}

#[test]
fn digest_that_does_not_fit_the_changes_is_found() {
    let plugin = ledger();
    let (storage, path) = file(StateDigest::EMPTY, 1);
    let schema = Some(Arc::clone(plugin.schema()));
    let options = ReplayOptions::default;
    let mut replayer = Replayer::of_file(&storage, path, None, schema, options()).unwrap();
    let error = replayer.step(|_, _| {}).unwrap_err();
    assert!(matches!(error, ReplayError::Log(LogError::Damaged { entry: 1, .. })), "{error}");
    assert!(error.to_string().contains("the state's digest is"), "{error}");
    // The plugin shows the same as a divergence.
    let mut replayer = Replayer::of_file(&storage, path, Some(&plugin), None, options()).unwrap();
    while replayer.step(|_, _| {}).unwrap() {}
    assert_eq!(replayer.summary().digests, 1);
}

#[test]
fn file_that_begins_in_the_middle_is_refused() {
    let (storage, path) = file(right_digest(), 5);
    let error = Replayer::of_file(&storage, path, Some(&ledger()), None, ReplayOptions::default());
    assert_eq!(
        error.unwrap_err().to_string(),
        "/log begins with entry 5, and there is no checkpoint of the state before it. Replay from a later \
         checkpoint, or restore the missing segments"
    );
}
