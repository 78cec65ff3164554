//! Files that cannot be loaded, and libraries whose plugin cannot be used.

use std::{env::consts::ARCH, fs, path::Path, process::Command};

use statevec_host::{LoadError, LoadOptions, Sha256};
use tempfile::TempDir;

use crate::{chain, library::Library, open, open_with};

/// The error for a library, and its text without the folder's name.
fn refusal(library: &Library) -> (LoadError, String) {
    let folder = TempDir::new().unwrap();
    let path = library.build(folder.path(), "plugin.so");
    refusal_of(&path)
}

fn refusal_of(path: &Path) -> (LoadError, String) {
    let error = open(path).unwrap_err();
    let folder = path.parent().unwrap().canonicalize().unwrap();
    let text = chain(&error).replace(&format!("{}/", folder.display()), "");
    (error, text)
}

#[test]
fn library_in_order_is_loaded_and_asked_once() {
    let folder = TempDir::new().unwrap();
    let path = Library::default().build(folder.path(), "plugin.so");
    let plugin = open(&path).unwrap();
    assert_eq!((plugin.name(), plugin.abi_version()), ("in-c", 1));
    assert_eq!(plugin.path(), Some(path.as_path()));
    assert_eq!(plugin.schema_json(), plugin.schema().to_idl_json());
    assert_eq!(plugin.schema().record_defs().len(), 0);

    let again = open(&path).unwrap();
    assert_eq!(again.name(), plugin.clone().name());
    drop(folder);
    assert_eq!(plugin.api().plugin_name(), Ok(&b"in-c"[..]), "the code outlives its file");
}

#[test]
fn missing_file() {
    let folder = TempDir::new().unwrap();
    let (error, text) = refusal_of(&folder.path().join("missing.so"));
    assert!(matches!(error, LoadError::File { .. }));
    assert!(text.starts_with("cannot read the plugin file missing.so: "), "{text}");
}

#[test]
fn text_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("plugin.so");
    fs::write(
        &path,
        "# This is a readme, and no plugin. It is longer than the header of a library.\n",
    )
    .unwrap();
    let (error, text) = refusal_of(&path);
    assert!(matches!(error, LoadError::Library { .. }));
    assert!(
        text.starts_with("plugin.so cannot be loaded as a shared library for this machine: "),
        "{text}"
    );
}

#[test]
fn pipe_folder_or_device_is_waited_for() {
    let folder = TempDir::new().unwrap();
    let pipe = folder.path().join("plugin.so");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for (path, kind) in
        [(folder.path(), "a folder"), (&pipe, "a named pipe"), (Path::new("/dev/zero"), "a device")]
    {
        let pinned = LoadOptions::new().sha256(Sha256::from_bytes([0; 32]));
        for error in [open(path).unwrap_err(), open_with(&pinned, path).unwrap_err()] {
            if cfg!(target_os = "linux") || !matches!(error, LoadError::PinUnsupported { .. }) {
                assert!(matches!(error, LoadError::NotAFile { .. }), "{error}");
                assert!(error.to_string().contains(&format!(" is {kind}, and")), "{error}");
            }
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn library_for_another_machine() {
    let folder = TempDir::new().unwrap();
    let path = Library::default().build(folder.path(), "plugin.so");
    let mut bytes = fs::read(&path).unwrap();
    // The machine in an ELF header: x86_64 where this is not it.
    let (number, name) = if bytes[18] == 62 { (183, "aarch64") } else { (62, "x86_64") };
    bytes[18] = number;
    let other = folder.path().join("other.so");
    fs::write(&other, &bytes).unwrap();
    let (error, text) = refusal_of(&other);
    assert!(matches!(error, LoadError::Machine { .. }), "{text}");
    assert!(text.contains(&format!("is built for {name} (")), "{text}");
    assert!(text.contains(&format!("needs a library for {ARCH} (")), "{text}");

    // The class: 32-bit where this is 64-bit, and the other way round. The headers have another
    // size then.
    bytes[4] = 3 - bytes[4];
    fs::write(&other, bytes).unwrap();
    assert!(matches!(refusal_of(&other), (LoadError::Machine { .. }, _)));
}

#[test]
fn symbol_that_no_library_has_is_named_at_load() {
    let library = Library {
        rest: "int nowhere(void);\nint late(void) { return nowhere(); }".into(),
        ..Library::default()
    };
    let (error, text) = refusal(&library);
    assert!(matches!(error, LoadError::Library { .. }));
    assert!(text.contains("nowhere"), "{text}");
}

#[test]
fn library_that_is_no_plugin() {
    let (error, text) = refusal(&Library { symbol: "something_else", ..Library::default() });
    assert!(matches!(error, LoadError::NoEntry { symbol: "statevec_runtime_plugin_entry_v1", .. }));
    assert!(text.contains("exports no symbol statevec_runtime_plugin_entry_v1"), "{text}");
}

#[test]
fn version_of_another_contract() {
    let (error, text) = refusal(&Library { abi_version: 2, ..Library::default() });
    assert!(matches!(error, LoadError::Table { .. }));
    assert!(text.contains("version 2; this host speaks version 1"), "{text}");
}

#[test]
fn missing_function_is_named() {
    let names =
        ["create_runtime", "destroy_runtime", "run_tx", "validate_biz_invariants", "on_unload"];
    for (entries, name) in names.into_iter().enumerate() {
        let (error, text) = refusal(&Library { entries, ..Library::default() });
        assert!(matches!(error, LoadError::Table { .. }));
        assert!(text.contains(&format!("{name} is null")), "{text}");
    }
}

#[test]
fn name_that_is_no_text() {
    let cases = [
        (None, 4, "null"),
        (Some(b"\xff\xfe!!".to_vec()), 4, "UTF-8"),
        (Some(Vec::new()), 0, "empty"),
        (Some(b"in-c".to_vec()), usize::MAX, "limit"),
    ];
    for (name, name_len, expected) in cases {
        let (error, text) = refusal(&Library { name, name_len, ..Library::default() });
        assert!(matches!(error, LoadError::Name { .. }), "{text}");
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn schema_that_is_no_text_and_text_that_is_no_schema() {
    for schema in [&b""[..], b"\xff"] {
        let (error, text) = refusal(&Library { schema: schema.to_vec(), ..Library::default() });
        assert!(matches!(error, LoadError::SchemaText { .. }), "{text}");
    }
    for schema in [&b"{"[..], b"[]", b"{\"idlVersion\": \"9.0\"}"] {
        let (error, text) = refusal(&Library { schema: schema.to_vec(), ..Library::default() });
        assert!(matches!(error, LoadError::Schema { .. }), "{text}");
    }
}

/// Other formats than ELF are not searched for the symbol.
#[test]
#[cfg(target_os = "linux")]
fn library_that_does_not_catch_panics_is_told_from_one_that_says_nothing() {
    let folder = TempDir::new().unwrap();
    for (value, expected) in [("1", Some(true)), ("0", Some(false)), ("2", None)] {
        let symbol = "statevec_runtime_plugin_catches_panics";
        let rest = format!("const unsigned char {symbol} = {value};");
        let library = Library { rest, ..Library::default() };
        let path = library.build(folder.path(), &format!("{value}.so"));
        assert_eq!(open(&path).unwrap().catches_panics(), expected);
    }
    let silent = Library::default().build(folder.path(), "silent.so");
    assert_eq!(open(&silent).unwrap().catches_panics(), None);
}

#[test]
#[cfg(target_os = "linux")]
fn entry_symbol_that_is_data_beside_code() {
    let folder = TempDir::new().unwrap();
    let source = "const int statevec_runtime_plugin_entry_v1 = 5; int code(void) { return 1; }";
    // One segment holds code and constants.
    let arguments = ["-Wl,-z,noseparate-code"];
    let path = crate::library::compile(source, folder.path(), "plugin.so", &arguments);
    let (error, text) = refusal_of(&path);
    assert!(matches!(error, LoadError::Damaged { .. }), "{text}");
    assert!(text.ends_with("its entry symbol does not lead to code"), "{text}");
}
