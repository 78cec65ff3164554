//! The search for libraries that a plugin needs.

use std::{env, fs};

use statevec_host::LoadError;

use crate::{bank, chain, changed, open};

/// A library that the bank needs. The tests give it names that no system has, and each its own: a
/// library that is loaded answers to its name in the whole process.
const NEEDED: &[u8] = b"USERENV.dll";

/// The system's error for a library that is not found.
const NOT_FOUND: &str = "os error 126";

#[test]
fn missing_library_is_named_with_the_system_s_words() {
    let (_folder, path) = changed(NEEDED, b"Missing.dll");
    let error = open(&path).unwrap_err();
    let LoadError::MissingLibraries { missing, .. } = &error else { panic!("{error}") };
    assert_eq!(missing, &["missing.dll"]);
    let text = chain(&error);
    assert!(
        text.contains("needs a DLL that is neither in its folder nor in the system's"),
        "{text}"
    );
    assert!(text.contains(NOT_FOUND), "{text}");
}

#[test]
fn library_in_the_working_folder_is_not_taken() {
    let (_folder, path) = changed(NEEDED, b"Planted.dll");
    let planted = tempfile::tempdir().unwrap();
    fs::copy(bank(), planted.path().join("planted.dll")).unwrap();
    // It holds for the whole process. The other tests give full paths.
    env::set_current_dir(planted.path()).unwrap();
    let text = chain(&open(&path).unwrap_err());
    // SAFETY: the library is a copy of the bank, which is sound to load (rule 6).
    let found_by_windows = unsafe { libloading::Library::new("planted.dll") }.is_ok();
    env::set_current_dir(env::temp_dir()).unwrap();
    assert!(text.contains(NOT_FOUND), "{text}");
    assert!(found_by_windows, "Windows itself searches the working folder");
}

#[test]
fn library_beside_the_plugin_is_taken() {
    let (folder, path) = changed(NEEDED, b"Besides.dll");
    fs::copy(bank(), folder.path().join("besides.dll")).unwrap();
    // It lacks the functions of the system's library, which is another error, or none under Wine.
    if let Err(error) = open(&path) {
        assert!(matches!(error, LoadError::Library { .. }), "{error}");
        assert!(!chain(&error).contains(NOT_FOUND), "{}", chain(&error));
    }
}
