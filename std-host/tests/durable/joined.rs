//! Directories that begin with the checkpoint of another one.

use std::path::Path;

use statevec_abi::boundary::RuntimeCommandRef;
use statevec_host::{
    durable::{DurableEngine, DurableError, begin_with_checkpoint, can_begin_with_checkpoint},
    storage::{Crash, Fault, SimulatedDisk},
};

use crate::{
    crash::{closed, end_process},
    ledger::ledger,
    life::{World, chain},
    next_schema,
};

/// The newest checkpoint of a directory, and the world that made it.
fn made() -> (World, Vec<u8>) {
    let mut world = closed();
    let mut engine = world.open().unwrap();
    engine.checkpoint().unwrap();
    drop(engine);
    let newest = world
        .disk
        .files()
        .into_iter()
        .rfind(|path| path.extension().is_some_and(|extension| extension == "ckpt"));
    let bytes = world.disk.contents(newest.unwrap()).unwrap();
    (world, bytes)
}

fn pieces(bytes: &[u8]) -> impl Iterator<Item = std::io::Result<Vec<u8>>> {
    bytes.chunks(100).map(|piece| Ok(piece.to_vec()))
}

/// Joins, and opens the directory.
fn join(world: &World, bytes: &[u8]) -> Result<DurableEngine, DurableError> {
    let options = world.options();
    begin_with_checkpoint(&world.directory, &ledger(), &options, pieces(bytes))?;
    DurableEngine::open(&world.directory, &ledger(), options)
}

#[test]
fn a_joined_directory_goes_on_behind_the_checkpoint() {
    let (mut old, bytes) = made();
    let new = World::new(&ledger(), SimulatedDisk::new(5));
    let (old, engine) = (old.open().unwrap(), join(&new, &bytes).unwrap());
    assert_eq!(engine.position(), old.position());
    assert_eq!(engine.engine().store().digest(), old.engine().store().digest());
    drop(engine);
    let again = begin_with_checkpoint(&new.directory, &ledger(), &new.options(), pieces(&bytes));
    assert!(chain(&again.unwrap_err()).contains("holds a state already"));
}

#[test]
fn a_crash_while_joining_leaves_a_directory_that_can_join_or_has_joined() {
    let (_, bytes) = made();
    let mut crashes = 0;
    for change in 0..200 {
        for (fault, seed) in [Fault::Crash(Crash::Power), Fault::Crash(Crash::Kill), Fault::Full]
            .into_iter()
            .zip(change * 10..)
        {
            let world = World::new(&ledger(), SimulatedDisk::new(seed));
            world.disk.fail_change(change, fault);
            if join(&world, &bytes).is_err() {
                crashes += 1;
            }
            end_process(&world, &mut fastrand::Rng::with_seed(seed));
            let engine = if can_begin_with_checkpoint(&world.directory).unwrap() {
                join(&world, &bytes)
            } else {
                DurableEngine::open(&world.directory, &ledger(), world.options())
            };
            let engine = engine.unwrap_or_else(|error| panic!("{change} {fault:?}: {error}"));
            assert!(engine.position().entry > 0, "{change} {fault:?}");
        }
    }
    assert!(crashes > 60, "{crashes}");
}

#[test]
fn a_file_that_is_no_checkpoint_leaves_the_directory_empty() {
    let (_, bytes) = made();
    let cut = &bytes[..bytes.len() / 2];
    let mut flipped = bytes.clone();
    *flipped.last_mut().unwrap() ^= 1;
    for wrong in [&b"no checkpoint"[..], cut, &flipped] {
        let world = World::new(&ledger(), SimulatedDisk::new(5));
        assert!(join(&world, wrong).is_err());
        assert!(can_begin_with_checkpoint(&world.directory).unwrap());
        assert_eq!(world.disk.contents(Path::new("/data/JOINING")), None);
    }
}

#[test]
fn a_first_frame_that_is_longer_than_a_segment_is_written_to_it() {
    for reopens in [false, true] {
        let world = World::new(&ledger(), SimulatedDisk::new(5));
        let mut options = world.options();
        (options.log.segment_bytes, options.log.frame_bytes) = (4096, 1 << 20);
        let open = || DurableEngine::open(&world.directory, &ledger(), options.clone()).unwrap();
        let mut engine = open();
        if reopens {
            drop(engine);
            engine = open();
        }
        for ext_seq in 1..=200 {
            let payload = [ext_seq, 1_u64].map(u64::to_le_bytes).concat();
            engine.submit(&RuntimeCommandRef::new(1, ext_seq, 0, &payload)).unwrap();
        }
        assert_eq!(engine.sync().unwrap(), 200, "{reopens}");
        drop(engine);
        let engine = open();
        assert_eq!(engine.position().entry, 200, "{reopens}");
        drop(engine);
        world.disk.restart();
        assert!(world.verify().unwrap().end.torn.is_none());
    }
}

#[test]
fn a_checkpoint_of_another_schema_is_refused_and_the_directory_stays_empty() {
    let (_, bytes) = made();
    let new = World::new(&next_schema::plugin(), SimulatedDisk::new(5));
    let plugin = next_schema::plugin();
    let error = begin_with_checkpoint(&new.directory, &plugin, &new.options(), pieces(&bytes));
    let error = error.unwrap_err();
    assert!(matches!(error, DurableError::ForeignCheckpoint { .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains("wrote it with another schema. Nothing was begun: use the"), "{text}");
    assert!(!text.contains("migrate"), "there is nothing to migrate: {text}");
    assert!(can_begin_with_checkpoint(&new.directory).unwrap());
}
