//! Crate folders as plugins: the package that is built, and the errors without one.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{Ended, ended, host, program};

/// Writes a package; `lib` is the rest of its `[lib]` section.
fn package(dir: &Path, name: &str, lib: &str, code: &str) {
    fs::create_dir_all(dir.join("src")).unwrap();
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[lib]\n{lib}\n"
    );
    fs::write(dir.join("Cargo.toml"), manifest).unwrap();
    fs::write(dir.join("src/lib.rs"), code).unwrap();
}

const CDYLIB: &str = "crate-type = [\"cdylib\"]";

/// A workspace of empty packages: a cdylib in each of these folders, and a plain library in its
/// root.
fn workspace(cdylibs: &[&str]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    package(dir.path(), "plain", "", "");
    for name in cdylibs {
        package(&dir.path().join(name), name, CDYLIB, "");
    }
    let manifest = dir.path().join("Cargo.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, format!("{text}\n[workspace]\nmembers = {cdylibs:?}\n")).unwrap();
    dir
}

/// Inspects a folder, with a target folder inside it.
fn inspect(dir: &Path) -> Ended {
    let target = dir.join("target");
    ended(program().args(["inspect"]).arg(dir).env("CARGO_TARGET_DIR", target))
}

#[test]
fn a_folder_without_a_manifest_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    host(&["inspect", dir.path().to_str().unwrap()])
        .fails_with(2, "is a folder without Cargo.toml");
}

#[test]
fn a_folder_without_a_cdylib_is_refused_with_the_remedy() {
    inspect(workspace(&[]).path()).fails_with(2, "add crate-type = [\"cdylib\"]");
}

#[test]
fn of_several_cdylibs_none_is_guessed() {
    let dir = workspace(&["b", "a"]);
    let ended = inspect(dir.path());
    ended.fails_with(2, "several packages that build a shared library");
    let (a, b) = (
        ended.err.find("/a,").or(ended.err.find("\\a,")),
        ended.err.find("/b\n").or(ended.err.find("\\b\n")),
    );
    assert!(a.zip(b).is_some_and(|(a, b)| a < b), "{}", ended.err);
}

#[test]
fn the_only_cdylib_below_is_built_and_loaded() {
    // The missing entry symbol shows that the library was built and loaded.
    inspect(workspace(&["only"]).path()).fails_with(1, "statevec_runtime_plugin_entry_v1");
}

#[test]
#[cfg(unix)]
fn what_was_just_built_may_lie_where_all_may_write() {
    use std::env::{self, consts::DLL_EXTENSION};
    use std::os::unix::fs::PermissionsExt as _;
    let dir = workspace(&["only"]);
    // With a target given, cargo builds in a folder of the target's name.
    let target = env::var_os("CARGO_BUILD_TARGET").unwrap_or_default();
    let release = dir.path().join("target").join(target).join("release");
    fs::create_dir_all(&release).unwrap();
    fs::set_permissions(&release, fs::Permissions::from_mode(0o777)).unwrap();
    inspect(dir.path()).fails_with(1, "statevec_runtime_plugin_entry_v1");

    let library = fs::read_dir(&release)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|extension| extension == DLL_EXTENSION))
        .unwrap();
    host(&["inspect", library.to_str().unwrap()])
        .fails_with(1, "every user of this machine may change");
}

#[test]
fn the_folder_s_own_cdylib_comes_before_those_below() {
    let dir = workspace(&["below"]);
    package(dir.path(), "own", CDYLIB, "");
    let manifest = dir.path().join("Cargo.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, format!("{text}\n[workspace]\nmembers = [\"below\"]\n")).unwrap();
    let ended = inspect(dir.path());
    ended.fails_with(1, "statevec_runtime_plugin_entry_v1");
    assert!(ended.err.contains("own"), "{}", ended.err);
}

#[test]
fn a_crate_that_does_not_compile_is_a_plugin_error() {
    let dir = workspace(&[]);
    package(dir.path(), "broken", CDYLIB, "fn broken( {");
    let ended = inspect(dir.path());
    ended.fails_with(1, "package broken does not build");
    assert!(ended.err.contains("src/lib.rs:1"), "the compiler's words are shown: {}", ended.err);
}

#[test]
fn a_manifest_with_a_mistake_is_a_plugin_error() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("Cargo.toml"), "[package").unwrap();
    inspect(dir.path()).fails_with(1, "`cargo metadata` failed on");
}

#[test]
fn a_machine_without_cargo_is_told_so() {
    let dir = workspace(&["only"]);
    let ended = ended(program().arg("inspect").arg(dir.path()).env("CARGO", "no-such-cargo"));
    ended.fails_with(1, "cannot run no-such-cargo; install Rust");
}

#[test]
fn cargo_configuration_of_the_plugins_folder_counts() {
    let dir = workspace(&["plugin"]);
    let folder = dir.path().join("plugin");
    package(&folder, "plugin", CDYLIB, "pub const SETTING: &str = env!(\"PLUGIN_SETTING\");");
    inspect(&folder).fails_with(1, "package plugin does not build");
    fs::create_dir(folder.join(".cargo")).unwrap();
    let config = "[env]\nPLUGIN_SETTING = \"yes\"\n";
    fs::write(folder.join(".cargo/config.toml"), config).unwrap();
    // The package itself, and a folder above it. The built library lacks the entry symbol only.
    for given in [&folder, dir.path()] {
        inspect(given).fails_with(1, "statevec_runtime_plugin_entry_v1");
    }
}

#[test]
#[cfg(unix)]
fn toolchain_file_of_the_plugins_folder_counts() {
    use std::env;
    use std::os::unix::fs::PermissionsExt as _;
    // rustup's proxy stands for `cargo` and chooses the toolchain by its working folder.
    let dir = workspace(&["plugin"]);
    let (cargo, seen) = (dir.path().join("my-cargo"), dir.path().join("seen"));
    let real = env::var("CARGO").unwrap();
    let script = format!("#!/bin/sh\npwd >> '{}'\nexec '{real}' \"$@\"\n", seen.display());
    fs::write(&cargo, script).unwrap();
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
    let folder = dir.path().join("plugin").canonicalize().unwrap();
    let mut program = program();
    program.current_dir(&dir).args(["inspect", "plugin"]).env("CARGO", "./my-cargo");
    program.env("CARGO_TARGET_DIR", dir.path().join("target"));
    ended(&mut program).fails_with(1, "statevec_runtime_plugin_entry_v1");
    let folder = format!("{0}\n{0}\n", folder.display());
    assert_eq!(fs::read_to_string(seen).unwrap(), folder, "metadata and build");
}

#[test]
#[cfg(unix)]
fn signal_that_ends_the_compiler_has_its_own_exit_code() {
    use std::os::unix::fs::PermissionsExt as _;

    let dir = workspace(&["only"]);
    let cargo = dir.path().join("cargo");
    // As a terminal does, which sends SIGINT to both.
    fs::write(&cargo, "#!/bin/sh\nkill -INT $PPID\nexit 1\n").unwrap();
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
    let mut program = program();
    program.args(["run", "--commands", "/dev/null", "--plugin"]).arg(dir.path());
    ended(program.env("CARGO", cargo)).fails_with(130, "SIGINT ended the run; 0 of the commands");
}
