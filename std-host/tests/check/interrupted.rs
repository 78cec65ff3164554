//! Checks that are interrupted or time out, and the processes and files that they leave.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::library;

/// Starts a check of a defective plugin, with a folder for temporary files of its own.
fn start(folder: &TempDir, defect: &str, args: &[&str]) -> Child {
    let mut program = Command::new(env!("CARGO_BIN_EXE_statevec-host"));
    program.arg("check").arg(library("statevec_defective")).args(args);
    program.arg("--config").arg(format!("defect = {defect}")).env("TMPDIR", folder.path());
    program.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

/// The command lines of the processes that have this folder in their environment.
fn alive(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    let is_of_folder = |process: &std::path::PathBuf| {
        let environment = fs::read(process.join("environ")).unwrap_or_default();
        String::from_utf8_lossy(&environment).contains(folder.to_str().unwrap())
    };
    let line = |process: std::path::PathBuf| fs::read_to_string(process.join("cmdline")).ok();
    entries.filter(is_of_folder).filter_map(line).collect()
}

/// Waits until the processes of a folder are as they should be.
#[track_caller]
fn wait_until(folder: &TempDir, is_so: impl Fn(&[String]) -> bool) {
    let start = Instant::now();
    loop {
        let alive = alive(folder.path());
        if is_so(&alive) {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "{alive:?}");
        thread::sleep(Duration::from_millis(20));
    }
}

fn has(part: &str) -> impl Fn(&[String]) -> bool {
    move |lines| lines.iter().any(|line| line.contains(part))
}

fn send(child: &Child, signal: Signal) {
    let pid = Pid::from_raw(child.id().try_into().unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

#[test]
fn interrupted_checks_leave_processes_or_files() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let folder = tempfile::tempdir().unwrap();
        let child = start(&folder, "endless wait for a process", &["--only", "commands"]);
        wait_until(&folder, has("sleep"));
        send(&child, signal);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code));
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains("ended the checks before there was a report"), "{text}");
        wait_until(&folder, <[String]>::is_empty);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    }
}

#[test]
fn process_that_a_plugin_started_outlives_the_limit_of_time() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["--only", "commands", "--timeout", "1"];
    let child = start(&folder, "endless wait for a process", &args);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    wait_until(&folder, <[String]>::is_empty);
}

#[test]
fn process_that_a_plugin_left_outlives_the_check() {
    let folder = tempfile::tempdir().unwrap();
    let child = start(&folder, "process that stays", &["--only", "commands"]);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "another check finds it");
    wait_until(&folder, <[String]>::is_empty);
}

#[test]
fn check_that_is_killed_leaves_a_plugin_running() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = start(&folder, "endless loop on u64::MAX", &["--only", "boundary-values"]);
    wait_until(&folder, has("check-child"));
    send(&child, Signal::KILL);
    child.wait().unwrap();
    wait_until(&folder, <[String]>::is_empty);
}
