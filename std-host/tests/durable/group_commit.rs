//! Syncs: exactly one per frame, shared by the entries that arrive meanwhile, and visible to other
//! threads.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use statevec_abi::boundary::RuntimeCommandRef;
use statevec_host::{
    durable::{DataDirectory, DurableEngine, DurableOptions},
    storage::{
        Access, Fault, FileSystem, Operation as Call, SimulatedDisk, read_exact_at, write_all_at,
    },
    txlog::{LogError, LogOptions, LogWalk, Walked, list_segments},
};

use crate::{
    gate::GatedDisk,
    ledger::{Operation, ledger},
    life::World,
};

pub(crate) fn submit(engine: &mut DurableEngine) {
    let (kind, payload) = Operation::Store { id: 1, value: 1 }.encode();
    let ext_seq = engine.position().entry + 1;
    engine.submit(&RuntimeCommandRef::new(kind, ext_seq, 0, &payload)).unwrap();
}

fn frames(directory: &DataDirectory) -> u64 {
    let mut walk = LogWalk::open(directory.storage().clone(), &directory.log(), 1).unwrap();
    let mut frames = 0;
    while walk.next_frame(|_| Ok::<_, LogError>(())).unwrap() {
        frames += 1;
    }
    frames
}

#[test]
fn each_frame_takes_one_write_and_one_sync() {
    let world = World::new(&ledger(), SimulatedDisk::new(1));
    let mut options = world.options();
    options.log = LogOptions::default();
    let mut engine = DurableEngine::open(&world.directory, &ledger(), options).unwrap();
    let counts = || (world.disk.count_of(Call::WriteAt), world.disk.count_of(Call::SyncData));
    let (writes, syncs) = counts();
    let calls = world.disk.calls();
    for batch in [1, 1, 16, 1, 64] {
        for _ in 0..batch {
            submit(&mut engine);
        }
        engine.sync().unwrap();
        engine.sync().unwrap();
    }
    assert_eq!(counts(), (writes + 5, syncs + 5));
    assert_eq!(world.disk.calls(), calls + 10, "there are other calls");
    engine.close().unwrap();
    assert_eq!(frames(&world.directory), 5);
}

/// Threads of their own on the real file system.
pub(crate) fn in_background(test: impl FnOnce(&DataDirectory, DurableEngine)) {
    let folder = tempfile::tempdir().unwrap();
    let directory = DataDirectory::new(Arc::new(FileSystem), folder.path().join("data"));
    let engine = DurableEngine::open(&directory, &ledger(), DurableOptions::default()).unwrap();
    test(&directory, engine);
}

#[test]
fn commands_that_arrive_during_a_sync_share_the_next_one() {
    let disk = GatedDisk { disk: SimulatedDisk::new(1), gate: Arc::default() };
    let gate = Arc::clone(&disk.gate);
    let directory = DataDirectory::new(Arc::new(disk), "/data");
    let mut engine = DurableEngine::open(&directory, &ledger(), DurableOptions::default()).unwrap();
    gate.set_closed(true);
    submit(&mut engine);
    engine.start_sync().unwrap();
    gate.wait_for_a_sync();
    for _ in 0..99 {
        submit(&mut engine);
        engine.start_sync().unwrap();
    }
    assert_eq!(engine.durable(), 0, "acknowledged before the sync");
    gate.set_closed(false);
    assert_eq!(engine.sync().unwrap(), 100);
    assert_eq!(engine.durable(), 100);
    engine.close().unwrap();
    assert_eq!(frames(&directory), 2);
}

#[test]
fn sync_that_returns_has_made_everything_durable_or_says_why_not() {
    for round in 0..300 {
        let world = World::new(&ledger(), SimulatedDisk::new(round));
        let mut options = world.options();
        options.in_background = true;
        let mut engine = DurableEngine::open(&world.directory, &ledger(), options).unwrap();
        for entry in 1..=3 {
            submit(&mut engine);
            assert_eq!(engine.sync().unwrap(), entry);
            assert_eq!(engine.durable(), entry, "acknowledged and not told");
        }
        submit(&mut engine);
        world.disk.fail_change(world.disk.changes() + round % 2, Fault::Io);
        assert!(engine.sync().is_err(), "a failure was not told");
        assert_eq!(engine.durable(), 3);
    }
}

#[test]
fn other_threads_wait_for_an_entry_and_are_told() {
    in_background(|_, mut engine| {
        let watch = engine.watch();
        let told = Arc::new(AtomicU64::new(0));
        let teller = Arc::clone(&told);
        watch.notify(move |entry| teller.store(entry, Ordering::SeqCst));
        let waiting = std::thread::spawn(move || watch.wait(3).map(|()| watch.entry()));
        for _ in 0..3 {
            submit(&mut engine);
        }
        engine.start_sync().unwrap();
        assert!(waiting.join().unwrap().unwrap() >= 3);
        engine.sync().unwrap();
        assert_eq!(told.load(Ordering::SeqCst), 3);
    });
}

#[test]
fn failed_sync_on_another_thread_is_told_to_everybody() {
    let world = World::new(&ledger(), SimulatedDisk::new(1));
    let mut options = world.options();
    options.in_background = true;
    let mut engine = DurableEngine::open(&world.directory, &ledger(), options).unwrap();
    submit(&mut engine);
    engine.sync().unwrap();
    let watch = engine.watch();
    submit(&mut engine);
    world.disk.fail_change(world.disk.changes() + 1, Fault::Io);
    let waiting = std::thread::spawn({
        let watch = watch.clone();
        move || watch.wait(2)
    });
    // The other thread may fail before this call returns.
    let _begun = engine.start_sync();
    assert!(matches!(waiting.join().unwrap(), Err(LogError::Stopped { entry: 2, .. })));
    assert!(engine.sync().is_err() && engine.check().is_err() && watch.check().is_err());
    assert_eq!(watch.entry(), 1);
}

#[test]
fn reader_goes_on_when_the_writer_cuts_off_the_unused_end_of_its_segment() {
    let world = World::new(&ledger(), SimulatedDisk::new(1));
    let mut options = world.options();
    options.log = LogOptions::default();
    // A reader reads a MiB at once, so it has not read the end before the writer cuts it off.
    options.log.segment_bytes = 3 << 19;
    let mut engine = DurableEngine::open(&world.directory, &ledger(), options).unwrap();
    let log = world.directory.log();
    let open = || LogWalk::open(world.directory.storage().clone(), &log, 1).unwrap();
    let (mut walk, mut durable) = (open(), 0);
    while list_segments(&**world.directory.storage(), &log).unwrap().len() == 1 {
        (walk, durable) = (open(), engine.durable());
        for _ in 0..1000 {
            submit(&mut engine);
        }
        engine.sync().unwrap();
    }
    while walk.position().entry < durable {
        assert!(walk.next_frame(|_| Ok::<_, LogError>(())).unwrap(), "ended before {durable}");
    }
}

#[test]
fn reader_takes_a_frame_that_is_being_written_for_damage() {
    let world = World::new(&ledger(), SimulatedDisk::new(1));
    let mut options = world.options();
    options.log = LogOptions::default();
    // A reader reads a MiB at once, and reads again behind it.
    options.log.segment_bytes = 3 << 19;
    let mut engine = DurableEngine::open(&world.directory, &ledger(), options).unwrap();
    for _ in 0..3 {
        for _ in 0..20 {
            submit(&mut engine);
        }
        engine.sync().unwrap();
    }
    engine.close().unwrap();
    let (storage, log) = (world.directory.storage(), world.directory.log());
    let open = || LogWalk::open(storage.clone(), &log, 1).unwrap();
    let mut offsets = Vec::new();
    let keep = |walked: &Walked<'_>| {
        offsets.push(walked.offset);
        Ok::<_, LogError>(())
    };
    open().for_each(keep).unwrap();
    offsets.dedup();
    assert_eq!(offsets.len(), 3);

    // The writer has written the first sector of the second frame when the reader reads the log,
    // and the rest and a third frame when it looks for the end.
    let path = list_segments(&**storage, &log).unwrap().remove(0).path;
    let file = storage.open(&path, Access::ReadWrite).unwrap();
    let unwritten = offsets[1] + 512;
    let mut bytes = vec![0; (file.len().unwrap() - unwritten) as usize];
    read_exact_at(&*file, &mut bytes, unwritten).unwrap();
    write_all_at(&*file, &vec![0; bytes.len()], unwritten).unwrap();
    let mut walk = open();
    let mut next = || walk.next_frame(|_| Ok::<_, LogError>(())).unwrap();
    assert!(next());
    write_all_at(&*file, &bytes, unwritten).unwrap();
    assert_eq!([next(), next(), next()], [true, true, false]);
}

#[test]
fn long_batches_are_written_before_they_fill_the_memory() {
    let world = World::new(&ledger(), SimulatedDisk::new(1));
    for in_background in [false, true] {
        let mut options = world.options();
        options.in_background = in_background;
        let mut engine = DurableEngine::open(&world.directory, &ledger(), options).unwrap();
        let before = frames(&world.directory);
        for _ in 0..200 {
            submit(&mut engine);
        }
        engine.close().unwrap();
        let written = frames(&world.directory) - before;
        assert!(written > 10, "{written} frames of at most 1 KiB and an entry");
    }
}
