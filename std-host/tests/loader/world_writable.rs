//! Files that every user of the machine may change, or exchange for others.

use std::{
    fs::{self, Permissions},
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
};

use statevec_host::{LoadError, LoadOptions};
use tempfile::TempDir;

use crate::{library::Library, open, open_with};

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[track_caller]
fn assert_refused(path: &Path, writable: &Path, mode: &str) {
    let error = open(path).unwrap_err();
    assert!(matches!(error, LoadError::WorldWritable { .. }), "{error}");
    let text = error.to_string();
    let expected = format!("may change {} (its mode is {mode})", writable.display());
    assert!(text.contains(&expected) && text.contains("chmod o-w"), "{text}");
}

/// A folder, and a library in a folder without links in its name.
fn library() -> (TempDir, std::path::PathBuf) {
    let folder = TempDir::new().unwrap();
    let below = folder.path().canonicalize().unwrap().join("below");
    fs::create_dir(&below).unwrap();
    let path = Library::default().build(&below, "plugin.so");
    set_mode(&path, 0o755);
    (folder, path)
}

#[test]
fn file_that_all_may_write() {
    let (_folder, path) = library();
    for (mode, text) in [(0o666, "666"), (0o757, "757"), (0o702, "702")] {
        set_mode(&path, mode);
        assert_refused(&path, &path, text);
    }
    assert!(open_with(&LoadOptions::new().allow_world_writable(true), &path).is_ok());
    assert_refused(&path, &path, "702");
    set_mode(&path, 0o700);
    assert!(open(&path).is_ok(), "a mapped file is checked again at each load");
}

#[test]
fn folder_in_which_all_may_exchange_files() {
    let (_folder, path) = library();
    let beside = path.parent().unwrap();
    set_mode(beside, 0o777);
    assert_refused(&path, beside, "777");
    set_mode(beside, 0o1777);
    assert!(open(&path).is_ok(), "only the owner may exchange it");
    set_mode(beside, 0o777);
    assert!(open_with(&LoadOptions::new().allow_world_writable(true), &path).is_ok());
}

#[test]
fn link_that_all_may_turn_elsewhere() {
    let (_folder, path) = library();
    let (_links, beside_link) = library();
    let links = beside_link.parent().unwrap();
    let link = links.join("link.so");
    symlink(&path, &link).unwrap();
    assert!(open(&link).is_ok());
    set_mode(links, 0o777);
    assert_refused(&link, links, "777");
}
