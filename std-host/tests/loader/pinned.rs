//! Plugins that are pinned to the digest of their file.

use std::{fs, path::Path, thread};

use statevec_host::{LoadError, LoadOptions, LoadedPlugin, Sha256};
use tempfile::TempDir;

use crate::{
    library::{Library, named},
    open, open_with,
};

fn digest(path: &Path) -> Sha256 {
    Sha256::of(fs::File::open(path).unwrap()).unwrap()
}

fn pinned(path: &Path, digest: Sha256) -> Result<LoadedPlugin, LoadError> {
    open_with(&LoadOptions::new().sha256(digest), path)
}

/// The address of the code's constants: the same for two plugins if they are one mapping.
fn address(plugin: &LoadedPlugin) -> usize {
    plugin.api().schema_bytes().unwrap().as_ptr().addr()
}

/// A library whose initialiser leaves a file behind.
fn library_with_trace(folder: &Path, name: &str, trace: &Path) -> std::path::PathBuf {
    let rest = format!(
        "#include <stdio.h>\n\
         __attribute__((constructor)) static void trace(void) {{ fclose(fopen(\"{}\", \"w\")); }}",
        trace.display()
    );
    Library { rest, ..named(name) }.build(folder, "plugin.so")
}

#[test]
fn file_with_another_digest_runs_nothing() {
    let folder = TempDir::new().unwrap();
    let trace = folder.path().join("trace");
    let path = library_with_trace(folder.path(), "traced", &trace);
    let (found, expected) = (digest(&path), Sha256::from_bytes([0xab; 32]));

    let error = pinned(&path, expected).unwrap_err();
    assert!(matches!(error, LoadError::Digest { .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains(&format!("its SHA-256 digest is {found}")), "{text}");
    assert!(text.contains(&format!("pinned to {expected}; get the right file")), "{text}");
    assert!(!trace.exists(), "its initialiser ran");

    let plugin = pinned(&path, found).unwrap();
    assert_eq!((plugin.name(), plugin.sha256()), ("traced", Some(found)));
    assert_eq!(plugin.path(), Some(path.as_path()));
    assert!(trace.exists(), "this shows that it would have left its trace");
}

#[test]
fn pinned_plugins_do_not_answer_for_each_other() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("plugin.so");
    let plugins: Vec<_> = ["first", "second", "third"]
        .into_iter()
        .map(|name| {
            // One path for all of them: the file is exchanged each time.
            named(name).build(folder.path(), "plugin.so");
            (name, pinned(&path, digest(&path)).unwrap())
        })
        .collect();
    for (name, plugin) in plugins {
        assert_eq!(plugin.name(), name);
        assert_eq!(plugin.api().plugin_name(), Ok(name.as_bytes()), "asked once more");
    }
}

#[test]
fn digest_that_is_pinned_again_is_mapped_once() {
    let folder = TempDir::new().unwrap();
    let path = named("once").build(folder.path(), "plugin.so");
    let copy = folder.path().join("copy.so");
    fs::copy(&path, &copy).unwrap();
    let digest = digest(&path);
    let first = address(&pinned(&path, digest).unwrap());
    thread::scope(|scope| {
        for path in [&path, &copy, &path, &copy] {
            scope.spawn(move || assert_eq!(address(&pinned(path, digest).unwrap()), first));
        }
    });
}

#[test]
fn file_that_changed_is_refused_though_its_digest_is_mapped() {
    let folder = TempDir::new().unwrap();
    let path = named("before").build(folder.path(), "plugin.so");
    let before = digest(&path);
    let plugin = pinned(&path, before).unwrap();
    named("after").build(folder.path(), "plugin.so");
    assert!(matches!(pinned(&path, before), Err(LoadError::Digest { .. })));
    assert_eq!(plugin.api().plugin_name(), Ok(&b"before"[..]), "the loaded plugin goes on");
    assert_eq!(pinned(&path, digest(&path)).unwrap().name(), "after");
}

#[test]
fn file_that_is_overwritten_after_loading_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let path = named("kept").build(folder.path(), "plugin.so");
    let plugin = pinned(&path, digest(&path)).unwrap();
    // In place: a process that has mapped the file itself sees the change, or dies of it.
    fs::File::options().write(true).truncate(true).open(&path).unwrap();
    assert_eq!(plugin.api().plugin_name(), Ok(&b"kept"[..]));
}

#[test]
fn library_that_is_loaded_without_a_pin_is_mapped_again_for_one() {
    let folder = TempDir::new().unwrap();
    let path = named("both").build(folder.path(), "plugin.so");
    let unpinned = open(&path).unwrap();
    let sealed = pinned(&path, digest(&path)).unwrap();
    assert_ne!(address(&unpinned), address(&sealed));
    assert_eq!((unpinned.sha256(), sealed.sha256()), (None, Some(digest(&path))));
    assert_eq!(address(&open(&path).unwrap()), address(&unpinned));
}

#[test]
fn file_that_all_may_write_is_safe_with_a_pin() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = TempDir::new().unwrap();
    let path = named("writable").build(folder.path(), "plugin.so");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
    assert!(matches!(open(&path), Err(LoadError::WorldWritable { .. })));
    assert_eq!(pinned(&path, digest(&path)).unwrap().name(), "writable");
}

#[test]
fn file_that_would_fill_the_memory_is_not_copied() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("plugin.so");
    fs::File::create(&path).unwrap().set_len((1 << 30) + 1).unwrap();
    let error = pinned(&path, Sha256::from_bytes([0; 32])).unwrap_err();
    assert!(matches!(error, LoadError::TooLarge { .. }), "{error}");
    assert!(error.to_string().contains("has 1073741825 bytes"), "{error}");
}

#[test]
fn pinned_file_that_is_missing_empty_or_no_library() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("plugin.so");
    let of = |bytes: &[u8]| Sha256::of(bytes).unwrap();
    assert!(matches!(pinned(&path, of(b"")), Err(LoadError::File { .. })));
    fs::write(&path, "").unwrap();
    assert!(matches!(pinned(&path, of(b"")), Err(LoadError::Damaged { .. })));
    fs::write(&path, "text").unwrap();
    assert!(matches!(pinned(&path, of(b"text")), Err(LoadError::Library { .. })));
}
