//! Directories whose log starts from records.

use statevec_host::{
    Store,
    durable::{DurableEngine, DurableError, begin_with_records},
    storage::{Crash, Fault, SimulatedDisk},
};

use crate::{group_commit::submit, ledger::ledger, life::World};

/// Records that another directory had.
fn records() -> Store {
    let world = World::new(&ledger(), SimulatedDisk::new(7));
    let mut engine = DurableEngine::open(&world.directory, &ledger(), world.options()).unwrap();
    for _ in 0..3 {
        submit(&mut engine);
    }
    let (store, closed) = engine.close_with_store();
    closed.unwrap();
    store
}

/// At every change to the disk while the directory is made: afterwards it is new, or it has all the
/// records.
#[test]
fn crash_at_every_change_leaves_a_new_directory_or_all_records() {
    let records = records();
    let begin = |world: &World| begin_with_records(&world.directory, &ledger(), &records);
    let sound = World::new(&ledger(), SimulatedDisk::new(0));
    begin(&sound).unwrap();
    let (mut new, mut complete) = (0, 0);
    for change in 0..sound.disk.changes() {
        let faults =
            [Fault::Crash(Crash::Power), Fault::Crash(Crash::Kill), Fault::Io, Fault::Full];
        for fault in faults {
            let world = World::new(&ledger(), SimulatedDisk::new(change));
            world.disk.fail_change(change, fault);
            let failed = begin(&world).is_err();
            world.disk.clear_faults();
            if !world.disk.is_down() {
                world.disk.crash(Crash::Power);
            }
            world.disk.restart();
            match begin(&world) {
                Ok(()) => new += 1,
                Err(DurableError::NotEmpty { .. }) => complete += 1,
                Err(error) => panic!("{change}, {fault:?}: {error}"),
            }
            assert!(failed || new + complete > 0);
            let engine = DurableEngine::open(&world.directory, &ledger(), world.options()).unwrap();
            assert!(engine.engine().store().image() == records.image());
            assert_eq!((engine.position().entry, engine.position().tx_seq), (0, 0));
        }
    }
    assert!(new > 20 && complete > 0, "{new} {complete}");
}

#[test]
fn records_that_the_log_starts_from_outlive_later_checkpoints() {
    let world = World::new(&ledger(), SimulatedDisk::new(1));
    begin_with_records(&world.directory, &ledger(), &records()).unwrap();
    let mut engine = DurableEngine::open(&world.directory, &ledger(), world.options()).unwrap();
    for entry in 1..=4 {
        submit(&mut engine);
        let made = engine.checkpoint().unwrap().unwrap();
        assert_eq!(made.entry, entry);
    }
    let digest = engine.position().digest;
    engine.close().unwrap();
    let names: Vec<_> = world.disk.files();
    let checkpoints: Vec<_> = names
        .iter()
        .filter(|path| path.parent().is_some_and(|dir| dir.ends_with("checkpoints")))
        .collect();
    assert_eq!(checkpoints.len(), 3, "{checkpoints:?}");
    assert!(checkpoints[0].ends_with("00000000000000000000.ckpt"), "{checkpoints:?}");
    let engine = DurableEngine::open(&world.directory, &ledger(), world.options()).unwrap();
    assert_eq!(engine.position().digest, digest);
    assert_eq!(engine.engine().store().digest(), digest);
}
