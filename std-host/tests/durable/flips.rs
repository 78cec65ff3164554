//! Bits that flip in a directory while no process uses it.

use std::path::{Path, PathBuf};

use fastrand::Rng;
use statevec_host::{durable::DurableError, storage::SimulatedDisk, txlog::LogError};

use crate::{
    crash::{closed, quiet, run},
    ledger::{Operation, ledger},
    life::{Step, World, chain},
};

fn bytes_of(world: &World, extension: &str) -> Vec<(PathBuf, usize)> {
    let files = world.disk.files();
    let files = files.into_iter().filter(|path| path.extension().is_some_and(|e| e == extension));
    files.map(|path| (path.clone(), world.disk.contents(&path).unwrap().len())).collect()
}

/// Offsets of every written byte, and of one in 16 of the zeros behind them.
fn of_interest(world: &World, path: &Path, len: usize) -> Vec<usize> {
    let bytes = world.disk.contents(path).unwrap();
    let last = bytes.iter().rposition(|byte| *byte != 0).unwrap_or(0);
    (0..len).filter(|byte| *byte <= last || byte % 16 == 0).collect()
}

fn names(error: &DurableError, path: &Path) -> bool {
    chain(error).contains(path.to_str().unwrap())
        || matches!(error, DurableError::Log(LogError::LostEnd { .. }))
}

#[test]
fn flipped_bit_anywhere_in_a_log_is_found_or_harmless() {
    quiet();
    let world = closed();
    let (mut found, mut harmless, mut by_verify) = (0, 0, 0);
    for (path, len) in bytes_of(&world, "txlog") {
        for byte in of_interest(&world, &path, len) {
            let mut flipped = world.fork();
            assert!(flipped.disk.flip_bit(&path, byte, byte as u8));
            let verified = flipped.verify();
            // Opening checks that all acknowledged entries are there.
            match flipped.open() {
                Ok(engine) => {
                    assert_eq!(engine.position().entry, world.last_acknowledged());
                    harmless += 1;
                }
                Err(error) => {
                    assert!(names(&error, &path), "{path:?} {byte}: {error}");
                    found += 1;
                }
            }
            match verified {
                Ok(verified) => assert!(verified.end.torn.is_some(), "{path:?} {byte}"),
                Err(error) => {
                    assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
                    by_verify += 1;
                }
            }
        }
    }
    assert!(found > 700 && harmless > 1_000 && by_verify > 4_000, "{found} {harmless} {by_verify}");
}

#[test]
fn flipped_bit_without_the_lock_file_costs_the_last_frame_at_most_and_is_reported() {
    quiet();
    let world = closed();
    world.disk.put("/data/LOCK", b"");
    let (path, len) = bytes_of(&world, "txlog").pop().unwrap();
    let mut torn = 0;
    for byte in of_interest(&world, &path, len) {
        let mut flipped = world.fork();
        flipped.disk.flip_bit(&path, byte, byte as u8);
        flipped.forgive_from(world.last_acknowledged());
        match flipped.open() {
            Ok(engine) if engine.position().entry < world.last_acknowledged() => {
                assert!(engine.opened().torn.is_some());
                torn += 1;
            }
            Ok(_) => {}
            Err(error) => assert!(names(&error, &path), "{error}"),
        }
    }
    assert!(torn > 50, "{torn}");
}

#[test]
fn flipped_bit_in_the_newest_checkpoint_is_found() {
    quiet();
    let world = closed();
    let mut files = bytes_of(&world, "ckpt");
    let (newest, len) = files.pop().unwrap();
    for byte in 0..len {
        let mut flipped = world.fork();
        flipped.disk.flip_bit(&newest, byte, byte as u8);
        let error = flipped.open().map(drop).unwrap_err();
        assert!(names(&error, &newest), "{byte}: {error}");
    }
    // The one before is a reserve, and not read.
    let (older, len) = files.pop().unwrap();
    for byte in 0..len {
        let mut flipped = world.fork();
        flipped.disk.flip_bit(&older, byte, byte as u8);
        flipped.open().unwrap();
    }
}

#[test]
fn flipped_bit_in_the_lock_file_is_harmless() {
    quiet();
    let world = closed();
    let len = world.disk.contents("/data/LOCK").unwrap().len();
    for bit in 0..len * 8 {
        let mut flipped = world.fork();
        flipped.disk.flip_bit("/data/LOCK", bit / 8, bit as u8);
        let engine = flipped.open().unwrap();
        assert_eq!(engine.opened().interrupted, None);
    }
}

#[test]
fn random_flips_in_a_large_log_lose_nothing() {
    quiet();
    let mut world = World::new(&ledger(), SimulatedDisk::new(1)).with_segments(1 << 16);
    let mut steps = Vec::new();
    for value in 0..600 {
        steps.push(Step::Submit(Operation::Store { id: value % 50, value }));
        if value % 7 == 0 {
            steps.push(Step::Sync);
        }
    }
    steps.push(Step::Reopen);
    assert_eq!(run(&mut world, &steps), None);
    let files = bytes_of(&world, "txlog");
    let mut random = Rng::with_seed(3);
    let mut found = 0;
    for _ in 0..1_000 {
        let (path, len) = &files[random.usize(..files.len())];
        let mut flipped = world.fork();
        for _ in 0..random.u8(1..4) {
            flipped.disk.flip_bit(path, random.usize(..*len), random.u8(..8));
        }
        if let Err(error) = flipped.open() {
            assert!(names(&error, path), "{error}");
            found += 1;
        }
    }
    assert!(found > 300, "{found}");
}
