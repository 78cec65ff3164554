//! Checkpoints: beside the commands, on demand and on their own.

use statevec_host::{
    checkpoint,
    durable::{CheckpointOptions, DurableEngine, DurableOptions},
    storage::{Fault, SimulatedDisk},
    txlog::list_segments,
};

use crate::{
    group_commit::{in_background, submit},
    ledger::ledger,
    life::{World, chain, with_slashes},
};

#[test]
fn checkpoint_beside_commands_holds_their_state() {
    in_background(|directory, mut engine| {
        for _ in 0..500 {
            submit(&mut engine);
        }
        engine.sync().unwrap();
        engine.start_checkpoint();
        for _ in 0..500 {
            submit(&mut engine);
            engine.start_sync().unwrap();
        }
        let made = engine.checkpoint().unwrap().unwrap();
        assert_eq!(made.entry, 1_000);
        assert_eq!(engine.checkpoint().unwrap(), None, "there is nothing new");
        let image = engine.engine().store().image();
        engine.close().unwrap();
        let engine = DurableEngine::open(directory, &ledger(), DurableOptions::default()).unwrap();
        assert_eq!((engine.opened().applied, engine.opened().position.entry), (0, 1_000));
        assert!(engine.engine().store().image() == image);
    });
}

#[test]
fn log_that_grows_without_a_checkpoint_gets_one_unasked() {
    in_background(|directory, mut engine| {
        for _ in 0..100 {
            submit(&mut engine);
            engine.sync().unwrap();
        }
        engine.close().unwrap();
        let checkpoint =
            CheckpointOptions { every: Some(64 << 10), ..CheckpointOptions::default() };
        let options = DurableOptions { checkpoint, ..DurableOptions::default() };
        let mut engine = DurableEngine::open(directory, &ledger(), options).unwrap();
        let made = loop {
            submit(&mut engine);
            engine.sync().unwrap();
            if let Some(made) = engine.finished_checkpoint().unwrap() {
                break made;
            }
        };
        // Frames of 512 bytes, of which those of the earlier process count.
        assert_eq!(made.entry, 128);
        engine.close().unwrap();
        let there = checkpoint::list(&**directory.storage(), &directory.checkpoints()).unwrap();
        assert!(there.contains(&(made.entry, made.path)), "{there:?}");
    });
}

#[test]
fn checkpoint_that_fails_is_told_and_stops_no_command() {
    let world = World::new(&ledger(), SimulatedDisk::new(1)).with_checkpoints_every(2048);
    let mut engine = DurableEngine::open(&world.directory, &ledger(), world.options()).unwrap();
    for _ in 0..3 {
        submit(&mut engine);
        engine.sync().unwrap();
    }
    // The next sync makes a checkpoint behind its own write and sync.
    submit(&mut engine);
    world.disk.fail_change(world.disk.changes() + 3, Fault::Full);
    assert_eq!(engine.sync().unwrap(), 4);
    for entry in 5..=7 {
        submit(&mut engine);
        assert_eq!(engine.sync().unwrap(), entry);
    }
    let error = engine.finished_checkpoint().unwrap_err();
    let text = with_slashes(chain(&error));
    assert!(text.contains("checkpoints/"), "{text}");
    assert_eq!(engine.finished_checkpoint().unwrap(), None, "it is told once");
    submit(&mut engine);
    engine.sync().unwrap();
    assert_eq!(engine.finished_checkpoint().unwrap().map(|made| made.entry), Some(8));
    engine.close().unwrap();
}

#[test]
fn segments_that_went_on_the_way_to_a_checkpoint_are_not_told() {
    let world = World::new(&ledger(), SimulatedDisk::new(1)).keeping(0);
    let mut options = world.options();
    // One frame at a time fills it, so several checkpoints are made.
    options.checkpoint.memory = 1;
    let mut engine = DurableEngine::open(&world.directory, &ledger(), options).unwrap();
    for _ in 0..60 {
        submit(&mut engine);
        engine.sync().unwrap();
    }
    let segments = || list_segments(&world.disk, &world.directory.log()).unwrap();
    let mut gone = segments();
    let made = engine.checkpoint().unwrap().unwrap();
    let left = segments();
    gone.retain(|segment| !left.contains(segment));
    assert!(gone.len() > 1, "{left:?}");
    assert!(made.removed.iter().eq(gone.iter().map(|segment| &segment.path)), "{made:?}");
    engine.close().unwrap();
}

#[test]
fn close_tells_of_a_checkpoint_that_failed() {
    let world = World::new(&ledger(), SimulatedDisk::new(1)).with_checkpoints_every(512);
    let mut engine = DurableEngine::open(&world.directory, &ledger(), world.options()).unwrap();
    submit(&mut engine);
    world.disk.fail_change(world.disk.changes() + 3, Fault::Full);
    assert_eq!(engine.sync().unwrap(), 1);
    assert!(engine.close().is_err());
    let engine = DurableEngine::open(&world.directory, &ledger(), world.options()).unwrap();
    assert_eq!(engine.position().entry, 1, "the entry is durable all the same");
}
