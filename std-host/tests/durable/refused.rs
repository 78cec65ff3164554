//! Calls of the storage that fail once, each in turn.

use fastrand::Rng;
use statevec_host::{
    durable::DurableError,
    storage::{Fault, SimulatedDisk},
    txlog::LogError,
};

use crate::{
    crash::{count, end_process, quiet, run, script},
    ledger::{Operation, ledger},
    life::{Step, World, chain, with_slashes},
};

#[test]
fn every_call_fails_once_and_the_next_start_goes_on() {
    quiet();
    let plugin = ledger();
    let steps = script();
    let (calls, _) = count(&plugin, &steps);
    for call in 0..calls {
        for fault in [Fault::Io, Fault::Full] {
            let mut world = World::new(&plugin, SimulatedDisk::new(call));
            world.disk.fail_call(call, fault);
            let Some(at) = run(&mut world, &steps) else {
                panic!("call {call} failed with {fault:?}, and nobody heard of it")
            };
            end_process(&world, &mut Rng::with_seed(call));
            assert_eq!(run(&mut world, &steps[at..]), None, "call {call}, {fault:?}");
        }
    }
}

#[test]
fn short_reads_and_writes_are_continued() {
    quiet();
    let plugin = ledger();
    let steps = script();
    let (calls, _) = count(&plugin, &steps);
    for call in 0..calls {
        let mut world = World::new(&plugin, SimulatedDisk::new(call));
        world.disk.fail_call(call, Fault::Short);
        assert_eq!(run(&mut world, &steps), None, "call {call}");
        world.disk.restart();
        world.open().unwrap();
        world.assert_whole();
    }
}

#[test]
fn failed_sync_stops_the_writer_for_good_and_names_the_entry() {
    let mut world = World::new(&ledger(), SimulatedDisk::new(0));
    let mut engine = world.open().unwrap();
    for value in [1, 2] {
        engine = world.step(engine, Step::Submit(Operation::Store { id: 1, value })).unwrap();
    }
    engine = world.step(engine, Step::Sync).unwrap();
    let submit = Step::Submit(Operation::Store { id: 1, value: 3 });
    engine = world.step(engine, submit).unwrap();
    // The write, then the sync.
    world.disk.fail_change(world.disk.changes() + 1, Fault::Io);
    let error = engine.sync().unwrap_err();
    let DurableError::Log(LogError::Stopped { entry: 3, .. }) = &error else { panic!("{error}") };
    assert!(error.to_string().contains("stopped at entry 3"), "{error}");
    let text = with_slashes(chain(&error));
    assert!(text.contains(": cannot sync /data/log/00000000000000000001.txlog: "), "{text}");
    let again = engine.sync().unwrap_err();
    assert_eq!(again.to_string(), error.to_string(), "the sync was tried again");
    let refused = world.step(engine, submit).map(drop).unwrap_err();
    assert_eq!(refused.to_string(), error.to_string());
}

#[test]
fn full_disk_stops_the_writer_and_room_lets_it_start_again() {
    let mut world = World::new(&ledger(), SimulatedDisk::new(0));
    let mut engine = world.open().unwrap();
    let used: usize =
        world.disk.files().iter().map(|path| world.disk.contents(path).unwrap().len()).sum();
    world.disk.set_capacity(used as u64 + 100);
    let submit = Step::Submit(Operation::Store { id: 1, value: 3 });
    let error = loop {
        let submitted = world.step(engine, submit).and_then(|next| world.step(next, Step::Sync));
        match submitted {
            Ok(next) => engine = next,
            Err(error) => break error,
        }
    };
    let text = with_slashes(chain(&error));
    assert!(text.contains("cannot extend /data/log/") && text.ends_with("disk is full"), "{text}");
    world.disk.restart();
    world.disk.set_capacity(u64::MAX);
    let engine = world.open().unwrap();
    world.step(engine, submit).unwrap();
}
