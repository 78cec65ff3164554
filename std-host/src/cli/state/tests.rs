//! Tests of `--state-out`: destinations that are refused, and files that are replaced.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use statevec_abi_alloc::schema::{SchemaRegistry, Version};
use statevec_host::Store;

use super::{StateError, StateOut};
use crate::cli::interrupt::Interrupt;

fn store() -> Store {
    let schema = SchemaRegistry::with_records(Version::new(1, 0), &[]).unwrap();
    Store::new(Arc::new(schema)).unwrap()
}

fn names_in(dir: &Path) -> Vec<OsString> {
    let entries = fs::read_dir(dir).unwrap();
    entries.map(|entry| entry.unwrap().file_name()).collect()
}

fn find(path: &Path) -> Result<StateOut, StateError> {
    StateOut::find(path, false)
}

/// Writes an empty store.
fn write(path: &Path) -> Result<(), StateError> {
    find(path)?.write(&store(), &mut io::sink(), &Interrupt::watch().unwrap())
}

#[test]
fn run_that_fails_leaves_the_old_file_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.jsonl");
    fs::write(&path, "old").unwrap();
    let state_out = find(&path).unwrap();
    assert_eq!(names_in(dir.path()), ["state.jsonl"], "nothing is left by the check");
    drop(state_out);
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(names_in(dir.path()), ["state.jsonl"]);
}

#[test]
fn run_that_ends_well_replaces_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.jsonl");
    fs::write(&path, "old").unwrap();
    write(&path).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"", "there are no records");
    assert_eq!(names_in(dir.path()), ["state.jsonl"]);
}

#[test]
fn folder_that_is_not_there_is_told_before_the_run() {
    let dir = tempfile::tempdir().unwrap();
    let error = find(&dir.path().join("no/state.jsonl")).unwrap_err();
    assert!(matches!(error, StateError::Create { .. }), "{error}");
}

#[test]
fn folder_is_not_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let error = find(dir.path()).unwrap_err();
    assert!(matches!(error, StateError::NotAFile { .. }), "{error}");
    for end in ["new/", "new/."] {
        let error = find(&dir.path().join(end)).unwrap_err();
        assert!(matches!(error, StateError::Folder { .. }), "{end}: {error}");
    }
    assert!(names_in(dir.path()).is_empty());
}

#[test]
fn standard_output_is_refused_while_it_holds_outcomes() {
    let error = find(Path::new("-")).unwrap_err();
    assert!(matches!(error, StateError::Outcomes { .. }), "{error}");
    assert!(StateOut::find(Path::new("-"), true).is_ok());
}

#[test]
fn leftovers_of_a_process_that_died_do_not_block_the_next_run() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.jsonl");
    for number in 0..3 {
        fs::write(dir.path().join(format!(".state-{number}.tmp")), "left").unwrap();
    }
    write(&path).unwrap();
    assert_eq!(names_in(dir.path()).len(), 4);
}

#[cfg(unix)]
mod on_unix {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

    use super::*;
    use crate::cli::state::Identity;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn old_mode_and_owner_stay_and_a_new_file_is_its_owners_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.jsonl");
        write(&path).unwrap();
        assert_eq!(mode(&path), 0o600);
        for kept in [0o600, 0o640, 0o664, 0o200] {
            fs::set_permissions(&path, fs::Permissions::from_mode(kept)).unwrap();
            if rustix::process::geteuid().is_root() {
                std::os::unix::fs::chown(&path, Some(1234), Some(4321)).unwrap();
            }
            let old = fs::metadata(&path).unwrap();
            write(&path).unwrap();
            let new = fs::metadata(&path).unwrap();
            assert_eq!(mode(&path), kept);
            assert_eq!((new.uid(), new.gid()), (old.uid(), old.gid()));
            assert_ne!(new.ino(), old.ino(), "it is another file");
        }
    }

    #[test]
    fn links_keep_being_links_dangling_or_not() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("data")).unwrap();
        let (real, link) = (dir.path().join("data/real"), dir.path().join("link"));
        symlink("data/real", &link).unwrap();
        symlink("link", dir.path().join("link of a link")).unwrap();
        for name in ["link", "link of a link"] {
            for old in [None, Some("old")] {
                let _ = fs::remove_file(&real);
                if let Some(old) = old {
                    fs::write(&real, old).unwrap();
                }
                write(&dir.path().join(name)).unwrap();
                assert_eq!(fs::read(&real).unwrap(), b"", "{name}");
                assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
            }
        }
        symlink("circle", dir.path().join("circle")).unwrap();
        let error = find(&dir.path().join("circle")).unwrap_err();
        assert!(matches!(error, StateError::Create { .. }), "{error}");
    }

    #[test]
    fn name_of_255_bytes_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x".repeat(255));
        write(&path).unwrap();
        write(&path).unwrap();
        assert_eq!(names_in(dir.path()).len(), 1);
    }

    #[test]
    fn inputs_are_recognised_behind_every_name() {
        let dir = tempfile::tempdir().unwrap();
        let input = dir.path().join("input");
        fs::write(&input, "").unwrap();
        fs::hard_link(&input, dir.path().join("hard")).unwrap();
        symlink("input", dir.path().join("soft")).unwrap();
        let identity = Identity::of_path(&input);
        for name in ["input", "hard", "soft", "./input"] {
            let state_out = find(&dir.path().join(name)).unwrap();
            let error = state_out.check_differs("the plugin", identity).unwrap_err();
            assert!(error.to_string().contains("is the plugin, and would overwrite it"), "{error}");
        }
        let other = find(&dir.path().join("other")).unwrap();
        assert!(other.check_differs("the plugin", identity).is_ok());
        assert!(other.check_differs("the plugin", None).is_ok());
    }

    #[test]
    fn devices_and_pipes_are_written_to_and_not_replaced() {
        write(Path::new("/dev/null")).unwrap();
        assert!(fs::metadata("/dev/null").unwrap().mode() & 0o170_000 == 0o020_000);
    }

    #[test]
    fn file_that_is_not_writable_is_not_replaced() {
        if rustix::process::geteuid().is_root() {
            // Root may write to every file.
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.jsonl");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
        let error = find(&path).unwrap_err();
        assert!(error.to_string().contains("not writable"), "{error}");
    }
}
