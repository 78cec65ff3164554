use std::fs;
use std::path::Path;
use std::sync::Arc;

use statevec_abi_alloc::schema::{SchemaRegistry, Version};
use statevec_host::Store;

use super::{StateError, StateFile};

fn store() -> Store {
    let schema = SchemaRegistry::with_records(Version::new(1, 0), &[]).unwrap();
    Store::new(Arc::new(schema)).unwrap()
}

fn names_in(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_run_that_fails_leaves_the_old_file_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.jsonl");
    fs::write(&path, "old").unwrap();
    StateFile::try_out(&path).unwrap();
    let state = StateFile::create(&path).unwrap();
    state.write(&store()).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"old", "not before it is published");
    drop(state);
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(names_in(dir.path()), ["state.jsonl"]);
}

#[test]
fn a_run_that_ends_well_replaces_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.jsonl");
    fs::write(&path, "old").unwrap();
    let state = StateFile::create(&path).unwrap();
    state.write(&store()).unwrap();
    state.publish().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"", "there are no records");
    assert_eq!(names_in(dir.path()), ["state.jsonl"]);
}

#[test]
fn a_folder_that_is_not_there_is_told_before_the_run() {
    let dir = tempfile::tempdir().unwrap();
    let error = StateFile::try_out(&dir.path().join("no/state.jsonl")).unwrap_err();
    assert!(matches!(error, StateError::Create { .. }), "{error}");
}

#[test]
fn what_is_no_file_is_not_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let error = StateFile::try_out(dir.path()).unwrap_err();
    assert!(matches!(error, StateError::NotAFile { .. }), "{error}");
    assert!(names_in(dir.path()).is_empty());
}

#[cfg(unix)] // Symbolic links and devices.
#[test]
fn links_are_followed_and_devices_are_not_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let (real, link) = (dir.path().join("real"), dir.path().join("link"));
    fs::write(&real, "old").unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    let state = StateFile::create(&link).unwrap();
    state.write(&store()).unwrap();
    state.publish().unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read(&real).unwrap(), b"");

    let error = StateFile::try_out(Path::new("/dev/null")).unwrap_err();
    assert!(matches!(error, StateError::NotAFile { .. }), "{error}");
}
