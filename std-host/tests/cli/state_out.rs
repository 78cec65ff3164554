//! The file of the records: nothing is lost, and nothing is overwritten by accident.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use statevec_host::Sha256;

use super::bank::bank;
use super::unruly;

fn run(dir: &Path, whats: &[&str], args: &[&str]) -> Output {
    unruly::program(dir, whats).args(args).output().unwrap()
}

fn fails_with(output: &Output, code: i32, error: &str) {
    let err = str::from_utf8(&output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{err}");
    assert!(err.contains(error), "{error:?} is not in {err}");
}

/// Records in a state file, beside the line about the kind's next number.
fn records(dir: &Path, name: &str) -> usize {
    count(&fs::read_to_string(dir.join(name)).unwrap())
}

fn count(state: &str) -> usize {
    state.lines().filter(|line| line.contains("\"sys_id\":")).count()
}

#[test]
fn private_file_stays_private() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("s.jsonl");
    let mode = || fs::metadata(&state).unwrap().permissions().mode() & 0o777;
    assert!(run(dir.path(), &[""], &["--state-out", "s.jsonl"]).status.success());
    assert_eq!(mode(), 0o600, "a new one is its owner's alone");
    for kept in [0o644, 0o600] {
        fs::set_permissions(&state, fs::Permissions::from_mode(kept)).unwrap();
        assert!(run(dir.path(), &[""], &["--state-out", "s.jsonl"]).status.success());
        assert_eq!(mode(), kept);
    }
}

#[test]
fn dangling_link_keeps_being_a_link() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("data")).unwrap();
    symlink("data/real.jsonl", dir.path().join("link.jsonl")).unwrap();
    assert!(run(dir.path(), &["", ""], &["--state-out", "link.jsonl"]).status.success());
    assert!(fs::symlink_metadata(dir.path().join("link.jsonl")).unwrap().is_symlink());
    assert_eq!(records(dir.path(), "data/real.jsonl"), 2);
}

#[test]
fn inputs_of_the_run_are_not_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let plugin = dir.path().join("plugin.so");
    fs::copy(unruly::library(), &plugin).unwrap();
    fs::write(dir.path().join("config"), "").unwrap();
    fs::hard_link(dir.path().join("config"), dir.path().join("other name")).unwrap();
    let run = |state_out: &str| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_statevec-host"));
        fs::write(dir.path().join("in.jsonl"), unruly::commands(&[""])).unwrap();
        program.current_dir(&dir).args(["run", "--plugin", "plugin.so", "--commands", "in.jsonl"]);
        program.args(["--config-file", "config", "--state-out", state_out]).output().unwrap()
    };
    for (state_out, input) in [
        ("in.jsonl", "the file of the commands"),
        ("./config", "the configuration file"),
        ("other name", "the configuration file"),
        ("plugin.so", "the plugin"),
    ] {
        let told = format!("--state-out {state_out}: is {input}, and would overwrite it");
        fails_with(&run(state_out), 2, &told);
    }
    assert_eq!(fs::read_to_string(dir.path().join("in.jsonl")).unwrap(), unruly::commands(&[""]));

    let stdin = fs::File::open(dir.path().join("in.jsonl")).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_statevec-host"));
    program.current_dir(&dir).args(["run", "--plugin", "plugin.so", "--commands", "-"]);
    program.args(["--state-out", "in.jsonl"]).stdin(stdin);
    fails_with(&program.output().unwrap(), 2, "is the file of the commands");
}

#[test]
fn files_that_the_run_writes_are_not_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    symlink(".", dir.path().join("here")).unwrap();
    let refused = |args: &[&str], state_out: &str, file: &str| {
        let args = [args, &["--state-out", state_out]].concat();
        let told = format!("--state-out {state_out}: is {file}, and would overwrite it");
        let output = run(dir.path(), &[""], &args);
        fails_with(&output, 2, &told);
        assert!(output.stdout.is_empty());
    };
    let directory = "a file of the data directory";
    // Before the directory is there, and after that.
    refused(&["--data", "data"], "here/data", directory);
    assert!(run(dir.path(), &[""], &["--data", "data"]).status.success());
    for name in ["data/LOCK", "here/data/log/00000000000000000001.txlog", "data/new"] {
        refused(&["--data", "data"], name, directory);
    }
    refused(&["--record", "recorded"], "recorded", "the file of --record");
    refused(&["--record", "recorded"], "here/recorded", "the file of --record");
    assert!(!dir.path().join("recorded").exists());
    assert!(run(dir.path(), &[""], &["--data", "data", "--state-out", "here/s"]).status.success());
    assert_eq!(records(dir.path(), "s"), 2);
}

#[test]
fn standard_error_is_not_replaced() {
    let dir = tempfile::tempdir().unwrap();
    for state_out in ["/dev/stderr", "/dev/fd/2", "messages"] {
        let messages = fs::File::create(dir.path().join("messages")).unwrap();
        let mut program = unruly::program(dir.path(), &[""]);
        program.args(["--state-out", state_out]).stderr(messages);
        assert_eq!(program.status().unwrap().code(), Some(2));
        let told = fs::read_to_string(dir.path().join("messages")).unwrap();
        assert!(told.contains("is standard error, and would overwrite it"), "{told}");
    }
}

#[test]
fn file_that_was_removed_is_not_made_under_a_wrong_name() {
    let dir = tempfile::tempdir().unwrap();
    let shell = "exec 3>gone; rm gone; exec \"$0\" \"$@\"";
    let run = unruly::program(dir.path(), &[""]);
    let mut script = Command::new("sh");
    script.args(["-c", shell]).arg(run.get_program()).args(run.get_args()).current_dir(&dir);
    let output = script.args(["--state-out", "/dev/fd/3"]).output().unwrap();
    fails_with(&output, 2, "--state-out /dev/fd/3: not a regular file or a pipe");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn records_do_not_mix_with_outcomes() {
    let dir = tempfile::tempdir().unwrap();
    for state_out in ["-", "/dev/stdout", "/dev/fd/1"] {
        let output = run(dir.path(), &[""], &["--state-out", state_out]);
        fails_with(
            &output,
            2,
            "standard output holds the outcomes; give another file, or --no-outcomes",
        );
        assert!(output.stdout.is_empty());
        let output = run(dir.path(), &["", ""], &["--state-out", state_out, "--no-outcomes"]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let lines = unruly::lines(&output);
        assert!(lines.len() == 3 && lines.iter().all(|line| line["record"] == "Done"), "{lines:?}");
        assert_eq!(lines[2]["next_sys_id"], 3);
    }
    // A file as standard output is not destroyed.
    let out = fs::File::create(dir.path().join("out.jsonl")).unwrap();
    let mut program = unruly::program(dir.path(), &[""]);
    let output = program.args(["--state-out", "/dev/stdout"]).stdout(out).output().unwrap();
    fails_with(&output, 2, "standard output holds the outcomes");
    assert_eq!(fs::read(dir.path().join("out.jsonl")).unwrap(), b"");
}

#[test]
fn pipe_gets_the_records() {
    let dir = tempfile::tempdir().unwrap();
    let pipe = dir.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn(move || fs::read_to_string(pipe).unwrap());
    assert!(run(dir.path(), &["", ""], &["--state-out", "pipe"]).status.success());
    assert_eq!(count(&reader.join().unwrap()), 2);
}

#[test]
fn limit_of_file_sizes_is_an_error_and_leaves_the_old_file() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("s.jsonl"), "old\n").unwrap();
    fs::write(dir.path().join("in.jsonl"), unruly::commands(&[""; 100])).unwrap();
    let limited = |script: &str| {
        let mut shell = Command::new("sh");
        shell.current_dir(&dir).env("HOST", env!("CARGO_BIN_EXE_statevec-host"));
        shell.env("PLUGIN", unruly::library()).stdin(Stdio::null());
        shell.args(["-c", &format!("ulimit -f 1; exec \"$HOST\" {script}")]).output().unwrap()
    };
    let output = limited("run --plugin \"$PLUGIN\" --commands in.jsonl -q --state-out s.jsonl");
    fails_with(&output, 1, "error: --state-out s.jsonl: cannot write the records\n  caused by: ");
    assert_eq!(fs::read(dir.path().join("s.jsonl")).unwrap(), b"old\n");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "nothing is left behind");

    let digest = Sha256::of(fs::File::open(bank()).unwrap()).unwrap();
    let output = limited(&format!("inspect '{}' --sha256 {digest}", bank().display()));
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code().is_some(), "no signal ends it: {err}");
}

#[test]
fn state_of_a_failed_run_is_written_on_request_only() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("s.jsonl"), "old").unwrap();
    let cases: [(&[&str], &[&str], i32, usize); 3] = [
        (&["", "", "panic", ""], &[], 1, 2),
        (&["", "", ""], &["--check-invariants"], 1, 3),
        (&["", "\\u00"], &[], 2, 1),
    ];
    for (whats, args, code, committed) in cases {
        let mut args = [args, &["--state-out", "s.jsonl"]].concat();
        fs::write(dir.path().join("s.jsonl"), "old").unwrap();
        assert_eq!(run(dir.path(), whats, &args).status.code(), Some(code), "{whats:?}");
        assert_eq!(fs::read(dir.path().join("s.jsonl")).unwrap(), b"old");
        args.push("--state-out-on-error");
        assert_eq!(run(dir.path(), whats, &args).status.code(), Some(code), "{whats:?}");
        assert_eq!(records(dir.path(), "s.jsonl"), committed, "{whats:?}");
    }
    let output = run(dir.path(), &[""], &["--state-out-on-error"]);
    fails_with(&output, 2, "--state-out <FILE>");
}

#[test]
fn command_that_breaks_an_invariant_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let output = run(dir.path(), &["", "", "", ""], &["--check-invariants=each"]);
    let told = "error: in.jsonl, line 3: the plugin's invariants do not hold after this command, \
                and the run ends here\n  caused by: PLUGIN_REJECTED (2001): there are three\n";
    fails_with(&output, 1, told);
    assert_eq!(unruly::lines(&output).len(), 3);
}
