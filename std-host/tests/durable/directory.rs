//! Directories that are in use, incomplete, foreign or from the future.

use std::{path::Path, sync::Arc};

use statevec_host::{
    durable::{DataDirectory, DurableEngine, DurableError, DurableOptions},
    storage::{FileSystem, Storage},
    txlog::{DirectoryLock, LogError},
};

use crate::{
    crash::closed,
    ledger::ledger,
    life::{World, chain, with_slashes},
};

fn files(world: &World, extension: &str) -> Vec<std::path::PathBuf> {
    let mut files = world.disk.files();
    files.retain(|path| path.extension().is_some_and(|e| e == extension));
    files
}

fn refused(world: &mut World) -> String {
    let before = world.disk.files();
    let error = world.open().map(drop).unwrap_err();
    assert_eq!(world.disk.files(), before, "something was changed");
    chain(&error)
}

#[test]
fn second_process_is_refused_and_told_who_has_the_directory() {
    let folder = tempfile::tempdir().unwrap();
    let directory = DataDirectory::new(Arc::new(FileSystem), folder.path().join("data"));
    let options = DurableOptions { holder: "the first".into(), ..DurableOptions::default() };
    let first = DurableEngine::open(&directory, &ledger(), options).unwrap();
    let error = DurableEngine::open(&directory, &ledger(), DurableOptions::default()).unwrap_err();
    let DurableError::Log(LogError::Locked { holder, .. }) = &error else { panic!("{error}") };
    assert_eq!(holder, "the first");
    let holder = DirectoryLock::holder(&FileSystem, &directory.lock()).unwrap();
    assert_eq!(holder.as_deref(), Some("the first"));
    drop(first);
    assert_eq!(DirectoryLock::holder(&FileSystem, &directory.lock()).unwrap(), None);
    DurableEngine::open(&directory, &ledger(), DurableOptions::default()).unwrap();
}

/// A process that was forked has a copy of the lock's file until it runs another program.
#[cfg(target_os = "linux")]
#[test]
fn a_copy_of_the_file_keeps_the_lock() {
    use std::{fs, os::fd::BorrowedFd};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("LOCK");
    let take = || DirectoryLock::take(&FileSystem, folder.path(), &path, "");
    let lock = take().unwrap();
    let is_lock = |fd: &fs::DirEntry| fs::read_link(fd.path()).is_ok_and(|to| to == path);
    let fd = fs::read_dir("/proc/self/fd").unwrap().map(Result::unwrap).find(is_lock).unwrap();
    let fd = fd.file_name().into_string().unwrap().parse().unwrap();
    // SAFETY: the lock keeps the descriptor open until it is dropped below (rule 10).
    let copy = unsafe { BorrowedFd::borrow_raw(fd) }.try_clone_to_owned().unwrap();
    assert!(take().is_err());
    drop(lock);
    take().unwrap();
    drop(copy);
}

#[test]
fn directory_that_cannot_be_made_is_named() {
    let directory = DataDirectory::new(Arc::new(FileSystem), "/proc/no/data");
    let error = DurableEngine::open(&directory, &ledger(), DurableOptions::default()).unwrap_err();
    assert!(error.to_string().contains("cannot create /proc/no/data"), "{error}");
    let file = tempfile::NamedTempFile::new().unwrap();
    let directory = DataDirectory::new(Arc::new(FileSystem), file.path());
    let error = DurableEngine::open(&directory, &ledger(), DurableOptions::default()).unwrap_err();
    assert!(error.to_string().contains(file.path().to_str().unwrap()), "{error}");
}

#[test]
fn checkpoints_without_a_log_are_not_the_beginning_of_a_new_one() {
    let mut world = closed();
    for path in files(&world, "txlog") {
        world.disk.remove(&path).unwrap();
    }
    let text = with_slashes(refused(&mut world));
    assert!(
        text.contains(".ckpt has the checkpoint of entry") && text.contains("/data/log"),
        "{text}"
    );
}

#[test]
fn log_without_checkpoints_is_enough() {
    let mut world = closed();
    for path in files(&world, "ckpt") {
        world.disk.remove(&path).unwrap();
    }
    let engine = world.open().unwrap();
    assert_eq!(engine.opened().applied, world.last_acknowledged());
}

#[test]
fn missing_segment_is_named_with_its_entries() {
    let world = closed();
    let segments = files(&world, "txlog");
    for (at, path) in segments.iter().enumerate() {
        let mut world = world.fork();
        for path in files(&world, "ckpt") {
            world.disk.remove(&path).unwrap();
        }
        world.disk.remove(path).unwrap();
        let text = refused(&mut world);
        if let Some(next) = segments.get(at + 1) {
            assert!(text.contains("are missing: the log goes on with"), "{text}");
            assert!(text.contains(next.to_str().unwrap()), "{text}");
        } else {
            assert!(text.contains("was acknowledged"), "{text}");
        }
    }
}

#[test]
fn log_that_ends_before_a_checkpoint_is_refused() {
    let mut world = closed();
    // Without the lock file, only the checkpoint knows of the entries that are gone.
    world.disk.put("/data/LOCK", b"");
    let segments = files(&world, "txlog");
    for path in &segments[1..] {
        world.disk.remove(path).unwrap();
    }
    let text = refused(&mut world);
    assert!(text.contains("is the checkpoint of entry"), "{text}");
}

#[test]
fn log_and_checkpoint_from_the_future_are_not_damage() {
    let world = closed();
    for (extension, at) in [("txlog", 8), ("ckpt", 16)] {
        let mut world = world.fork();
        let path = files(&world, extension).pop().unwrap();
        let mut bytes = world.disk.contents(&path).unwrap();
        bytes[at] = 2;
        if extension == "ckpt" {
            // The block's checksum is right.
            let mut crc = statevec_abi::txlog::Crc32::new();
            let len = u32::from_le_bytes(bytes[..4].try_into().unwrap()) as usize;
            crc.update(&bytes[..4]);
            crc.update(&bytes[8..16 + len]);
            let crc = crc.finish().to_le_bytes();
            bytes[4..8].copy_from_slice(&crc);
        }
        world.disk.put(&path, &bytes);
        let text = refused(&mut world);
        assert!(text.contains("has format version 2; this program reads version 1"), "{text}");
        assert!(text.contains(path.to_str().unwrap()), "{text}");
    }
}

#[test]
fn other_schema_is_refused_with_the_differences() {
    let world = closed();
    let plugin = crate::other_schema::plugin();
    let error = DurableEngine::open(&world.directory, &plugin, world.options()).unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("/data was written with another schema: "), "{text}");
    assert!(text.contains("event Stored: kind "), "{text}");
    assert!(text.contains("migrate"), "{text}");
}

#[test]
fn files_that_are_none_of_ours_are_left_alone() {
    let mut world = closed();
    for path in ["/data/log/notes.txt", "/data/log/1.txlog", "/data/checkpoints/latest.ckpt"] {
        world.disk.put(path, b"notes");
    }
    world.open().unwrap();
    assert_eq!(world.disk.contents("/data/log/1.txlog").as_deref(), Some(&b"notes"[..]));
}

#[test]
fn unfinished_checkpoint_is_removed() {
    let mut world = closed();
    let path = "/data/checkpoints/00000000000000009999.tmp";
    world.disk.put(path, b"half");
    world.open().unwrap();
    assert!(world.disk.open(Path::new(path), statevec_host::storage::Access::Read).is_err());
}

#[test]
fn schema_and_plugin_file_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let directory = DataDirectory::new(Arc::new(FileSystem), folder.path());
    let plugin = ledger();
    let engine = DurableEngine::open(&directory, &plugin, DurableOptions::default()).unwrap();
    engine.close().unwrap();
    let schemas = std::fs::read_dir(directory.schemas()).unwrap();
    let schemas: Vec<_> = schemas.map(|entry| entry.unwrap().path()).collect();
    assert_eq!(schemas.len(), 1);
    assert_eq!(std::fs::read_to_string(&schemas[0]).unwrap(), plugin.schema_json());
    assert_eq!(std::fs::read_dir(directory.plugins()).unwrap().count(), 0, "it is linked in");
}
