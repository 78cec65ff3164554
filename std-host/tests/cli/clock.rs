//! Nothing depends on the clock: neither the entries of a log nor what is read from it.

use std::{path::Path, process::Command};

use super::{
    bank::bank,
    data::{COMMANDS, json, quick_folder, statevec},
};

/// A run with another clock; `None` without the program `faketime`.
fn run_at(time: &str, data: &Path, more: &[&str]) -> Option<String> {
    let mut program = Command::new("faketime");
    program.args(["-f", time, env!("CARGO_BIN_EXE_statevec-host"), "run", "--plugin"]);
    program.arg(bank()).args(["--commands", COMMANDS, "--data"]).arg(data).args(more);
    let output = match program.output() {
        Ok(output) => output,
        Err(error) => {
            println!("skipped, because faketime does not start: {error}");
            return None;
        }
    };
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{time}: {said}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn entries_are_the_same_whatever_the_clock_says_and_it_may_go_back() {
    let folder = quick_folder();
    let mut logs = Vec::new();
    for time in ["@2001-01-01 00:00:00", "@2089-01-01 00:00:00"] {
        let data = folder.path().join(&time[1..5]);
        let Some(first) = run_at(time, &data, &["--sync-every", "16"]) else { return };
        let path = data.to_str().unwrap();
        // The time that a sync takes decides how many entries share a frame, and not their bytes.
        let log = statevec(&["log", path]).out;
        // Back to 1980, which is before every time so far.
        let again = run_at("@1980-01-01 00:00:00", &data, &["--ext-seq", "line"]).unwrap();
        assert_eq!(again.matches("\"duplicate\"").count(), first.lines().count());
        let verified = json(&statevec(&["log", "verify", path, "--json"]));
        assert_eq!(verified["last_entry"], 210);
        logs.push((first, log));
    }
    assert!(logs[0] == logs[1], "outcomes or entries differ");
}
