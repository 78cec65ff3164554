//! Conversations through pipes, and signals in the middle of them.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::process::{Pid, Signal, kill_process};

use super::bank::bank;
use super::unruly;

const DEPOSIT: &str = "{\"command\":\"Deposit\",\"payload\":{\"account_id\":1,\"amount\":1}}";

fn bank_program() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_statevec-host"));
    program.args(["run", "--quiet", "--plugin"]).arg(bank());
    program
}

fn talk(program: &mut Command) -> Child {
    let pipes = program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    pipes.spawn().unwrap()
}

fn set_non_blocking(fd: impl std::os::fd::AsFd) {
    let flags = fcntl_getfl(&fd).unwrap();
    fcntl_setfl(&fd, flags | OFlags::NONBLOCK).unwrap();
}

#[test]
fn command_is_answered_at_once_whatever_ends_its_line() {
    for end in ["\n", "\n\n", "\r\n\r\n", "\n \t\n"] {
        let mut child = talk(bank_program().args(["--commands", "-"]));
        let mut stdin = child.stdin.take().unwrap();
        let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
        for _ in 0..3 {
            stdin.write_all(format!("{DEPOSIT}{end}").as_bytes()).unwrap();
            let answer = answers.next().unwrap().unwrap();
            assert!(answer.contains("committed"), "{end:?}: {answer}");
        }
        drop(stdin);
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn non_blocking_output_that_is_full_is_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let commands = dir.path().join("many.jsonl");
    fs::write(&commands, format!("{DEPOSIT}\n").repeat(5000)).unwrap();
    let (mut reader, writer) = io::pipe().unwrap();
    set_non_blocking(&writer);
    let mut program = bank_program();
    program.arg("--commands").arg(commands).stdout(writer).stderr(Stdio::piped());
    let child = program.spawn().unwrap();
    drop(program);
    thread::sleep(Duration::from_millis(300));
    let mut out = String::new();
    reader.read_to_string(&mut out).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
    assert_eq!(out.lines().count(), 5000);
}

#[test]
fn non_blocking_input_that_is_empty_is_waited_for() {
    let (reader, mut writer) = io::pipe().unwrap();
    set_non_blocking(&reader);
    let mut program = bank_program();
    program.args(["--commands", "-"]).stdin(reader).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = program.spawn().unwrap();
    drop(program);
    thread::sleep(Duration::from_millis(300));
    writer.write_all(format!("{DEPOSIT}\n").as_bytes()).unwrap();
    drop(writer);
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
    assert_eq!(output.stdout.iter().filter(|byte| **byte == b'\n').count(), 1);
}

#[test]
fn bad_line_is_answered_with_its_place_and_ends_the_run_unless_it_keeps_going() {
    let text = format!("{DEPOSIT}\n\nnonsense\n{DEPOSIT}\n");
    let run = |args: &[&str]| {
        let mut child = talk(bank_program().args(["--commands", "-"]).args(args));
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.code(), unruly::lines(&output))
    };
    let (code, lines) = run(&[]);
    assert_eq!((code, lines.len()), (Some(2), 2));
    assert_eq!((&lines[1]["line"], &lines[1]["status"]), (&3.into(), &"invalid".into()));
    assert_eq!(lines[1]["column"], 1);
    let (code, lines) = run(&["--keep-going"]);
    assert_eq!((code, lines.len()), (Some(0), 3));
    assert_eq!((&lines[1]["status"], &lines[2]["ext_seq"]), (&"invalid".into(), &2.into()));
}

/// Sends a signal while the plugin naps in the second of three commands.
fn interrupted(signal: Signal, args: &[&str]) -> (tempfile::TempDir, std::process::Output) {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("state.jsonl"), "old").unwrap();
    let mut program = unruly::program(dir.path(), &["", "nap", "", ""]);
    program.args(["--state-out", "state.jsonl"]).args(args);
    let mut child = talk(&mut program);
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut out = String::new();
    stdout.read_line(&mut out).unwrap();
    thread::sleep(Duration::from_millis(100));
    kill_process(Pid::from_child(&child), signal).unwrap();
    stdout.read_to_string(&mut out).unwrap();
    let mut output = child.wait_with_output().unwrap();
    output.stdout = out.into_bytes();
    (dir, output)
}

#[test]
fn signal_lets_the_running_command_end_and_leaves_whole_files() {
    for (signal, code, name) in [(Signal::INT, 130, "SIGINT"), (Signal::TERM, 143, "SIGTERM")] {
        let (dir, output) = interrupted(signal, &[]);
        let err = String::from_utf8(output.stderr.clone()).unwrap();
        assert_eq!(output.status.code(), Some(code), "{err}");
        assert_eq!(unruly::lines(&output).len(), 2, "the command that ran has its outcome");
        let told = format!("error: {name} ended the run; 2 of the commands have run\n");
        assert!(err.ends_with(&told), "{err}");
        assert_eq!(fs::read(dir.path().join("state.jsonl")).unwrap(), b"old");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "nothing is left behind");

        let (dir, output) = interrupted(signal, &["--state-out-on-error"]);
        assert_eq!(output.status.code(), Some(code));
        let state = fs::read_to_string(dir.path().join("state.jsonl")).unwrap();
        assert_eq!(state.matches("\"sys_id\":").count(), 2);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    }
}

#[test]
fn signal_ends_a_wait_for_input_after_the_summary() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_statevec-host"));
    program.args(["run", "--commands", "-", "--plugin"]).arg(bank());
    let mut child = talk(&mut program);
    let mut stdin = child.stdin.take().unwrap();
    // Half a line: it must not run.
    stdin.write_all(format!("{DEPOSIT}\n{DEPOSIT}").as_bytes()).unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut out = String::new();
    stdout.read_line(&mut out).unwrap();
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    stdout.read_to_string(&mut out).unwrap();
    let output = child.wait_with_output().unwrap();
    drop(stdin);
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), out.lines().count()), (Some(130), 1), "{err}");
    assert!(err.starts_with("1 command: 1 committed, 0 rejected; 2 events; "), "{err}");
}

#[test]
fn signal_ends_a_replay_after_its_summary() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("in.jsonl"), format!("{DEPOSIT}\n").repeat(100_000)).unwrap();
    let mut record = bank_program();
    record.args(["--commands", "in.jsonl", "--no-outcomes", "--record", "log"]);
    assert!(record.current_dir(&dir).status().unwrap().success());
    let mut replay = Command::new(env!("CARGO_BIN_EXE_statevec-host"));
    replay.args(["replay", "log", "--state-out", "state", "--emit", "events", "--plugin"]);
    let mut child = talk(replay.arg(bank()).current_dir(&dir));
    let mut stdout = child.stdout.take().unwrap();
    // Some lines: the rest does not fit into the pipe, so the replay has not ended.
    stdout.read_exact(&mut [0; 100]).unwrap();
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert!(rest.ends_with("}\n"), "the last line is whole");
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{err}");
    assert!(err.starts_with("replayed "), "{err}");
    assert!(err.contains("\nerror: SIGINT ended the replay after entry "), "{err}");
    assert!(!dir.path().join("state").exists());
}

#[test]
fn log_and_replay_wait_for_a_full_pipe_and_end_with_a_closed_one() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("in.jsonl"), format!("{DEPOSIT}\n").repeat(2000)).unwrap();
    let mut record = bank_program();
    record.args(["--commands", "in.jsonl", "--no-outcomes", "--data", "data"]);
    assert!(record.current_dir(&dir).status().unwrap().success());
    let mut inspect = Command::new(env!("CARGO_BIN_EXE_statevec-host"));
    let schema = inspect.args(["inspect", "--json"]).arg(bank()).output().unwrap().stdout;
    for (args, lines) in [
        (vec!["log", "data"], 2000),
        (vec!["replay", "data", "--quiet", "--emit", "events"], 4000),
        (vec!["inspect", "--json", bank().to_str().unwrap()], schema.lines().count()),
    ] {
        let start = |writer: io::PipeWriter| {
            let mut program = Command::new(env!("CARGO_BIN_EXE_statevec-host"));
            program.args(&args).current_dir(&dir).stdout(writer).stderr(Stdio::piped());
            program.spawn().unwrap()
        };
        let (mut reader, writer) = io::pipe().unwrap();
        set_non_blocking(&writer);
        let child = start(writer);
        thread::sleep(Duration::from_millis(300));
        let mut out = String::new();
        reader.read_to_string(&mut out).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}: {output:?}");
        assert_eq!(out.lines().count(), lines, "{args:?}");

        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let output = start(writer).wait_with_output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), err.contains("error")), (Some(0), false), "{args:?}");
    }
}

#[test]
fn second_signal_ends_a_plugin_that_never_returns() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = talk(&mut unruly::program(dir.path(), &["", "hang"]));
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let pid = Pid::from_child(&child);
    thread::sleep(Duration::from_millis(100));
    kill_process(pid, Signal::TERM).unwrap();
    thread::sleep(Duration::from_millis(100));
    assert_eq!(child.try_wait().unwrap(), None, "the first waits for the command");
    kill_process(pid, Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(143));
}
