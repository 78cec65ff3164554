//! Checkpoints that a run makes on its own.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, Command, Stdio},
};

use super::{
    data::{json, quick_folder, statevec},
    unruly,
};

/// A conversation with the unruly plugin that makes a checkpoint for each MiB of log.
fn talk(dir: &Path) -> Child {
    let mut program = Command::new(env!("CARGO_BIN_EXE_statevec-host"));
    program.current_dir(dir).args(["run", "--quiet", "--data", "data", "--commands", "-"]);
    program.args(["--checkpoint-every", "1", "--plugin"]).arg(unruly::library());
    let program = program.stdin(Stdio::piped()).stdout(Stdio::piped());
    program.stderr(fs::File::create(dir.join("err.txt")).unwrap()).spawn().unwrap()
}

/// Sends 6 MiB of commands, one after another, and counts those that were committed.
fn send(child: &mut Child, before: impl FnOnce()) -> usize {
    let mut input = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut answer = |what: &str| {
        input.write_all(unruly::commands(&[what]).as_bytes()).unwrap();
        answers.next().unwrap().unwrap().contains("\"committed\"")
    };
    assert!(answer(""), "the directory is open");
    before();
    let long = "x".repeat(60_000);
    (0..100).filter(|_| answer(&long)).count()
}

#[test]
fn log_that_grows_gets_checkpoints_while_commands_are_answered() {
    let dir = quick_folder();
    let mut child = talk(dir.path());
    assert_eq!(send(&mut child, || ()), 100);
    assert!(child.wait().unwrap().success());
    let status = json(&statevec(&["status", dir.path().join("data").to_str().unwrap(), "--json"]));
    let made = status["checkpoints"].as_array().unwrap();
    assert!(!made.is_empty() && made[0].as_u64().unwrap() >= 17, "{made:?}");
}

#[test]
fn checkpoint_that_fails_is_told_and_no_command_fails_with_it() {
    let dir = quick_folder();
    let mut child = talk(dir.path());
    let data = dir.path().join("data");
    let committed = send(&mut child, || {
        fs::rename(data.join("checkpoints"), data.join("elsewhere")).unwrap();
    });
    assert_eq!(committed, 100);
    child.wait().unwrap();
    let said = fs::read_to_string(dir.path().join("err.txt")).unwrap();
    assert!(said.contains("a checkpoint failed; no outcome is affected"), "{said}");
    assert!(said.contains("data/checkpoints"), "{said}");
    fs::rename(data.join("elsewhere"), data.join("checkpoints")).unwrap();
    let verified = json(&statevec(&["log", "verify", data.to_str().unwrap(), "--json"]));
    assert_eq!(verified["last_entry"], 101);
}
