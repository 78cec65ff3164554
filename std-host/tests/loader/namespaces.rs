//! Plugins where `/proc` is missing, and on file systems that forbid to execute. The tests start
//! themselves in a mount namespace of their own, and do nothing where the system refuses one.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use statevec_host::{LoadError, LoadOptions, Sha256};
use tempfile::TempDir;

use crate::{library::named, open, open_with};

/// Names the plugin for a test that was started in a namespace.
const PLUGIN: &str = "STATEVEC_TEST_PLUGIN_IN_NAMESPACE";

fn pinned(path: &Path) -> LoadOptions {
    LoadOptions::new().sha256(Sha256::of(fs::File::open(path).unwrap()).unwrap())
}

fn unshare(script: &str, plugin: &Path) -> Option<Output> {
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-ec", script, "sh"]);
    command.arg(env::current_exe().unwrap()).env(PLUGIN, plugin);
    command.output().ok()
}

/// Runs a test of this file again, after a script has changed the mounts.
fn again(test: &str, mounts: &str, plugin: &Path) {
    if !unshare(mounts, plugin).is_some_and(|output| output.status.success()) {
        eprintln!("skipped: {test}, because no mount namespace can be made here");
        return;
    }
    let script = format!("{mounts}\nexec \"$1\" --exact namespaces::{test}");
    let output = unshare(&script, plugin).unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

#[test]
fn a7_missing_proc() {
    if let Some(path) = env::var_os(PLUGIN).map(PathBuf::from) {
        let error = open_with(&pinned(&path), &path).unwrap_err();
        assert!(matches!(error, LoadError::PinUnsupported { .. }), "{error:?}");
        assert!(error.to_string().contains("mount /proc"), "{error}");
        assert_eq!(
            open(&path).unwrap().name(),
            "without-proc",
            "without a pin it is loaded by path"
        );

        // The checks by path, with what the descriptor makes harmless elsewhere.
        let folder = TempDir::new().unwrap();
        let two = named("two").build(folder.path(), "two.so");
        let claim = format!("-Wl,-soname,{}", two.display());
        let one = named("one").link(folder.path(), "one.so", &[&claim]);
        assert_eq!(open(&one).unwrap().name(), "one");
        let error = open(&two).unwrap_err();
        assert!(matches!(error, LoadError::AnotherFile { .. }), "{error:?}");
        let token = named("token").build(folder.path(), "$LIB.so");
        assert!(matches!(open(token), Err(LoadError::LinkerToken { .. })));
        return;
    }
    let folder = TempDir::new().unwrap();
    let path = named("without-proc").build(folder.path(), "plugin.so");
    again("a7_missing_proc", "mount -t tmpfs tmpfs /proc", &path);
}

#[test]
fn a8_noexec_mount() {
    if let Some(path) = env::var_os(PLUGIN).map(PathBuf::from) {
        for error in [open(&path).unwrap_err(), open_with(&pinned(&path), &path).unwrap_err()] {
            assert!(matches!(error, LoadError::NoExec { .. }), "{error:?}");
            assert!(error.to_string().contains("mounted noexec"), "{error}");
        }
        return;
    }
    let folder = TempDir::new().unwrap();
    let path = named("noexec").build(folder.path(), "plugin.so");
    let mounted = folder.path().join("mounted");
    fs::create_dir(&mounted).unwrap();
    let mounts = format!(
        "mount -t tmpfs -o noexec,mode=755 tmpfs {0}\ncp {1} {0}/plugin.so",
        mounted.display(),
        path.display()
    );
    again("a8_noexec_mount", &mounts, &mounted.join("plugin.so"));
}
