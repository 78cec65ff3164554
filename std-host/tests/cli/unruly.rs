//! A plugin that prints, changes the working folder and ends the process.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// Cargo puts the library of a dev-dependency beside the test binary.
pub(crate) fn library() -> PathBuf {
    let name = format!("{DLL_PREFIX}statevec_unruly{DLL_SUFFIX}");
    std::env::current_exe().unwrap().with_file_name(name)
}

/// The commands with these harms, one per line.
pub(crate) fn commands(whats: &[&str]) -> String {
    let line = |what| format!("{{\"command\":\"Do\",\"payload\":{{\"what\":\"{what}\"}}}}\n");
    whats.iter().map(line).collect()
}

/// A run of the plugin in a folder of its own, with its commands in the file `in.jsonl`.
pub(crate) fn program(dir: &Path, whats: &[&str]) -> Command {
    fs::write(dir.join("in.jsonl"), commands(whats)).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_statevec-host"));
    program.current_dir(dir).args(["run", "--quiet", "--commands", "in.jsonl", "--plugin"]);
    program.arg(library()).stdin(Stdio::null());
    program
}

pub(crate) fn lines(output: &Output) -> Vec<Value> {
    let text = str::from_utf8(&output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

fn stderr(output: &Output) -> &str {
    str::from_utf8(&output.stderr).unwrap()
}

/// The plugin ends the process in the third command: the outcomes before it are there, and a note
/// names it.
fn ends_in_third_command(what: &str, how: &str) -> Output {
    let dir = tempfile::tempdir().unwrap();
    // To a file, where outcomes are written in large pieces, and to a pipe.
    let out = fs::File::create(dir.path().join("out.jsonl")).unwrap();
    let mut program = program(dir.path(), &["", "reject", what, ""]);
    let to_file = program.stdout(out).stderr(Stdio::piped()).output().unwrap();
    let to_pipe = program.stdout(Stdio::piped()).output().unwrap();
    let out = fs::read(dir.path().join("out.jsonl")).unwrap();
    for (output, stdout) in [(&to_file, &out), (&to_pipe, &to_pipe.stdout)] {
        let note = format!(
            "error: the plugin ended the process ({how}) in the command of line 3 with ext_seq 3; \
             all outcomes before it have been printed\n"
        );
        assert!(stderr(output).ends_with(&note), "{what}: {}", stderr(output));
        let output = Output { stdout: stdout.clone(), ..output.clone() };
        let lines = lines(&output);
        assert_eq!(lines.len(), 2, "{what}");
        assert_eq!(
            (&lines[0]["status"], &lines[1]["status"]),
            (&"committed".into(), &"rejected".into())
        );
    }
    to_pipe
}

#[test]
fn outcomes_before_an_abort_are_printed_and_the_command_is_named() {
    let output = ends_in_third_command("abort", "SIGABRT");
    assert_eq!(output.status.signal(), Some(libc::SIGABRT));
}

#[test]
fn outcomes_before_a_wild_write_are_printed_and_the_command_is_named() {
    let output = ends_in_third_command("fault", "SIGSEGV");
    assert_eq!(output.status.signal(), Some(libc::SIGSEGV));
}

#[test]
fn outcomes_before_a_stack_overflow_are_printed_and_the_command_is_named() {
    let output = ends_in_third_command("overflow", "SIGSEGV");
    assert_eq!(output.status.signal(), Some(libc::SIGSEGV));
}

#[test]
fn plugin_that_exits_with_success_does_not_pass_for_a_run_that_ended_well() {
    let output = ends_in_third_command("exit", "exit");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn thread_that_exits_between_two_commands_does_not_pass_for_success() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_statevec-host"));
    program.args(["run", "--quiet", "--commands", "-", "--plugin"]).arg(library());
    program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = program.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(commands(&["", "exit later"]).as_bytes()).unwrap();
    // The input stays open until the thread has ended the process.
    let output = child.wait_with_output().unwrap();
    drop(input);
    assert_eq!(lines(&output).len(), 2);
    let note = "error: the plugin ended the process (exit) from a thread of its own\n";
    assert!(stderr(&output).ends_with(note), "{}", stderr(&output));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn printing_of_a_plugin_goes_to_stderr() {
    let dir = tempfile::tempdir().unwrap();
    let output = program(dir.path(), &["print", "print"]).output().unwrap();
    assert_eq!(lines(&output).len(), 2, "only JSON stands on standard output");
    let printed = "unruly: created\nunruly: a line\nunruly: a line\n";
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), printed));

    let mut inspect = Command::new(env!("CARGO_BIN_EXE_statevec-host"));
    let output = inspect.args(["inspect", "--json"]).arg(library()).output().unwrap();
    let machine: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(machine["name"], "unruly");
}

#[test]
fn entry_whose_replay_ends_the_process_is_named_behind_the_lines_before_it() {
    let dir = tempfile::tempdir().unwrap();
    let recorded = |command: &mut Command| command.current_dir(&dir).output().unwrap();
    let mut run = program(dir.path(), &["", "reject", "harm", ""]);
    assert!(recorded(run.args(["--record", "log"])).status.success());
    let mut replay = Command::new(env!("CARGO_BIN_EXE_statevec-host"));
    // Another build of the plugin aborts where this one accepted.
    replay.args(["replay", "log", "--emit", "changes", "--plugin"]).arg(library());
    let output = recorded(replay.env("STATEVEC_UNRULY_HARM", "abort"));
    assert_eq!(output.status.signal(), Some(libc::SIGABRT));
    let note = "error: the plugin ended the process (SIGABRT) in entry 3 of the log\n";
    assert!(stderr(&output).ends_with(note), "{}", stderr(&output));
    assert_eq!(lines(&output).len(), 1);
}

#[test]
fn plugin_that_ends_the_process_while_it_is_loaded_is_told() {
    let mut inspect = Command::new(env!("CARGO_BIN_EXE_statevec-host"));
    inspect.arg("inspect").arg(library());
    let output = inspect.env("STATEVEC_UNRULY_FOLDER", "no such folder").output().unwrap();
    assert_eq!(output.status.signal(), Some(libc::SIGABRT));
    let note = "error: the plugin ended the process (SIGABRT) while it was loaded\n";
    assert!(stderr(&output).ends_with(note), "{}", stderr(&output));
}

#[test]
fn files_that_a_replay_reads_are_not_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let recorded = |command: &mut Command| command.current_dir(&dir).output().unwrap();
    assert!(recorded(program(dir.path(), &[""]).args(["--record", "log"])).status.success());
    assert!(recorded(program(dir.path(), &[""]).args(["--data", "data"])).status.success());
    fs::copy(library(), dir.path().join("plugin.so")).unwrap();
    fs::write(dir.path().join("config"), "").unwrap();
    let with_plugin = ["--plugin", "./plugin.so", "--config-file", "config"];
    for (log, state_out, file) in [
        ("log", "log", "a file of the log"),
        ("data", "data/LOCK", "a file of the log"),
        ("data", "data/new", "a file of the log"),
        ("log", "plugin.so", "the plugin"),
        ("log", "config", "the configuration file"),
    ] {
        let mut replay = Command::new(env!("CARGO_BIN_EXE_statevec-host"));
        replay.args(["replay", log, "--state-out", state_out]).args(with_plugin);
        let output = recorded(&mut replay);
        let told = format!("--state-out {state_out}: is {file}, and would overwrite it");
        assert_eq!(output.status.code(), Some(2), "{state_out}: {}", stderr(&output));
        assert!(stderr(&output).contains(&told), "{}", stderr(&output));
    }
}

#[test]
fn plugin_that_changes_the_folder_moves_no_file_of_the_program() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("elsewhere")).unwrap();
    for state_out in ["here.jsonl", "./elsewhere/../here.jsonl"] {
        let mut program = program(dir.path(), &["", ""]);
        let output =
            program.args(["--config", "elsewhere", "--state-out", state_out]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let state = dir.path().join("here.jsonl");
        assert_eq!(fs::read_to_string(&state).unwrap().matches("\"sys_id\":").count(), 2);
        fs::remove_file(state).unwrap();
        assert_eq!(fs::read_dir(dir.path().join("elsewhere")).unwrap().count(), 0);
    }
}

#[test]
fn plugin_that_changes_the_folder_while_it_is_loaded_moves_no_file_of_the_program() {
    let dir = tempfile::tempdir().unwrap();
    let elsewhere = dir.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::write(dir.path().join("in.jsonl"), commands(&["", ""])).unwrap();
    let run = ["run", "--commands", "in.jsonl"];
    for args in [
        &[&run[..], &["--state-out", "state"]].concat()[..],
        &[&run[..], &["--state-in", "state", "--data", "other"]].concat(),
        &[&run[..], &["--record", "recorded"]].concat(),
        &[&run[..], &["--data", "data"]].concat(),
        &[&run[..], &["--data", "data", "--ext-seq", "line"]].concat(),
        &["replay", "recorded"],
        &["replay", "data", "--state-out", "replayed"],
        &["header", "--out", "schema.h"],
    ] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_statevec-host"));
        program.current_dir(&dir).env("STATEVEC_UNRULY_FOLDER", &elsewhere);
        let plugin: &[&str] = if args[0] == "header" { &[] } else { &["--quiet", "--plugin"] };
        let output = program.args(args).args(plugin).arg(library());
        let output = output.output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", stderr(&output));
    }
    for name in ["state", "other", "recorded", "data", "replayed", "schema.h"] {
        assert!(dir.path().join(name).exists(), "{name}");
    }
    assert_eq!(fs::read_dir(elsewhere).unwrap().count(), 0);
}

#[test]
fn debug_messages_are_shown_with_their_command_and_escaped() {
    let dir = tempfile::tempdir().unwrap();
    let output = program(dir.path(), &["", "log", ""]).arg("--log").output().unwrap();
    let expected = "unruly: created\nlog: ext_seq 2: two lines,\\nand \\u{1b}[2J\n";
    assert_eq!(stderr(&output), expected);
    let output = program(dir.path(), &["log"]).output().unwrap();
    assert_eq!(stderr(&output), "unruly: created\n", "only if they are wanted");
}
