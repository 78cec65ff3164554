//! `run --limits`: files that are no limits, and commands that go beyond them.

use std::fs;
use std::path::Path;

use super::bank::bank;
use super::{Ended, ended, program};

/// A deposit makes two updates or creations, and two events.
const DEPOSIT: &str = "{\"command\":\"Deposit\",\"payload\":{\"account_id\":1,\"amount\":100}}\n";

fn run(dir: &Path, limits: &str, args: &[&str]) -> Ended {
    let file = dir.join("limits.toml");
    fs::write(&file, limits).unwrap();
    let mut program = program();
    program.args(["run", "--quiet", "--commands", "-", "--plugin"]).arg(bank());
    program.current_dir(dir).arg("--limits").arg("limits.toml");
    ended(program.args(args).write_stdin(DEPOSIT))
}

#[test]
fn file_that_is_no_limits_is_refused_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    for (text, error) in [
        ("events = -1", "invalid value: integer `-1`"),
        ("event = 1", "unknown field `event`, expected one of"),
        ("read = \"Account\"", "expected a sequence"),
        ("read = [\"Acount\"]", "read: the schema has no record Acount; it has Account"),
        ("emit = [\"Account\"]", "emit: the schema has no event Account; it has BalanceChanged"),
        ("x", "TOML parse error at line 1"),
    ] {
        let ended = run(dir.path(), text, &[]);
        ended.fails_with(2, "error: --limits limits.toml");
        assert!(ended.err.contains(error), "{}", ended.err);
    }
    let mut program = program();
    program.args(["run", "--commands", "-", "--limits", "nope.toml", "--plugin"]).arg(bank());
    ended(&mut program).fails_with(2, "--limits nope.toml: cannot be read");
}

#[test]
fn command_beyond_a_limit_is_rejected_with_the_limit_and_the_run_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    for (limits, text) in [
        ("create = []", "limit create: the plugin may not create records of kind 1"),
        ("emit = []", "limit emit: the plugin may not emit events of kind 1"),
        ("update = [\"Account\"]\nevents = 1", "limit events: one command may emit 1 events, and"),
        ("host-calls = 2", "limit host-calls: one command may make 2 host calls, and this one"),
        ("bytes = 100", "limit bytes: one command may take 100 bytes, and this one takes more"),
    ] {
        for more in [&[][..], &["--data", "data"], &["--record", "new.txlog"]] {
            let _ = fs::remove_dir_all(dir.path().join("data"));
            let _ = fs::remove_file(dir.path().join("new.txlog"));
            let ended = run(dir.path(), limits, more);
            assert_eq!(ended.code, Some(0), "{}", ended.err);
            let start = "{\"ext_seq\":1,\"command\":\"Deposit\",\"status\":\"rejected\",\"error\":";
            assert!(ended.out.starts_with(start), "{}", ended.out);
            assert!(ended.out.contains("\"kind\":4001"), "{}", ended.out);
            assert!(ended.out.contains(text), "{more:?}: {}", ended.out);
        }
    }
}

#[test]
fn limits_are_in_the_record_that_replay_reads() {
    let dir = tempfile::tempdir().unwrap();
    run(dir.path(), "create = []", &["--record", "new.txlog"]);
    let mut program = program();
    program.current_dir(dir.path()).args(["replay", "new.txlog", "--plugin"]).arg(bank());
    let ended = ended(&mut program);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    // Other limits would have had another result.
    fs::write(dir.path().join("limits.toml"), "").unwrap();
    let ended = super::ended(program.args(["--limits", "limits.toml"]));
    assert_eq!(ended.code, Some(3), "{}{}", ended.out, ended.err);
    let mut program = super::program();
    program.current_dir(dir.path()).args(["replay", "new.txlog", "--limits", "limits.toml"]);
    super::ended(&mut program).fails_with(2, "--plugin");
}

#[test]
fn limits_in_a_change_of_environment_are_shown() {
    let dir = tempfile::tempdir().unwrap();
    run(dir.path(), "", &["--data", "data"]);
    run(dir.path(), "delete = []\nread = [\"Account\"]\nevents = 9", &["--data", "data"]);
    let mut program = program();
    let ended = ended(program.current_dir(dir.path()).args(["log", "data"]));
    let shown = r#","plugin_limits":{"read":[1],"delete":[],"events":9}}}"#;
    assert!(ended.out.contains(shown), "{}{}", ended.out, ended.err);
}

#[test]
fn run_with_other_limits_says_so_and_one_with_the_same_does_not() {
    let dir = tempfile::tempdir().unwrap();
    for (limits, note) in [
        ("events = 2", "created"),
        ("events = 2", "at entry 1"),
        ("events = 3", "limits of the plugin"),
        ("events = 3", "at entry 4"),
    ] {
        let file = dir.path().join("limits.toml");
        fs::write(&file, limits).unwrap();
        let mut program = program();
        program.args(["run", "--commands", "-", "--data", "data", "--plugin"]).arg(bank());
        program.current_dir(dir.path()).args(["--limits", "limits.toml"]);
        let ended = ended(program.write_stdin(DEPOSIT));
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        assert!(ended.err.contains(note), "{limits}: {note:?} is not in {}", ended.err);
        let is_change = note.starts_with("limits");
        assert_eq!(ended.err.contains("limits of the plugin"), is_change, "{}", ended.err);
    }
}
