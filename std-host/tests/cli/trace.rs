//! `run --trace`: host calls on standard error.

use std::fs;

use serde_json::{Value, json};

use super::bank::bank;
use super::{Ended, ended, program};

const COMMANDS: &str = r#"{"command":"Deposit","payload":{"account_id":7,"amount":100}}
{"command":"Withdraw","payload":{"account_id":8,"amount":1}}
"#;

fn run(args: &[&str]) -> Ended {
    let mut program = program();
    program.args(["run", "--quiet", "--commands", "-", "--trace", "--plugin"]).arg(bank());
    ended(program.args(args).write_stdin(COMMANDS))
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

#[test]
fn calls_that_the_trace_leaves_out() {
    let ended = run(&["--check-invariants"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let calls = lines(&ended.err);
    let names: Vec<_> = calls.iter().map(|call| call["call"].as_str().unwrap()).collect();
    let account = ["update_by_pk", "create", "emit_event"];
    let validation = ["read_by_id", "read_by_id", "for_each_key"];
    assert_eq!(names, [&account[..], &account, &["update_by_pk"], &validation].concat());
    assert_eq!(
        calls[0],
        json!({"ext_seq": 1, "call": "update_by_pk", "record": "Account",
            "key": {"account_id": 7}, "answer": "missing", "bytes": 0})
    );
    assert_eq!(
        calls[1],
        json!({"ext_seq": 1, "call": "create", "record": "Account", "answer": "created",
            "sys_id": 1, "bytes": 48})
    );
    assert_eq!(calls[2]["payload"]["balance"], 100);
    assert_eq!(calls[6]["ext_seq"], 2);
    assert_eq!(
        calls[7],
        json!({"call": "read_by_id", "record": "Account", "sys_id": 1, "answer": "found",
            "bytes": 48}),
        "a check of the invariants is no command"
    );
    let untraced = program()
        .args(["run", "--quiet", "--commands", "-", "--plugin"])
        .arg(bank())
        .write_stdin(COMMANDS)
        .output()
        .unwrap();
    assert_eq!(ended.out.as_bytes(), untraced.stdout, "a trace changes no outcome");
}

#[test]
fn call_that_a_limit_refuses_is_shown_as_answered() {
    let dir = tempfile::tempdir().unwrap();
    let limits = dir.path().join("limits.toml");
    fs::write(&limits, "create = []").unwrap();
    let ended = run(&["--limits", limits.to_str().unwrap()]);
    let calls = lines(&ended.err);
    assert_eq!((calls.len(), &calls[1]["answer"]), (3, &json!("refused")), "{}", ended.err);
    assert!(ended.out.contains("limit create"), "{}", ended.out);
}

#[test]
fn trace_of_a_run_that_is_recorded_is_refused() {
    for args in [["--data", "d"], ["--record", "r"]] {
        run(&args).fails_with(2, "cannot be used with");
    }
}
