//! Whole runs with the bank as a shared library.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use statevec_host::Sha256;

use super::{Ended, binary, ended, program};

/// Cargo puts the library of a dev-dependency beside the test binary.
pub(crate) fn bank() -> PathBuf {
    let name = format!("{DLL_PREFIX}statevec_bank_so{DLL_SUFFIX}");
    std::env::current_exe().unwrap().with_file_name(name)
}

/// A later build of the bank, with another schema.
#[cfg(unix)]
pub(crate) fn next_bank() -> PathBuf {
    let name = format!("{DLL_PREFIX}statevec_bank_next{DLL_SUFFIX}");
    std::env::current_exe().unwrap().with_file_name(name)
}

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/bank").join(name)
}

fn run(commands: &Path, args: &[&str]) -> Ended {
    let mut program = program();
    program.arg("run").arg("--plugin").arg(bank()).arg("--commands").arg(commands);
    ended(program.args(args))
}

fn run_text(text: &str, args: &[&str]) -> Ended {
    let mut program = program();
    program.arg("run").arg("--plugin").arg(bank()).args(["--commands", "-"]);
    ended(program.args(args).write_stdin(text))
}

pub(crate) fn deposit(account_id: u64, amount: i64) -> String {
    format!(
        "{{\"command\":\"Deposit\",\"payload\":{{\"account_id\":{account_id},\"amount\":{amount}}}}}\n"
    )
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_example_runs_and_every_command_has_its_line() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state.jsonl");
    let commands = example("commands.jsonl");
    let ended = run(&commands, &["--check-invariants", "--state-out", state.to_str().unwrap()]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);

    let outcomes = lines(&ended.out);
    let count = |status: &str| outcomes.iter().filter(|line| line["status"] == status).count();
    let (committed, rejected) = (count("committed"), count("rejected"));
    assert_eq!(committed + rejected, fs::read_to_string(&commands).unwrap().lines().count());
    assert!(committed > 0 && rejected > 0);
    assert!((1..).zip(&outcomes).all(|(ext_seq, line)| line["ext_seq"] == json!(ext_seq)));
    let events: usize =
        outcomes.iter().filter_map(|line| line["events"].as_array()).map(Vec::len).sum();
    let summary = format!(
        "{} commands: {committed} committed, {rejected} rejected; {events} events; ",
        outcomes.len()
    );
    assert!(ended.err.starts_with(&summary), "{}", ended.err);
    assert!(
        ended.err.ends_with(" commands per second\nthe plugin's invariants hold\n"),
        "{}",
        ended.err
    );

    let mut records = lines(&fs::read_to_string(state).unwrap());
    let next = records.pop().unwrap();
    assert_eq!(next, json!({"record": "Account", "next_sys_id": records.len() + 1}));
    assert!((1..).zip(&records).all(|(sys_id, line)| line["sys_id"] == json!(sys_id)));
    assert!(records.iter().all(|line| line["record"] == "Account"));
    let sum: i64 = records.iter().map(|line| line["data"]["balance"].as_i64().unwrap()).sum();
    assert_eq!(sum, 0);
}

#[test]
fn standard_input_gives_the_same_output_and_quiet_says_nothing_else() {
    let text = fs::read_to_string(example("commands.jsonl")).unwrap();
    let from_file = run(&example("commands.jsonl"), &["--quiet", "--check-invariants"]);
    let from_stdin = run_text(&text, &["-q"]);
    assert_eq!(from_file.out, from_stdin.out);
    assert_eq!((from_file.code, from_file.err.as_str()), (Some(0), ""));
    assert_eq!((from_stdin.code, from_stdin.err.as_str()), (Some(0), ""));
}

#[test]
fn lines_look_as_documented() {
    let text = deposit(1, 100)
        + "{\"command\":\"Withdraw\",\"payload\":{\"account_id\":1,\"amount\":200},\"ext_seq\":7,\"ref_ext_time_us\":5}";
    let ended = run_text(&text, &[]);
    let outcomes: Vec<&str> = ended.out.lines().collect();
    assert_eq!(
        outcomes[0],
        concat!(
            r#"{"ext_seq":1,"command":"Deposit","status":"committed","tx_seq":1,"events":["#,
            r#"{"event":"BalanceChanged","payload":{"account_id":1,"delta":100,"balance":100,"reason":"Deposit"}},"#,
            r#"{"event":"BalanceChanged","payload":{"account_id":0,"delta":-100,"balance":-100,"reason":"Deposit"}}]}"#
        )
    );
    let rejected = r#"{"ext_seq":7,"command":"Withdraw","status":"rejected","error":{"phase":"run_tx","kind":2001,"name":"PLUGIN_REJECTED","message":""#;
    assert!(outcomes[1].starts_with(rejected), "{}", outcomes[1]);
}

#[test]
fn a_bad_line_ends_the_run_after_what_ran_and_keeps_the_old_state() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state.jsonl");
    fs::write(&state, "old").unwrap();
    let text = format!("\n{}{}{}", deposit(1, 100), deposit(2, -5), deposit(3, 100));
    let ended = run_text(&text, &["--state-out", state.to_str().unwrap()]);
    assert_eq!(ended.code, Some(2));
    let outcomes = lines(&ended.out);
    assert_eq!((outcomes.len(), &outcomes[1]["status"]), (2, &json!("invalid")));
    let (summary, error) = ended.err.split_once('\n').unwrap();
    assert!(summary.starts_with("1 command: 1 committed, 0 rejected; 2 events; "), "{summary}");
    assert_eq!(
        error,
        "error: standard input, line 3: not a command of this plugin\n  caused by: field \"amount\" of command \"Deposit\": \
         expected a whole number from 0 to 18446744073709551615, found -5\n"
    );
    assert_eq!(fs::read(&state).unwrap(), b"old");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left behind");
}

#[test]
fn the_configuration_reaches_the_plugin() {
    let limited = run_text(&deposit(1, 11), &["--config", "max_amount = 10"]);
    assert_eq!(lines(&limited.out)[0]["error"]["message"], "amount 11 is above the limit of 10");

    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("bank.toml");
    fs::write(&file, "max_amount = 11\n").unwrap();
    let allowed = run_text(&deposit(1, 11), &["--config-file", file.to_str().unwrap()]);
    assert_eq!(lines(&allowed.out)[0]["status"], "committed");

    let data = dir.path().join("data");
    for more in [&[][..], &["--data", data.to_str().unwrap()]] {
        let wrong = ["--config", "max_amount = much"];
        let refused = run_text(&deposit(1, 11), &[&wrong[..], more].concat());
        let text = "error: plugin bank cannot be created\n  caused by: CONFIG_ERROR (1002): ";
        refused.fails_with(2, text);
    }
}

#[test]
fn byte_order_mark_at_the_start_is_no_part_of_the_text() {
    let marked = run_text(&format!("\u{feff}{}{}", deposit(1, 1), deposit(2, 1)), &[]);
    assert_eq!((marked.code, lines(&marked.out).len()), (Some(0), 2), "{}", marked.err);
    let later = run_text(&format!("{}\u{feff}{}", deposit(1, 1), deposit(2, 1)), &[]);
    assert_eq!((later.code, lines(&later.out).len()), (Some(2), 2), "only at the start");

    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("bank.toml");
    fs::write(&file, "\u{feff}max_amount = 10").unwrap();
    let limited = run_text(&deposit(1, 11), &["--config-file", file.to_str().unwrap()]);
    assert_eq!(lines(&limited.out)[0]["error"]["message"], "amount 11 is above the limit of 10");
}

#[test]
fn lines_that_end_as_on_windows_are_read_alike() {
    let text = fs::read_to_string(example("commands.jsonl")).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let [commands, config] = ["commands.jsonl", "bank.toml"].map(|name| dir.path().join(name));
    fs::write(&commands, text.replace('\n', "\r\n") + "\r\n").unwrap();
    fs::write(&config, "max_amount = 1000000\r\n").unwrap();
    let with_crlf = run(&commands, &["--config-file", config.to_str().unwrap()]);
    let with_lf = run(&example("commands.jsonl"), &["--config", "max_amount = 1000000\n"]);
    assert_eq!((with_crlf.code, with_crlf.out), (Some(0), with_lf.out), "{}", with_crlf.err);
}

#[test]
fn inspect_shows_the_schema_in_both_forms() {
    let mut program = program();
    let tables = ended(program.arg("inspect").arg(bank()));
    assert_eq!((tables.code, tables.err.as_str()), (Some(0), ""));
    for text in
        ["plugin          bank", "Account", "account_id", "Transfer", "BalanceChanged", "offset"]
    {
        assert!(tables.out.contains(text), "{text} is not in {}", tables.out);
    }
    let machine: Value = serde_json::from_str(&ended(program.arg("--json")).out).unwrap();
    let schema: Value =
        serde_json::from_str(&fs::read_to_string(example("schema.json")).unwrap()).unwrap();
    let sha256 = Sha256::of(fs::File::open(bank()).unwrap()).unwrap().to_string();
    assert!(tables.out.contains(&sha256), "{}", tables.out);
    let expected = json!({"name": "bank", "abi_version": 1, "catches_panics": true, "sha256": sha256, "schema": schema});
    assert_eq!(machine, expected);
}

/// Runs with a closed standard output.
fn run_unread(args: &[&str]) -> Ended {
    let mut child = Command::new(binary())
        .args(["run", "--commands", "-", "--plugin"])
        .arg(bank())
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    // This fails if the program ends before it has read everything.
    let _ = child.stdin.take().unwrap().write_all(deposit(1, 1).repeat(10_000).as_bytes());
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    Ended { code: output.status.code(), out: String::new(), err }
}

#[test]
fn a_reader_that_goes_away_ends_the_run_quietly() {
    let ended = run_unread(&[]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
}

#[test]
fn what_was_asked_for_beside_the_output_is_not_skipped_quietly() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state.jsonl");
    run_unread(&["--check-invariants"]).fails_with(1, "standard output was closed");
    run_unread(&["--state-out", state.to_str().unwrap()]).fails_with(1, "no state was written");
    assert!(!state.exists());
}
