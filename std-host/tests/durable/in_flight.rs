//! Several frames in flight: an entry is durable only with all entries before it, and a crash that
//! leaves a later frame whole and an earlier one torn is no damage.

use std::{path::PathBuf, sync::Arc};

use statevec_host::{
    durable::{DataDirectory, DurableEngine, DurableError, DurableOptions},
    storage::{Crash, Fault, FileSystem, Operation as Call, SimulatedDisk},
    txlog::{Damage, LogError, LogOptions, LogWalk},
};

use crate::{
    gate::{Gate, GatedDisk},
    group_commit::submit,
    ledger::ledger,
    life::World,
};

fn options(frames_in_flight: usize) -> DurableOptions {
    DurableOptions { frames_in_flight, ..DurableOptions::default() }
}

/// Begins a frame for each of so many commands.
fn start_frames(engine: &mut DurableEngine, frames: u64) {
    for _ in 0..frames {
        submit(engine);
        engine.start_frame().unwrap();
    }
}

/// An engine beside threads, whose frames the test can hold back.
fn gated(frames_in_flight: usize) -> (SimulatedDisk, Arc<Gate>, DurableEngine) {
    let disk = SimulatedDisk::new(1);
    let gated = GatedDisk { disk: disk.clone(), gate: Arc::default() };
    let gate = Arc::clone(&gated.gate);
    let directory = DataDirectory::new(Arc::new(gated), "/data");
    let mut engine = DurableEngine::open(&directory, &ledger(), options(frames_in_flight)).unwrap();
    // The zeros behind the first frame are written before any other frame.
    start_frames(&mut engine, 1);
    engine.sync().unwrap();
    (disk, gate, engine)
}

fn written(disk: &SimulatedDisk) -> u64 {
    disk.count_of(Call::WriteSynced)
}

fn wait_for_writes(disk: &SimulatedDisk, count: u64) {
    while written(disk) < count {
        std::thread::yield_now();
    }
}

#[test]
fn entry_is_durable_before_those_in_front_of_it() {
    let (disk, gate, mut engine) = gated(3);
    gate.hold(Some(2));
    start_frames(&mut engine, 3);
    wait_for_writes(&disk, 3);
    assert_eq!(engine.durable(), 1, "entry 2 is not written");
    gate.hold(None);
    assert_eq!(engine.sync().unwrap(), 4);
    assert_eq!(engine.durable(), 4);
}

#[test]
fn more_frames_are_in_flight_than_allowed() {
    let (disk, gate, mut engine) = gated(2);
    gate.hold(Some(2));
    start_frames(&mut engine, 2);
    submit(&mut engine);
    wait_for_writes(&disk, 2);
    // Frame 3 is written; its thread takes one more. Frame 2 keeps the other thread.
    engine.start_frame().unwrap();
    wait_for_writes(&disk, 3);
    assert_eq!(engine.durable(), 1);
    gate.hold(None);
    assert_eq!(engine.sync().unwrap(), 4);
    assert_eq!(written(&disk), 4, "one write for each frame");
    assert_eq!(disk.count_of(Call::SyncData), syncs_of_one_frame_at_a_time(1), "and no sync");
}

/// Syncs of a run that begins so many frames, less those of the frames.
fn syncs_of_one_frame_at_a_time(frames: u64) -> u64 {
    let world = World::new(&ledger(), SimulatedDisk::new(1));
    let mut engine = DurableEngine::open(&world.directory, &ledger(), options(1)).unwrap();
    start_frames(&mut engine, frames);
    engine.sync().unwrap();
    world.disk.count_of(Call::SyncData) - frames
}

#[test]
fn frame_behind_one_that_failed_is_told_durable() {
    let (disk, gate, mut engine) = gated(2);
    gate.hold(Some(2));
    start_frames(&mut engine, 2);
    wait_for_writes(&disk, 2);
    disk.fail_change(disk.changes(), Fault::Io);
    gate.hold(None);
    let error = engine.sync().unwrap_err();
    let DurableError::Log(LogError::Stopped { entry: 2, .. }) = error else { panic!("{error}") };
    assert_eq!(engine.durable(), 1);
    assert!(engine.watch().wait(3).is_err(), "entry 3 is whole, but entry 2 is not");
}

#[test]
fn frame_is_begun_behind_one_that_failed() {
    let (disk, gate, mut engine) = gated(2);
    gate.hold(Some(2));
    submit(&mut engine);
    engine.start_frame().unwrap();
    disk.fail_change(disk.changes(), Fault::Io);
    submit(&mut engine);
    engine.start_frame().unwrap();
    wait_for_writes(&disk, 2);
    // Frame 3 has failed, and frame 2 is still in flight.
    submit(&mut engine);
    engine.start_frame().unwrap();
    gate.hold(None);
    let error = engine.sync().unwrap_err();
    let DurableError::Log(LogError::Stopped { entry: 3, .. }) = error else { panic!("{error}") };
    assert_eq!(engine.durable(), 2, "entry 2 was written after that");
    assert_eq!(written(&disk), 3, "frame 4 was not");
}

#[test]
fn batches_of_one_sender_share_no_frame() {
    let folder = tempfile::tempdir().unwrap();
    let directory = DataDirectory::new(Arc::new(FileSystem), folder.path().join("data"));
    let options = DurableOptions {
        // Some segments and some stretches of zeros.
        log: LogOptions { segment_bytes: 64 << 10, zero_ahead: 8 << 10, ..LogOptions::default() },
        ..options(4)
    };
    let mut engine = DurableEngine::open(&directory, &ledger(), options.clone()).unwrap();
    start_frames(&mut engine, 500);
    assert_eq!(engine.sync().unwrap(), 500);
    engine.close().unwrap();
    let mut walk = LogWalk::open(directory.storage().clone(), &directory.log(), 1).unwrap();
    let mut frames = 0;
    while walk.next_frame(|_| Ok::<_, LogError>(())).unwrap() {
        frames += 1;
    }
    assert_eq!(frames, 500);
    let engine = DurableEngine::open(&directory, &ledger(), options).unwrap();
    assert_eq!(engine.position().entry, 500);
}

/// A directory whose frames 2, 3 and 4 were in flight when the process was killed. All are whole.
/// Returns the segment and the offsets of the frames.
fn killed_with_frames_in_flight() -> (World, PathBuf, Vec<u64>) {
    let world = World::new(&ledger(), SimulatedDisk::new(1)).with_frames_in_flight(4);
    let mut options = world.options();
    options.log = LogOptions { segment_bytes: 1 << 20, ..LogOptions::default() };
    let mut engine = DurableEngine::open(&world.directory, &ledger(), options).unwrap();
    submit(&mut engine);
    engine.sync().unwrap();
    start_frames(&mut engine, 3);
    assert_eq!(engine.durable(), 1);
    world.disk.crash(Crash::Kill);
    drop(engine);
    world.disk.restart();
    let storage = world.directory.storage().clone();
    let mut walk = LogWalk::open(storage, &world.directory.log(), 1).unwrap();
    let (mut path, mut offsets) = (PathBuf::new(), Vec::new());
    walk.for_each(|walked| {
        path = walked.path.into();
        offsets.push(walked.offset);
        Ok::<_, LogError>(())
    })
    .unwrap();
    assert_eq!(offsets.len(), 4);
    (world, path, offsets)
}

#[test]
fn frame_that_was_in_flight_is_taken_for_damage() {
    let (world, path, offsets) = killed_with_frames_in_flight();
    // Header or payload of an earlier frame is lost, and later ones are whole.
    for (frame, offset) in offsets.iter().enumerate().skip(1) {
        for byte in [0, 30, 60] {
            let mut torn = world.fork();
            torn.disk.flip_bit(&path, *offset as usize + byte, 1);
            torn.forgive_from(1);
            let engine = DurableEngine::open(&torn.directory, &ledger(), torn.options()).unwrap();
            assert_eq!(engine.position().entry, frame as u64);
            let tear = engine.opened().torn.clone().unwrap();
            assert_eq!((tear.entry, tear.offset), (frame as u64 + 1, *offset));
            // The frames that were cut off do not come back.
            torn.disk.crash(Crash::Power);
            drop(engine);
            torn.disk.restart();
            let engine = DurableEngine::open(&torn.directory, &ledger(), torn.options()).unwrap();
            assert_eq!((engine.position().entry, &engine.opened().torn), (frame as u64, &None));
        }
    }
}

#[test]
fn durable_frame_before_those_in_flight_is_taken_for_torn() {
    let (world, path, offsets) = killed_with_frames_in_flight();
    // Neither a process's notes nor the frames say it but those in flight.
    world.disk.put("/data/LOCK", b"");
    for byte in [0, 30, 60] {
        let damaged = world.fork();
        damaged.disk.flip_bit(&path, offsets[0] as usize + byte, 1);
        let error = DurableEngine::open(&damaged.directory, &ledger(), damaged.options());
        let Err(DurableError::Log(LogError::Damaged { offset, entry: 1, damage, .. })) = error
        else {
            panic!("{error:?}")
        };
        assert!(matches!(damage, Damage::Frame(_)));
        assert_eq!(offset, offsets[0]);
    }
}
