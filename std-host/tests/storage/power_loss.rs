//! The contents of a disk after a crash.

use std::{collections::BTreeSet, path::Path};

use statevec_host::storage::{Access, Crash, Fault, SimulatedDisk, Storage, write_all_at};

const FILE: &str = "/file";

/// A disk with a stable file of four sectors of `0`s.
fn disk(seed: u64) -> (SimulatedDisk, Box<dyn statevec_host::storage::StorageFile>) {
    let disk = SimulatedDisk::new(seed);
    disk.put(FILE, &[0; 2048]);
    let file = disk.open(Path::new(FILE), Access::ReadWrite).unwrap();
    (disk, file)
}

fn after_power_loss(disk: &SimulatedDisk) -> Option<Vec<u8>> {
    disk.crash(Crash::Power);
    disk.restart();
    disk.contents(FILE)
}

#[test]
fn synced_bytes_are_never_lost() {
    for seed in 0..200 {
        let (disk, file) = disk(seed);
        write_all_at(&*file, &[1; 2048], 0).unwrap();
        file.sync_data().unwrap();
        write_all_at(&*file, &[2; 512], 512).unwrap();
        let bytes = after_power_loss(&disk).unwrap();
        assert!(bytes[..512].iter().chain(&bytes[1024..]).all(|byte| *byte == 1));
    }
}

#[test]
fn unsynced_sectors_are_lost_reordered_and_torn() {
    let mut outcomes = BTreeSet::new();
    let mut torn = false;
    for seed in 0..400 {
        let (disk, file) = disk(seed);
        write_all_at(&*file, &[1; 2048], 0).unwrap();
        let bytes = after_power_loss(&disk).unwrap();
        torn |= bytes.chunks(512).any(|sector| sector.iter().any(|byte| *byte != sector[0]));
        outcomes.insert(bytes.chunks(512).map(|sector| sector[0]).collect::<Vec<_>>());
    }
    assert_eq!(outcomes.len(), 16, "every subset of four sectors");
    assert!(torn);
}

#[test]
fn sector_written_twice_holds_either_version_or_none() {
    let mut outcomes = BTreeSet::new();
    for seed in 0..200 {
        let (disk, file) = disk(seed);
        write_all_at(&*file, &[1; 512], 0).unwrap();
        write_all_at(&*file, &[2; 512], 0).unwrap();
        outcomes.insert(after_power_loss(&disk).unwrap()[0]);
    }
    assert_eq!(outcomes, BTreeSet::from([0, 1, 2]));
}

#[test]
fn unsynced_length_is_lost_or_kept() {
    let mut lens = BTreeSet::new();
    for seed in 0..200 {
        let (disk, file) = disk(seed);
        file.allocate(4096).unwrap();
        file.set_len(100).unwrap();
        lens.insert(after_power_loss(&disk).unwrap().len());
    }
    assert_eq!(lens, BTreeSet::from([100, 2048, 4096]));
}

#[test]
fn names_are_lost_without_a_sync_of_their_folder() {
    let (mut created, mut renamed, mut removed) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for seed in 0..100 {
        let (disk, file) = disk(seed);
        disk.put("/old", b"old");
        drop(file);
        disk.create(Path::new("/new")).unwrap();
        disk.rename(Path::new(FILE), Path::new("/moved")).unwrap();
        disk.remove(Path::new("/old")).unwrap();
        disk.crash(Crash::Power);
        disk.restart();
        let has = |path| disk.contents(path).is_some();
        created.insert(has("/new"));
        removed.insert(!has("/old"));
        renamed.insert((has(FILE), has("/moved")));
    }
    assert_eq!((created.len(), removed.len()), (2, 2));
    assert_eq!(renamed, BTreeSet::from([(true, false), (false, true)]), "a rename is atomic");

    let (disk, file) = disk(0);
    drop(file);
    disk.create_dir(Path::new("/sub")).unwrap();
    disk.rename(Path::new(FILE), Path::new("/sub/moved")).unwrap();
    disk.sync_dir(Path::new("/sub")).unwrap();
    disk.sync_dir(Path::new("/")).unwrap();
    disk.crash(Crash::Power);
    disk.restart();
    assert!(disk.contents("/sub/moved").is_some());
}

#[test]
fn files_in_a_folder_that_is_lost_are_lost() {
    let mut outcomes = BTreeSet::new();
    for seed in 0..50 {
        let disk = SimulatedDisk::new(seed);
        disk.create_dir(Path::new("/sub")).unwrap();
        let file = disk.create(Path::new("/sub/file")).unwrap();
        file.sync_data().unwrap();
        disk.sync_dir(Path::new("/sub")).unwrap();
        disk.crash(Crash::Power);
        disk.restart();
        outcomes.insert(disk.contents("/sub/file").is_some());
    }
    assert_eq!(outcomes.len(), 2);
}

#[test]
fn killed_process_leaves_its_bytes_and_its_word_and_no_lock() {
    let (disk, file) = disk(3);
    assert!(file.try_lock().unwrap());
    write_all_at(&*file, b"written", 100).unwrap();
    let word = file.shared_word(8).unwrap();
    word.store(42);
    disk.crash(Crash::Kill);
    assert!(disk.is_down());
    word.store(43);
    disk.restart();
    word.store(44);
    let bytes = disk.contents(FILE).unwrap();
    assert_eq!(&bytes[100..107], b"written");
    assert_eq!(bytes[8..16], 42_u64.to_le_bytes());
    assert!(file.write_at(b"x", 0).is_err(), "a file of the process that was killed");
    let again = disk.open(Path::new(FILE), Access::ReadWrite).unwrap();
    assert!(again.try_lock().unwrap());
    drop(file);
    let third = disk.open(Path::new(FILE), Access::ReadWrite).unwrap();
    assert!(!third.try_lock().unwrap(), "dropping an old file frees another one's lock");
}

#[test]
fn failed_sync_loses_bytes_that_a_later_sync_claims_to_have() {
    let (mut lost, mut kept) = (0, 0);
    for seed in 0..100 {
        let (disk, file) = disk(seed);
        write_all_at(&*file, &[1; 512], 0).unwrap();
        disk.fail_call(disk.calls(), Fault::Io);
        assert!(file.sync_data().is_err());
        file.sync_data().unwrap();
        assert_eq!(disk.contents(FILE).unwrap()[0], 1, "the process reads what it wrote");
        match after_power_loss(&disk).unwrap()[511] {
            0 => lost += 1,
            _ => kept += 1,
        }
    }
    assert!(lost > 20 && kept > 20, "{lost} lost, {kept} kept");
}

#[test]
fn same_seed_gives_the_same_disk() {
    let run = |seed| {
        let (disk, file) = disk(seed);
        disk.set_short(true);
        for at in 0..20 {
            write_all_at(&*file, &[at as u8; 300], at * 250).unwrap();
        }
        let fork = disk.fork();
        let bytes = after_power_loss(&disk).unwrap();
        assert_eq!(after_power_loss(&fork).unwrap(), bytes);
        bytes
    };
    assert_eq!(run(5), run(5));
    assert_ne!(run(5), run(6));
}

#[test]
fn flipped_bit_is_on_the_medium() {
    let (disk, _file) = disk(1);
    assert!(disk.flip_bit(FILE, 5, 3));
    assert!(!disk.flip_bit(FILE, 2048, 0));
    assert!(!disk.flip_bit("/none", 0, 0));
    assert_eq!(after_power_loss(&disk).unwrap()[5], 8);
}
