//! Checks of a plugin's file before it is loaded.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::bank::bank;
use super::{Ended, ended, host, program};

/// A copy of the bank that only its owner may change.
fn copy() -> (TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bank.so");
    fs::copy(bank(), &path).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (dir, path)
}

fn digest(path: &str) -> String {
    let ended = host(&["inspect", path, "--json", "--allow-world-writable"]);
    let machine: Value = serde_json::from_str(&ended.out).unwrap();
    machine["sha256"].as_str().unwrap().to_owned()
}

fn run(path: &str, args: &[&str]) -> Ended {
    let commands = r#"{"command":"Deposit","payload":{"account_id":1,"amount":1}}"#;
    let mut program = program();
    program.args(["run", "--quiet", "--commands", "-", "--plugin", path]).args(args);
    ended(program.write_stdin(commands))
}

#[test]
fn digest_that_is_none_is_a_usage_error() {
    let long = "0".repeat(65);
    let cases = [
        ("12ab", "64 hexadecimal digits, not 4"),
        (long.as_str(), "64 hexadecimal digits, not 65"),
        ("", "digits"),
        ("sha256:ab", "'s', character 1, is none"),
    ];
    for (hex, told) in cases {
        run("x.so", &["--sha256", hex]).fails_with(2, told);
        host(&["inspect", "x.so", "--sha256", hex]).fails_with(2, told);
    }
}

#[test]
fn crate_s_folder_cannot_be_pinned() {
    let dir = tempfile::tempdir().unwrap();
    let (path, zeros) = (dir.path().to_str().unwrap(), "0".repeat(64));
    let told = format!("--sha256 pins a file, and {path} is a crate's folder");
    run(path, &["--sha256", &zeros]).fails_with(2, &told);
    host(&["inspect", path, "--sha256", &zeros]).fails_with(2, &told);
}

#[test]
#[cfg(any(target_os = "linux", windows))]
fn only_the_file_that_is_meant_runs() {
    let (_dir, path) = copy();
    let digest = digest(&path);
    let ran = run(&path, &["--sha256", &digest]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert!(ran.out.contains("committed"), "{}", ran.out);
    let tables = host(&["inspect", &path, "--sha256", &digest.to_uppercase()]);
    assert!(tables.out.contains(&format!("\nfile's SHA-256  {digest}\n")), "{}", tables.out);

    let mut bytes = fs::read(&path).unwrap();
    bytes.push(0);
    fs::write(&path, bytes).unwrap();
    for ended in
        [run(&path, &["--sha256", &digest]), host(&["inspect", &path, "--sha256", &digest])]
    {
        ended.fails_with(1, "is not the plugin that it should be, and was not loaded");
        assert!(ended.err.contains(&format!("pinned to {digest}; get the right file")));
    }
}

#[test]
#[cfg(unix)]
fn file_that_all_may_write_runs_only_when_allowed() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_dir, path) = copy();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
    let told = "or allow world-writable plugins (--sha256 HEX, --allow-world-writable)";
    run(&path, &[]).fails_with(1, told);
    host(&["inspect", &path]).fails_with(1, told);
    assert_eq!(run(&path, &["--allow-world-writable"]).code, Some(0));
    if cfg!(target_os = "linux") {
        assert_eq!(run(&path, &["--sha256", &digest(&path)]).code, Some(0), "a pin is enough");
    }
}

#[test]
#[cfg(unix)]
fn plugin_that_is_no_file_is_not_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let pipe = dir.path().join("plugin.so");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    run(pipe.to_str().unwrap(), &[]).fails_with(1, "is a named pipe");
    run("/dev/null", &[]).fails_with(1, "is a device");
}

#[test]
#[cfg(any(target_os = "linux", windows))]
fn half_a_file_is_an_error_and_no_crash() {
    let (_dir, path) = copy();
    let file = fs::File::options().write(true).open(Path::new(&path)).unwrap();
    file.set_len(4096).unwrap();
    drop(file);
    run(&path, &[])
        .fails_with(1, "is damaged; copy or build it anew\n  caused by: it ends at byte");
}

#[test]
fn manifest_as_the_plugin_names_the_folder_to_give() {
    let dir = tempfile::tempdir().unwrap();
    let manifest = dir.path().join("Cargo.toml");
    fs::write(&manifest, "[package]").unwrap();
    let told = format!("give its folder {}, which is then built", dir.path().display());
    run(manifest.to_str().unwrap(), &[]).fails_with(2, &told);
    host(&["inspect", manifest.to_str().unwrap()]).fails_with(2, &told);
}
