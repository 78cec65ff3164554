//! Each test runs on both storages.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

use statevec_host::storage::{
    Access, FileSystem, SimulatedDisk, Storage, read_exact_at, write_all_at,
};

fn on_both(test: impl Fn(&dyn Storage, &Path)) {
    let folder = tempfile::tempdir().unwrap();
    test(&FileSystem, folder.path());
    test(&SimulatedDisk::new(1), Path::new("/"));
    let short = SimulatedDisk::new(2);
    short.set_short(true);
    test(&short, Path::new("/"));
}

fn names(storage: &dyn Storage, dir: &Path) -> Vec<PathBuf> {
    let mut names: Vec<_> = storage.list(dir).unwrap().into_iter().map(PathBuf::from).collect();
    names.sort();
    names
}

#[test]
fn bytes_are_read_back_where_they_were_written() {
    on_both(|storage, dir| {
        let path = dir.join("file");
        let file = storage.create(&path).unwrap();
        write_all_at(&*file, &[7; 1000], 300).unwrap();
        write_all_at(&*file, b"middle", 510).unwrap();
        file.sync_data().unwrap();
        let mut all = vec![1; 1300];
        let again = storage.open(&path, Access::Read).unwrap();
        read_exact_at(&*again, &mut all, 0).unwrap();
        let mut expected = [vec![0; 300], vec![7; 1000]].concat();
        expected[510..516].copy_from_slice(b"middle");
        assert_eq!(all, expected);
        assert_eq!(again.read_at(&mut all, 1300).unwrap(), 0);
        let error = read_exact_at(&*again, &mut all, 1).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    });
}

#[test]
fn allocated_and_extended_parts_read_as_zeros() {
    on_both(|storage, dir| {
        let file = storage.create(&dir.join("file")).unwrap();
        write_all_at(&*file, &[9; 2000], 0).unwrap();
        file.set_len(700).unwrap();
        file.set_len(1500).unwrap();
        file.allocate(4096).unwrap();
        file.allocate(10).unwrap();
        assert_eq!(file.len().unwrap(), 4096);
        assert!(!file.is_empty().unwrap());
        let mut all = vec![1; 4096];
        read_exact_at(&*file, &mut all, 0).unwrap();
        assert!(all[..700].iter().all(|byte| *byte == 9));
        assert!(all[700..].iter().all(|byte| *byte == 0));
    });
}

#[test]
fn names_are_created_once_renamed_and_removed() {
    on_both(|storage, dir| {
        let sub = dir.join("sub");
        storage.create_dir(&sub).unwrap();
        assert_eq!(storage.create_dir(&sub).unwrap_err().kind(), ErrorKind::AlreadyExists);
        let (a, b) = (sub.join("a"), sub.join("b"));
        write_all_at(&*storage.create(&a).unwrap(), b"a", 0).unwrap();
        storage.create(&b).unwrap();
        assert_eq!(storage.create(&a).unwrap_err().kind(), ErrorKind::AlreadyExists);
        storage.rename(&a, &b).unwrap();
        storage.sync_dir(&sub).unwrap();
        assert_eq!(names(storage, &sub), [Path::new("b")]);
        assert_eq!(storage.open(&b, Access::Read).unwrap().len().unwrap(), 1);
        storage.remove(&b).unwrap();
        assert!(names(storage, &sub).is_empty());
        for missing in [
            storage.open(&b, Access::Read).map(drop),
            storage.remove(&b),
            storage.rename(&b, &a),
            storage.create(&dir.join("none/file")).map(drop),
            storage.list(&dir.join("none")).map(drop),
            storage.sync_dir(&dir.join("none")),
        ] {
            assert_eq!(missing.unwrap_err().kind(), ErrorKind::NotFound);
        }
    });
}

#[test]
fn lock_is_held_until_its_file_is_dropped() {
    on_both(|storage, dir| {
        let path = dir.join("LOCK");
        let first = storage.create(&path).unwrap();
        let second = storage.open(&path, Access::ReadWrite).unwrap();
        assert!(first.try_lock().unwrap());
        assert!(!second.try_lock().unwrap());
        drop(first);
        assert!(second.try_lock().unwrap());
    });
}

#[test]
fn shared_word_is_part_of_the_file() {
    on_both(|storage, dir| {
        let path = dir.join("LOCK");
        let file = storage.create(&path).unwrap();
        assert_eq!(file.shared_word(0).unwrap_err().kind(), ErrorKind::InvalidInput);
        write_all_at(&*file, &[0; 24], 0).unwrap();
        for bad in [4, 24, u64::MAX - 7] {
            assert_eq!(file.shared_word(bad).unwrap_err().kind(), ErrorKind::InvalidInput);
        }
        let word = file.shared_word(16).unwrap();
        word.store(0x0102_0304);
        assert_eq!(word.load(), 0x0102_0304);
        let mut all = [0; 24];
        read_exact_at(&*storage.open(&path, Access::Read).unwrap(), &mut all, 0).unwrap();
        assert_eq!(all[16..], 0x0102_0304_u64.to_le_bytes());
        assert_eq!(all[..16], [0; 16]);
    });
}

#[test]
fn file_opened_for_reading_is_not_written() {
    on_both(|storage, dir| {
        let path = dir.join("file");
        storage.create(&path).unwrap();
        let file = storage.open(&path, Access::Read).unwrap();
        assert!(file.write_at(b"x", 0).is_err());
        assert!(file.set_len(3).is_err());
        assert_eq!(file.len().unwrap(), 0);
    });
}
