//! Libraries without the one symbol, or with one that leads nowhere. Written in C, and skipped
//! where there is no compiler.

use statevec_host::LoadError;
use statevec_tests::{
    beside,
    c::{C11, Compiler},
};

use crate::library::{chain, open_at};

const NO_SYMBOL: &str = "LIBRARY is a shared library, but exports no symbol \
    statevec_runtime_plugin_entry_v1: is it a StateVec plugin?";

#[test]
fn library_without_the_symbol() {
    assert_no_entry("SYMBOL_MISSING");
}

#[test]
fn library_that_hides_the_symbol() {
    assert_no_entry("SYMBOL_HIDDEN");
}

#[test]
fn library_with_a_weak_symbol_that_nobody_defines() {
    assert_no_entry("SYMBOL_UNDEFINED");
}

#[test]
#[cfg(target_os = "linux")]
fn library_whose_symbol_is_null() {
    assert_no_entry("SYMBOL_NULL");
}

#[test]
fn library_with_a_table_of_zeros() {
    let Some((error, text)) = refusal("TABLE_OF_ZEROS") else { return };
    assert!(matches!(error, LoadError::Table { .. }), "{error:?}");
    let expected = "LIBRARY: the plugin's table cannot be used: \
                    plugin has ABI version 0; this host speaks version 1";
    assert_eq!(text, expected);
}

#[track_caller]
fn assert_no_entry(case: &str) {
    let Some((error, text)) = refusal(case) else { return };
    match error {
        // Of an ELF file the symbol table tells, and otherwise the dynamic linker.
        LoadError::NoEntry { symbol: "statevec_runtime_plugin_entry_v1", source, .. } => {
            assert!(source.is_none() || !cfg!(target_os = "linux"));
        }
        other => panic!("{other:?}"),
    }
    assert!(text.starts_with(NO_SYMBOL), "{text}");
}

/// The loader's error for a case of `tests/c/misbehaving.c`; none without a compiler.
fn refusal(case: &str) -> Option<(LoadError, String)> {
    const SHARED: &[&str] = &["-fPIC", "-shared"];
    let compiler = Compiler::c(&format!("{case}, a library that is no plugin"))?;
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("plugin.so");
    let source = beside::source("tests/c/misbehaving.c");
    compiler.compile(&[C11, SHARED, &[&format!("-D{case}")]].concat(), &[&source], &library);
    let error = open_at(&library).unwrap_err();
    let text = chain(&error).replace(&library.display().to_string(), "LIBRARY");
    Some((error, text))
}
