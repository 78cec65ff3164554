//! A disk that is full, and one that is mounted for reading only. Mounting needs root.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{
    data::{COMMANDS, json, run_on, statevec},
    unruly,
};

/// A file system of its own, in memory.
struct Mounted {
    folder: tempfile::TempDir,
}

impl Mounted {
    /// `None` if this process may not mount.
    fn with_size(mib: u64) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let options = format!("size={mib}m");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(folder.path());
        match mount.output() {
            Ok(output) if output.status.success() => Some(Self { folder }),
            other => {
                let said = other.map(|output| String::from_utf8_lossy(&output.stderr).into_owned());
                println!("skipped, because this process may not mount: {said:?}");
                None
            }
        }
    }

    fn remount(&self, options: &str) {
        let options = format!("remount,{options}");
        let mut mount = Command::new("mount");
        let status = mount.args(["-o", &options]).arg(self.folder.path()).status().unwrap();
        assert!(status.success(), "{options}");
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // The folder can be removed only afterwards.
        let _status = Command::new("umount").arg(self.folder.path()).status();
    }
}

fn size_of(path: &Path) -> u64 {
    fs::metadata(path).unwrap().len()
}

#[test]
fn full_disk_at_the_first_start_is_told_and_a_larger_one_goes_on() {
    let Some(disk) = Mounted::with_size(16) else { return };
    let ran = run_on(&disk.data(), COMMANDS, &[]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""), "{}", ran.err);
    assert!(ran.err.contains("No space left on device"), "{}", ran.err);
    assert!(ran.err.contains("/data/"), "it names no file: {}", ran.err);
    disk.remount("size=256m");
    let ran = run_on(&disk.data(), COMMANDS, &[]);
    assert_eq!((ran.status, ran.out.lines().count()), (Some(0), 210), "{}", ran.err);
}

/// The disk is full in the middle of a run, when the log needs another segment.
#[test]
fn full_disk_in_the_middle_of_a_run_loses_no_outcome() {
    const LINES: usize = 1_200;
    // Room for the first segment of 64 MiB, the plugin and little else.
    let Some(disk) = Mounted::with_size(66 + size_of(&unruly::library()).div_ceil(1 << 20)) else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let long = "x".repeat(60_000);
    let run = || {
        let mut program = unruly::program(dir.path(), &vec![long.as_str(); LINES]);
        program.args(["--ext-seq", "line", "--sync-every", "16", "--data"]).arg(disk.data());
        program.output().unwrap()
    };
    let full = run();
    let said = String::from_utf8_lossy(&full.stderr);
    assert_eq!(full.status.code(), Some(1), "{said}");
    assert!(said.contains("the log stopped at entry"), "{said}");
    assert!(said.contains("No space left on device"), "{said}");
    let acknowledged = unruly::lines(&full).len();
    assert!((900..LINES).contains(&acknowledged), "{acknowledged}");

    // Still full: it starts, answers the commands that are recorded, and stops at the same place.
    let again = run();
    assert_eq!(again.status.code(), Some(1));
    let lines = unruly::lines(&again);
    assert!(lines.len() >= acknowledged, "{} of {acknowledged}", lines.len());
    assert!(lines[..acknowledged].iter().all(|line| line["status"] == "duplicate"));

    disk.remount("size=256m");
    let last = run();
    assert_eq!(last.status.code(), Some(0), "{}", String::from_utf8_lossy(&last.stderr));
    let lines = unruly::lines(&last);
    assert_eq!(lines.len(), LINES);
    assert_eq!(lines[LINES - 1]["status"], "committed");
    let verified = json(&statevec(&["log", "verify", disk.data().to_str().unwrap(), "--json"]));
    assert_eq!(verified["last_entry"], LINES);
}

#[test]
fn directory_that_can_only_be_read_is_shown_and_not_run_on() {
    let Some(disk) = Mounted::with_size(256) else { return };
    assert_eq!(run_on(&disk.data(), COMMANDS, &[]).status, Some(0));
    disk.remount("ro");
    let ran = run_on(&disk.data(), COMMANDS, &["--ext-seq", "line"]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""), "{}", ran.err);
    assert!(ran.err.contains("Read-only file system"), "{}", ran.err);
    assert!(ran.err.contains("/data/"), "it names no file: {}", ran.err);
    let data = disk.data();
    let data = data.to_str().unwrap();
    assert_eq!(statevec(&["checkpoint", data]).status, Some(1));
    for command in [&["log"][..], &["log", "verify"], &["log", "stat"], &["replay"], &["status"]] {
        let ran = statevec(&[command, &[data]].concat());
        assert_eq!(ran.status, Some(0), "{command:?}: {}", ran.err);
    }
}
