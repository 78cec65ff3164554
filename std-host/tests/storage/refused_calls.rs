//! Calls that fail because the test wants it.

use std::{io::ErrorKind, path::Path};

use statevec_host::storage::{
    Access, Crash, Fault, Operation, SimulatedDisk, Storage, write_all_at,
};

#[test]
fn every_call_of_a_run_can_be_refused_once() {
    let run = |disk: &SimulatedDisk| {
        let (dir, file, moved) =
            (Path::new("/dir"), Path::new("/dir/file"), Path::new("/dir/moved"));
        let mut failed = 0;
        let mut attempt = |result: std::io::Result<()>| failed += usize::from(result.is_err());
        attempt(disk.create_dir(dir));
        attempt(disk.create(file).map(drop));
        attempt(disk.list(dir).map(drop));
        if let Ok(file) = disk.open(file, Access::ReadWrite) {
            attempt(file.allocate(1024));
            attempt(file.write_at(b"bytes", 0).map(drop));
            attempt(file.read_at(&mut [0; 4], 0).map(drop));
            attempt(file.sync_data());
            attempt(file.set_len(16));
            attempt(file.len().map(drop));
            attempt(file.try_lock().map(drop));
            attempt(file.shared_word(8).map(drop));
        }
        attempt(disk.sync_dir(dir));
        attempt(disk.rename(file, moved));
        attempt(disk.remove(moved));
        failed
    };
    let sound = SimulatedDisk::new(1);
    assert_eq!(run(&sound), 0);
    assert_eq!((sound.calls(), sound.changes()), (15, 9));
    for call in 0..sound.calls() {
        for fault in [Fault::Io, Fault::Full, Fault::Crash(Crash::Power), Fault::Crash(Crash::Kill)]
        {
            let disk = SimulatedDisk::new(call);
            disk.fail_call(call, fault);
            run(&disk);
            assert!(disk.last_failed().is_some(), "call {call}");
            assert_eq!(disk.is_down(), matches!(fault, Fault::Crash(_)), "call {call}");
        }
    }
}

#[test]
fn changes_are_counted_apart() {
    let disk = SimulatedDisk::new(1);
    let file = disk.create(Path::new("/file")).unwrap();
    disk.fail_change(2, Fault::Io);
    assert_eq!(file.len().unwrap(), 0);
    write_all_at(&*file, b"x", 0).unwrap();
    assert_eq!(file.len().unwrap(), 1);
    assert!(file.sync_data().is_err());
    assert_eq!(disk.last_failed(), Some(Operation::SyncData));
    file.sync_data().unwrap();
}

#[test]
fn full_disk_refuses_what_does_not_fit() {
    let disk = SimulatedDisk::new(1);
    disk.set_capacity(1000);
    let file = disk.create(Path::new("/file")).unwrap();
    assert_eq!(file.allocate(1001).unwrap_err().kind(), ErrorKind::StorageFull);
    file.allocate(900).unwrap();
    file.allocate(900).unwrap();
    write_all_at(&*file, &[1; 900], 0).unwrap();
    let error = write_all_at(&*file, &[1; 101], 900).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StorageFull);
    file.set_len(0).unwrap();
    let other = disk.create(Path::new("/other")).unwrap();
    other.allocate(1000).unwrap();
}

#[test]
fn failed_write_may_have_written_some() {
    let mut lens = std::collections::BTreeSet::new();
    for seed in 0..100 {
        let disk = SimulatedDisk::new(seed);
        let file = disk.create(Path::new("/file")).unwrap();
        disk.fail_call(disk.calls(), Fault::Full);
        let error = file.write_at(&[1; 3], 0).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageFull);
        lens.insert(file.len().unwrap());
    }
    assert_eq!(lens, [0, 1, 2, 3].into());
}

#[test]
fn short_fault_shortens_one_write() {
    let disk = SimulatedDisk::new(1);
    let file = disk.create(Path::new("/file")).unwrap();
    disk.fail_call(disk.calls(), Fault::Short);
    let written = file.write_at(&[1; 1000], 0).unwrap();
    assert!((1..1000).contains(&written));
    assert_eq!(file.write_at(&[1; 1000], 0).unwrap(), 1000);
}
