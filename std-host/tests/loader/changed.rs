//! Plugin files that change while the process runs.

use std::{
    fs,
    os::unix::fs::symlink,
    path::Path,
    time::{Duration, SystemTime},
};

use statevec_host::LoadError;
use tempfile::TempDir;

use crate::{library::named, open};

fn assert_changed(path: &Path) {
    let error = open(path).unwrap_err();
    assert!(matches!(error, LoadError::Changed { .. }), "{error}");
    assert!(error.to_string().contains("restart the process"), "{error}");
}

#[test]
fn replaced_file_is_not_answered_with_the_old_code() {
    let folder = TempDir::new().unwrap();
    let path = named("old").build(folder.path(), "plugin.so");
    let old = open(&path).unwrap();
    let new = named("new").build(folder.path(), "new.so");
    fs::rename(new, &path).unwrap();
    assert_changed(&path);
    assert_changed(&path);

    let link = folder.path().join("link.so");
    symlink(&path, &link).unwrap();
    assert_changed(&link);
    assert_eq!(old.api().plugin_name(), Ok(&b"old"[..]), "the loaded plugin goes on");

    let beside = folder.path().join("beside.so");
    fs::copy(&path, &beside).unwrap();
    assert_eq!(open(&beside).unwrap().name(), "new", "under a name of its own it is loaded");
}

#[test]
fn touched_file_counts_as_changed_under_each_of_its_names() {
    let folder = TempDir::new().unwrap();
    let path = named("old").build(folder.path(), "plugin.so");
    let [hard_link, never_opened] =
        ["hard-link.so", "never-opened.so"].map(|name| folder.path().join(name));
    fs::hard_link(&path, &hard_link).unwrap();
    fs::hard_link(&path, &never_opened).unwrap();
    open(&path).unwrap();
    assert_eq!(open(&hard_link).unwrap().name(), "old");

    let file = fs::File::options().append(true).open(&path).unwrap();
    file.set_modified(SystemTime::now() + Duration::from_secs(5)).unwrap();
    assert_changed(&path);
    assert_changed(&hard_link);
    assert_changed(&never_opened);
}

#[test]
fn file_that_could_not_be_loaded_may_be_put_right() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("plugin.so");
    fs::write(&path, "not yet").unwrap();
    assert!(matches!(open(&path), Err(LoadError::Library { .. })));
    named("right").build(folder.path(), "plugin.so");
    assert_eq!(open(&path).unwrap().name(), "right");
}

#[test]
fn threads_that_open_one_file_get_one_plugin() {
    let folder = TempDir::new().unwrap();
    let path = named("shared").build(folder.path(), "plugin.so");
    let address = || open(&path).unwrap().api().schema_bytes().unwrap().as_ptr().addr();
    let addresses = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(address)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(addresses.windows(2).all(|pair| pair[0] == pair[1]), "{addresses:?}");
}
