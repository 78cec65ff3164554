//! Plugins that are pinned to their digest.

use std::fs::{self, File};

use statevec_host::{LoadError, LoadOptions, Sha256};

use crate::{copy, open, open_with};

fn digest(path: &std::path::Path) -> Sha256 {
    Sha256::of(File::open(path).unwrap()).unwrap()
}

#[test]
fn pinned_file_cannot_be_changed_or_exchanged_from_the_check_on() {
    let (folder, path) = copy();
    let digest = digest(&path);
    let plugin = open_with(&LoadOptions::new().sha256(digest), &path).unwrap();
    assert_eq!(plugin.sha256(), Some(digest));
    assert_eq!(plugin.file_sha256().unwrap(), Some(digest));
    File::options().write(true).open(&path).expect_err("a pinned file is written to");
    fs::rename(&path, folder.path().join("moved.dll")).expect_err("a pinned file is moved");
    fs::remove_file(&path).expect_err("a pinned file is removed");
    let again = open_with(&LoadOptions::new().sha256(digest), &path).unwrap();
    assert_eq!(again.name(), plugin.name());
}

#[test]
fn file_with_another_digest_is_not_loaded_and_is_free_again() {
    let (_folder, path) = copy();
    let zeros = LoadOptions::new().sha256(Sha256::from_bytes([0; 32]));
    let error = open_with(&zeros, &path).unwrap_err();
    assert!(matches!(error, LoadError::Digest { .. }), "{error}");
    fs::remove_file(&path).unwrap();
}

#[test]
fn file_that_somebody_writes_to_is_not_loaded() {
    let (_folder, path) = copy();
    let digest = digest(&path);
    let writer = File::options().write(true).open(&path).unwrap();
    let pinned = LoadOptions::new().sha256(digest);
    for error in [open_with(&pinned, &path).unwrap_err(), open(&path).unwrap_err()] {
        assert!(matches!(error, LoadError::File { .. }), "{error}");
    }
    drop(writer);
    open_with(&pinned, &path).unwrap();
}
