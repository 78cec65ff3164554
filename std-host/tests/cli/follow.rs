//! `log --follow`: entries that come later are shown, too.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use serde_json::Value;

use super::data::{COMMANDS, quick_folder, run_on, statevec};

#[test]
fn entries_that_are_written_later_are_shown_as_they_come() {
    let folder = quick_folder();
    let data = folder.path().join("data");
    let few = folder.path().join("few.jsonl");
    let text: String = fs::read_to_string(COMMANDS)
        .unwrap()
        .lines()
        .take(2)
        .fold(String::new(), |text, line| text + line + "\n");
    fs::write(&few, text).unwrap();
    assert_eq!(run_on(&data, few.to_str().unwrap(), &[]).status, Some(0));

    let mut follower = Command::new(env!("CARGO_BIN_EXE_statevec-host"))
        .args(["log", data.to_str().unwrap(), "--follow", "--from", "2"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(follower.stdout.take().unwrap()).lines();
    let mut next = || -> u64 {
        let line: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        line["entry"].as_u64().unwrap()
    };
    assert_eq!(next(), 2);
    let more = ["--ext-seq", "line", "--sync-every", "7"];
    assert_eq!(run_on(&data, COMMANDS, &more).status, Some(0));
    for entry in 3..=210 {
        assert_eq!(next(), entry);
    }
    follower.kill().unwrap();
    follower.wait().unwrap();
}

#[test]
fn a_file_cannot_be_followed() {
    let folder = quick_folder();
    let file = folder.path().join("day.txlog");
    let file = file.to_str().unwrap();
    let ran = super::data::run(&["--commands", COMMANDS, "--record", file]);
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    let refused = statevec(&["log", file, "--follow"]);
    assert_eq!((refused.status, refused.out.as_str()), (Some(2), ""));
    assert!(refused.err.contains("--follow needs a data directory"), "{}", refused.err);
}
