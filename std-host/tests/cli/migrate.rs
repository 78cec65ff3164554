//! `migrate` with two builds of the bank.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use super::{
    Ended,
    bank::{bank, next_bank},
    data::quick_folder,
    ended,
    misfits::recorded,
    program,
};

const CHOICES: [&str; 4] = ["--drop", "Account.changed_at_us", "--default", "Account.limit=500000"];

fn migrate(data: &Path, args: &[&str]) -> Ended {
    let mut program = program();
    program.arg("migrate").arg(data).arg("--plugin").arg(next_bank());
    ended(program.args(args))
}

fn with_data(command: &str, data: &Path, args: &[&str]) -> Ended {
    ended(program().arg(command).arg(data).args(args))
}

fn deposit(data: &Path, plugin: &Path, ext_seq: u64, amount: u64) -> Ended {
    let line = json!({
        "command": "Deposit",
        "ext_seq": ext_seq,
        "payload": { "account_id": 1001, "amount": amount },
    });
    let mut program = program();
    program.arg("run").arg("--plugin").arg(plugin).arg("--data").arg(data);
    ended(program.args(["--commands", "-", "--quiet"]).write_stdin(line.to_string()))
}

/// A directory with entries of both builds.
fn migrated(folder: &Path) -> PathBuf {
    let data = recorded(folder);
    let done = migrate(&data, &CHOICES);
    assert_eq!(done.code, Some(0), "{}", done.err);
    data
}

#[test]
fn directory_goes_on_with_the_new_build_and_replays_from_its_first_entry() {
    let folder = quick_folder();
    let data = recorded(folder.path());
    let dry = migrate(&data, &[&CHOICES[..], &["--dry-run", "--json"]].concat());
    assert_eq!(dry.code, Some(0), "{}", dry.err);
    let done = migrate(&data, &[&CHOICES[..], &["--json"]].concat());
    let (dry, done): (Value, Value) =
        (serde_json::from_str(&dry.out).unwrap(), serde_json::from_str(&done.out).unwrap());
    assert_eq!((&dry["dry_run"], &done["dry_run"]), (&json!(true), &json!(false)));
    for same in ["entry", "digest", "changes", "records"] {
        assert_eq!(dry[same], done[same], "{same}");
    }
    assert_eq!(done["entry"], json!(211));
    assert!(done["checkpoint"].as_str().unwrap().ends_with("00000000000000000211.ckpt"));

    let refused = deposit(&data, &next_bank(), 301, 500_001);
    assert!(refused.out.contains("500001 is above the limit of 500000"), "{}", refused.out);
    let taken = deposit(&data, &next_bank(), 302, 500_000);
    assert!(taken.out.contains(r#""status":"committed""#), "{}{}", taken.out, taken.err);

    // The plugin's file may go: the directory has a copy of each build.
    let changes = with_data("replay", &data, &[]);
    assert!(
        changes.out.contains("1 migration carried out again; nothing differs"),
        "{}",
        changes.out
    );
    let kept = with_data("replay", &data, &["--kept-builds"]);
    assert!(kept.out.contains("212 commands ran again"), "{}{}", kept.out, kept.err);
    assert!(kept.out.contains("nothing differs"), "{}", kept.out);
    for plugin in [bank(), next_bank()] {
        let mut replay = program();
        let ran = ended(replay.arg("replay").arg(&data).arg("--plugin").arg(plugin));
        assert_eq!(ran.out, kept.out, "{}", ran.err);
    }
    let verified = with_data("log", Path::new("verify"), &[data.to_str().unwrap()]);
    assert!(verified.out.contains("entries 1 to 213"), "{}{}", verified.out, verified.err);
}

#[test]
fn entries_are_shown_with_the_schema_that_each_was_written_with() {
    let folder = quick_folder();
    let data = migrated(folder.path());
    deposit(&data, &next_bank(), 301, 7);
    let log = with_data("log", &data, &[]);
    let entries: Vec<Value> =
        log.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(entries.len(), 212, "{}", log.err);
    let fields = |entry: &Value| {
        let data = entry["changes"][0]["data"].as_object().unwrap();
        data.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(fields(&entries[0]), ["account_id", "balance", "changes", "changed_at_us"]);
    assert_eq!(entries[210]["migration"]["schema_version"], json!("1.1"));
    assert_eq!(fields(&entries[211]), ["account_id", "balance", "changes", "limit"]);
    let before = with_data("log", &data, &["--from", "212", "--only", "changes"]);
    assert!(before.out.contains(r#""before":{"account_id":1001"#), "{}", before.out);
    let emitted = with_data("replay", &data, &["--emit", "changes"]);
    assert!(emitted.out.lines().last().unwrap().starts_with(r#"{"entry":212"#), "{}", emitted.out);
}

#[test]
fn missing_choices_and_values_that_do_not_fit_are_named() {
    let folder = quick_folder();
    let data = recorded(folder.path());
    let bytes = |data: &Path| fs::read(data.join("log/00000000000000000001.txlog")).unwrap();
    let before = bytes(&data);
    for (args, code, text) in [
        (&CHOICES[2..], 2, "the new schema has no Account.changed_at_us"),
        (&CHOICES[..2], 1, "the new plugin refuses the converted records: PLUGIN_REJECTED"),
        (&["--drop", "Account.balance"], 2, "Account.balance is not dropped"),
        (&["--default", "Account.limit=x"], 2, "default of Account.limit: "),
        (&["--default", "limit"], 2, "expected FIELD=VALUE"),
        (&["--default", "A.b=1", "--default", "A.b=2"], 2, "--default A.b stands there twice"),
    ] {
        let drops = if args.contains(&"Account.limit=x") { &CHOICES[..2] } else { &[] };
        let refused = migrate(&data, &[args, drops].concat());
        assert_eq!(refused.code, Some(code), "{args:?}: {}", refused.err);
        assert!(refused.err.contains(text), "{args:?}: {}", refused.err);
    }
    assert!(bytes(&data) == before, "something was written");
    let again = {
        let mut program = program();
        program.arg("migrate").arg(&data).arg("--plugin").arg(bank());
        ended(&mut program)
    };
    assert_eq!(again.code, Some(2));
    assert!(again.err.contains("the directory has this schema already"), "{}", again.err);
}

#[test]
fn refusal_of_another_schema_names_the_changes_and_the_command() {
    let folder = quick_folder();
    let data = recorded(folder.path());
    let refused = deposit(&data, &next_bank(), 301, 1);
    assert_eq!(refused.code, Some(1));
    for text in [
        "field Account.limit: new, u64 at byte 18 (compatible",
        "field Account.changes: u64 at byte 16, then u16 at byte 16 (needs migration: each value is checked)",
        "field Account.changed_at_us: u64 at byte 24, then gone (needs migration",
        "`statevec-host migrate ",
    ] {
        assert!(refused.err.contains(text), "{}", refused.err);
    }
    let replayed = {
        let mut program = program();
        program.arg("replay").arg(&data).arg("--plugin").arg(next_bank());
        ended(&mut program)
    };
    assert!(replayed.err.contains("field Account.limit: new"), "{}", replayed.err);
    assert!(replayed.err.contains("`statevec-host migrate`"), "{}", replayed.err);
}
