//! `--state-in`: a run that starts with the records of another one.

use std::{fs, path::Path};

use super::{
    bank::bank,
    data::{COMMANDS, json, run, run_on, statevec},
};

/// The state after the bank's commands, in a folder.
fn state(folder: &Path) -> String {
    let path = folder.join("state.jsonl");
    let path = path.to_str().unwrap();
    let ran = run(&["--commands", COMMANDS, "--no-outcomes", "--state-out", path]);
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    path.into()
}

fn written(folder: &Path, text: &str) -> String {
    let path = folder.join("in.jsonl");
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().into()
}

const DEPOSIT: &str = r#"{"command":"Deposit","payload":{"account_id":555,"amount":5}}"#;

#[test]
fn records_that_were_written_are_read_again_with_their_next_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let (state, nothing) = (state(folder.path()), written(folder.path(), ""));
    let again = folder.path().join("again.jsonl");
    let arguments = ["--commands", &nothing, "--state-in", &state, "--check-invariants"];
    let ran = run(&[&arguments[..], &["--state-out", again.to_str().unwrap()]].concat());
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    assert_eq!(fs::read_to_string(&again).unwrap(), fs::read_to_string(&state).unwrap());

    // The number after the last line's, although no record has the one before.
    let lines = fs::read_to_string(&state).unwrap();
    let next = lines.lines().last().unwrap();
    let number = next.rsplit(':').next().unwrap().trim_end_matches('}').parse::<u64>().unwrap();
    let later = lines.replace(next, r#"{"record":"Account","next_sys_id":900}"#);
    assert!(number < 900, "{next}");
    fs::write(&state, later).unwrap();
    let deposit = written(folder.path(), DEPOSIT);
    let ran = run(&[
        "--commands",
        &deposit,
        "--state-in",
        &state,
        "--state-out",
        again.to_str().unwrap(),
    ]);
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    let lines = fs::read_to_string(&again).unwrap();
    assert!(lines.contains(r#"{"record":"Account","sys_id":900,"data":{"account_id":555,"#));
    assert!(lines.ends_with("{\"record\":\"Account\",\"next_sys_id\":901}\n"), "{lines}");
}

#[test]
fn a_new_directory_starts_from_the_records_and_keeps_them() {
    let folder = tempfile::tempdir().unwrap();
    let (state, data) = (state(folder.path()), folder.path().join("data"));
    let deposit = written(folder.path(), DEPOSIT);
    let ran = run_on(&data, &deposit, &["--state-in", &state]);
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    let path = data.to_str().unwrap();
    let status = json(&statevec(&["status", path, "--json"]));
    assert_eq!((&status["last_entry"], &status["checkpoints"]), (&1.into(), &vec![0].into()));
    for _ in 0..2 {
        let ran = run_on(&data, &deposit, &[]);
        assert_eq!(ran.status, Some(0), "{}", ran.err);
        json(&statevec(&["checkpoint", path, "--json"]));
    }
    let verified = json(&statevec(&["log", "verify", path, "--json"]));
    assert_eq!((&verified["last_entry"], &verified["digests_checked"]), (&3.into(), &true.into()));
    let bank = bank();
    let replayed = json(&statevec(&["replay", path, "--plugin", bank.to_str().unwrap(), "--json"]));
    assert_eq!((&replayed["ran"], &replayed["first"]), (&3.into(), &serde_json::Value::Null));

    // Without the records that it starts from, the log says so.
    for checkpoint in data.join("checkpoints").read_dir().unwrap() {
        fs::remove_file(checkpoint.unwrap().path()).unwrap();
    }
    let ran = run_on(&data, &deposit, &[]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""));
    assert!(ran.err.contains("starts from records that no checkpoint holds"), "{}", ran.err);
    let replayed = statevec(&["replay", path]);
    assert_eq!(replayed.status, Some(1));
    assert!(replayed.err.contains("begins with entry 1, and there is no checkpoint"));
    let verified = json(&statevec(&["log", "verify", path, "--json"]));
    assert_eq!(verified["digests_checked"], false);
}

#[test]
fn a_directory_in_use_takes_no_other_records() {
    let folder = tempfile::tempdir().unwrap();
    let (state, data) = (state(folder.path()), folder.path().join("data"));
    assert_eq!(run_on(&data, COMMANDS, &[]).status, Some(0));
    let ran = run_on(&data, COMMANDS, &["--state-in", &state]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""));
    assert!(ran.err.contains("can only be put into a new directory"), "{}", ran.err);
    let recorded = folder.path().join("bank.txlog");
    let record = ["--record", recorded.to_str().unwrap(), "--commands", COMMANDS];
    let ran = run(&[&record[..], &["--state-in", &state]].concat());
    assert_eq!(ran.status, Some(2), "a log file holds no records to start from");
}

#[test]
fn lines_that_are_no_records_are_named_with_what_was_expected() {
    let folder = tempfile::tempdir().unwrap();
    let nothing = written(folder.path(), "");
    let account = |id: u64, sys_id: u64| {
        format!(
            r#"{{"record":"Account","sys_id":{sys_id},"data":{{"account_id":{id},"balance":0,"changes":1,"changed_at_us":0}}}}"#
        )
    };
    let cases = [
        ("no JSON".to_owned(), 1, "not a line of a state file: expected ident"),
        (DEPOSIT.to_owned(), 1, "unknown field `command`"),
        (r#"{"record":"Acount","next_sys_id":1}"#.to_owned(), 1, r#"unknown record "Acount""#),
        (r#"{"record":"Account","sys_id":1}"#.to_owned(), 1, "expected {\"record\":"),
        (
            account(1, 1).replace("\"changes\":1", "\"changes\":-1"),
            1,
            r#"field "changes" of record"#,
        ),
        (
            account(1, 1).replace("\"changes\":1,", ""),
            1,
            r#"field "changes" of record "Account" is missing"#,
        ),
        (account(1, 1).replace("changes", "change"), 1, r#"unknown field "change" of record"#),
        (account(1, 1).replace("\"changes\":1", "\"balance\":1"), 1, "stands there twice"),
        (account(1, 1) + "\n" + &account(1, 2), 2, "another record has its primary key"),
        (account(1, 2) + "\n\n" + &account(2, 1), 3, "its number was used before"),
        ("x".repeat(1 << 20), 1, "no record of this plugin is that long"),
    ];
    for (text, line, expected) in cases {
        let state = folder.path().join("bad.jsonl");
        fs::write(&state, &text).unwrap();
        let ran = run(&["--commands", &nothing, "--state-in", state.to_str().unwrap()]);
        assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{text:.80}: {}", ran.err);
        assert!(ran.err.contains(&format!("bad.jsonl, line {line}: ")), "{}", ran.err);
        assert!(ran.err.contains(expected), "{expected}: {}", ran.err);
    }
    let ran = run(&["--commands", &nothing, "--state-in", "/no/such/file"]);
    assert_eq!(ran.status, Some(2));
    assert!(ran.err.contains("--state-in /no/such/file: cannot be read"), "{}", ran.err);
    let state = state(folder.path());
    let ran = run(&["--commands", &nothing, "--state-in", &state, "--state-out", &state]);
    assert_eq!(ran.status, Some(2));
    assert!(ran.err.contains("is the file of --state-in, and would overwrite it"), "{}", ran.err);
}
