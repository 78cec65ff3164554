//! Libraries that are not whole. Most of them would crash the dynamic linker.

use std::{
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use statevec_host::{LoadError, LoadOptions, Sha256};
use tempfile::TempDir;

use crate::{open, open_with};

/// Cargo puts the library of a dev-dependency beside the test binary.
fn bank() -> PathBuf {
    env::current_exe().unwrap().with_file_name("libstatevec_bank_so.so")
}

fn assert_damaged(error: &LoadError, len: u64) {
    assert!(matches!(error, LoadError::Damaged { .. }), "{len} bytes: {error}");
    assert!(error.to_string().ends_with("plugin.so is damaged; copy or build it anew"), "{error}");
}

#[test]
fn file_that_is_cut_off_anywhere() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("plugin.so");
    fs::copy(bank(), &path).unwrap();
    let file = fs::File::options().write(true).open(&path).unwrap();
    let whole = file.metadata().unwrap().len();
    let regular = (0..whole).step_by(512);
    let interesting = [1, 3, 4, 5, 15, 16, 17, 51, 52, 63, 64, 65, 119, 120, 121, whole - 1];
    let mut lens: Vec<u64> = regular.chain(interesting).collect();
    lens.sort_unstable();
    for &len in lens.iter().rev() {
        file.set_len(len).unwrap();
        assert_damaged(&open(&path).unwrap_err(), len);
    }
    fs::copy(bank(), &path).unwrap();
    assert_eq!(open(&path).unwrap().name(), "bank");
}

/// Without section headers, which stand at the end, the segments must be in the file.
#[test]
fn file_that_grows_loads_once_its_segments_are_there() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("plugin.so");
    let mut bytes = fs::read(bank()).unwrap();
    if cfg!(target_pointer_width = "64") {
        bytes[0x28..0x30].fill(0);
        bytes[0x3c..0x40].fill(0);
    } else {
        bytes[0x20..0x24].fill(0);
        bytes[0x30..0x34].fill(0);
    }
    let mut file = fs::File::create(&path).unwrap();
    let mut damaged = 0;
    let plugin = bytes.chunks(512).find_map(|chunk| {
        file.write_all(chunk).unwrap();
        let len = file.metadata().unwrap().len();
        let error = match open(&path) {
            Ok(plugin) => return Some(plugin),
            Err(error) => error,
        };
        assert_damaged(&error, len);
        damaged += 1;
        None
    });
    assert_eq!(plugin.unwrap().name(), "bank");
    assert!(damaged > 100, "{damaged}");
}

#[test]
fn digest_of_a_cut_off_file_does_not_make_it_whole() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("plugin.so");
    let bytes = &fs::read(bank()).unwrap()[..4096];
    fs::write(&path, bytes).unwrap();
    let pinned = LoadOptions::new().sha256(Sha256::of(bytes).unwrap());
    assert_damaged(&open_with(&pinned, &path).unwrap_err(), 4096);
}

#[test]
fn what_is_missing_is_told_in_bytes() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("plugin.so");
    let bytes = fs::read(bank()).unwrap();
    let told = |path: &Path| crate::chain(&open(path).unwrap_err());
    fs::write(&path, &bytes[..4096]).unwrap();
    let text = told(&path);
    // The section headers stand last.
    let end = format!("it ends at byte 4096, and must have at least {} bytes", bytes.len());
    assert!(text.ends_with(&end), "{text}");
    fs::write(&path, "").unwrap();
    let text = told(&path);
    assert!(text.ends_with("it ends at byte 0, and must have at least 52 bytes"), "{text}");
}
