//! Files that are no plugins, or not for this machine.

use std::{fs, path::Path};

use statevec_host::LoadError;

use crate::{chain, changed, copy, open};

#[test]
fn library_for_another_machine_is_named_before_the_system_refuses_it() {
    let (_folder, path) = copy();
    let mut bytes = fs::read(&path).unwrap();
    let header = u32::from_le_bytes(bytes[0x3c..0x40].try_into().unwrap()) as usize;
    // The machine of a PE header: arm64.
    bytes[header + 4..header + 6].copy_from_slice(&0xaa64_u16.to_le_bytes());
    fs::write(&path, bytes).unwrap();
    let error = open(&path).unwrap_err();
    assert!(matches!(error, LoadError::Machine { .. }), "{error}");
    assert!(error.to_string().contains("is built for aarch64 (64-bit, little-endian)"), "{error}");
}

#[test]
fn library_that_is_cut_off_is_damaged() {
    let (_folder, path) = copy();
    let file = fs::File::options().write(true).open(&path).unwrap();
    file.set_len(file.metadata().unwrap().len() / 2).unwrap();
    drop(file);
    let error = open(&path).unwrap_err();
    assert!(matches!(error, LoadError::Damaged { .. }), "{error}");
    assert!(chain(&error).contains("it ends at byte"), "{error}");
}

#[test]
fn library_without_the_entry_is_no_plugin_and_does_not_run() {
    let (_folder, path) =
        changed(b"statevec_runtime_plugin_entry_v1", b"statevec_runtime_plugin_extra_v1");
    let error = open(&path).unwrap_err();
    assert!(matches!(error, LoadError::NoEntry { source: None, .. }), "{error}");
    let kernel = Path::new(r"C:\Windows\System32\kernel32.dll");
    let error = open(kernel).unwrap_err();
    assert!(matches!(error, LoadError::NoEntry { .. }), "{error}");
}

#[test]
fn other_files_are_refused_by_their_kind() {
    let folder = tempfile::tempdir().unwrap();
    let error = open(folder.path()).unwrap_err();
    assert!(error.to_string().contains("is a folder, and a plugin is a regular file"), "{error}");
    for (bytes, told) in [
        (&b"\x7fELF\x02\x01\x01"[..], "is an ELF file, as Linux has, and a plugin for this system"),
        (b"# a text that is no plugin, and longer than a header\n", "cannot be loaded as a shared"),
    ] {
        let path = folder.path().join("file.dll");
        fs::write(&path, bytes).unwrap();
        let error = open(&path).unwrap_err();
        assert!(error.to_string().contains(told), "{error}");
    }
    let error = open(&folder.path().join("missing.dll")).unwrap_err();
    assert!(matches!(error, LoadError::File { .. }), "{error}");
}

#[test]
fn file_that_took_the_place_of_a_loaded_one_is_not_answered_with_the_old_code() {
    let (folder, path) = copy();
    open(&path).unwrap();
    fs::rename(&path, folder.path().join("old.dll")).unwrap();
    fs::copy(crate::bank(), &path).unwrap();
    let error = open(&path).unwrap_err();
    assert!(matches!(error, LoadError::Changed { .. }), "{error}");
    assert!(error.to_string().contains("restart the process"), "{error}");
}

#[test]
fn library_says_whether_it_catches_panics() {
    let (_folder, path) = copy();
    assert_eq!(open(&path).unwrap().catches_panics(), Some(true));
}
