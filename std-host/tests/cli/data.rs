//! Data directories and recorded files: durable runs, and the commands that read and maintain them.

use std::{fs, path::Path};

use serde_json::Value;
use tempfile::TempDir;

use super::{bank::bank, binary, program};

pub(crate) const COMMANDS: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/bank/commands.jsonl");

/// A folder in memory if there is such a file system: there, syncs take no time.
pub(crate) fn quick_folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

pub(crate) struct Ran {
    pub(crate) status: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

pub(crate) fn statevec(arguments: &[&str]) -> Ran {
    let output = program().args(arguments).output().unwrap();
    Ran {
        status: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

pub(crate) fn run(more: &[&str]) -> Ran {
    let bank = bank();
    let first = ["run", "--plugin", bank.to_str().unwrap(), "--quiet"];
    statevec(&[&first, more].concat())
}

pub(crate) fn run_on(data: &Path, commands: &str, more: &[&str]) -> Ran {
    run(&[&["--data", data.to_str().unwrap(), "--commands", commands], more].concat())
}

pub(crate) fn json(ran: &Ran) -> Value {
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

/// A directory with the bank's commands in it, and the outcomes that were printed.
fn recorded() -> (TempDir, std::path::PathBuf, String) {
    let folder = quick_folder();
    let data = folder.path().join("data");
    let ran = run_on(&data, COMMANDS, &["--sync-every", "16"]);
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    (folder, data, ran.out)
}

#[test]
fn a_durable_run_gives_the_outcomes_of_one_in_memory() {
    let (_folder, _data, durable) = recorded();
    let in_memory = run(&["--commands", COMMANDS]).out;
    // A log holds no phase.
    let without_phase = in_memory.replace(r#""phase":"run_tx","#, "");
    assert_eq!(durable, without_phase);
    assert_eq!(durable.lines().count(), 210);
}

#[test]
fn a_file_that_is_run_again_is_answered_with_duplicates() {
    let (_folder, data, first) = recorded();
    let again = run_on(&data, COMMANDS, &["--ext-seq", "line"]);
    assert_eq!(again.status, Some(0), "{}", again.err);
    for (again, first) in again.out.lines().zip(first.lines()) {
        let again: Value = serde_json::from_str(again).unwrap();
        assert_eq!(again["status"], "duplicate");
        assert_eq!(again["original"], serde_json::from_str::<Value>(first).unwrap());
    }
    assert_eq!(json(&statevec(&["status", data.to_str().unwrap(), "--json"]))["last_entry"], 210);
}

/// An answer to a bad line does not overtake outcomes that wait until they are durable.
#[test]
fn answers_to_bad_lines_stand_in_their_place() {
    let folder = quick_folder();
    let good = "{\"command\":\"Deposit\",\"payload\":{\"account_id\":1,\"amount\":1}}";
    let (commands, data) = (folder.path().join("in.jsonl"), folder.path().join("data"));
    let kept = ["committed", "invalid", "committed", "committed", "invalid"];
    for (more, expected) in [(&["--keep-going"][..], &kept[..]), (&[], &kept[..2])] {
        fs::write(&commands, format!("{good}\nbad\n{good}\n{good}\nbad\n")).unwrap();
        let ran = run_on(&data, commands.to_str().unwrap(), more);
        let status = |line| serde_json::from_str::<Value>(line).unwrap()["status"].clone();
        let statuses: Vec<_> = ran.out.lines().map(status).collect();
        assert_eq!(statuses, expected, "{}", ran.err);
    }
}

#[test]
fn a_run_goes_on_where_the_last_one_stopped() {
    let (folder, data, _) = recorded();
    let more = folder.path().join("more.jsonl");
    fs::write(&more, r#"{"command":"Deposit","payload":{"account_id":1,"amount":5}}"#).unwrap();
    let ran = run_on(&data, more.to_str().unwrap(), &[]);
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    let line: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(line["ext_seq"], 211);
    assert_eq!(line["tx_seq"], 182);
}

#[test]
fn the_log_shows_entries_events_changes_and_rejections() {
    let (_folder, data, outcomes) = recorded();
    let data = data.to_str().unwrap();
    let all = statevec(&["log", data]);
    assert_eq!(all.out.lines().count(), 210, "{}", all.err);
    let first: Value = serde_json::from_str(all.out.lines().next().unwrap()).unwrap();
    assert_eq!((&first["entry"], &first["command"]), (&1.into(), &"Deposit".into()));
    assert_eq!(first["changes"][0]["change"], "created");
    assert!(first["digest"].as_str().is_some_and(|digest| digest.len() == 32));

    let events = statevec(&["log", data, "--only", "events"]);
    assert_eq!(events.out.lines().count(), 362);
    let rejected = statevec(&["log", data, "--only", "rejected"]);
    assert_eq!(rejected.out.lines().count(), 29);
    assert_eq!(outcomes.matches("\"rejected\"").count(), 29);
    let some = statevec(&["log", data, "--from", "100", "--to", "102", "--only", "changes"]);
    for line in some.out.lines() {
        let change: Value = serde_json::from_str(line).unwrap();
        assert!((100..=102).contains(&change["entry"].as_u64().unwrap()), "{line}");
        assert!(change["data"]["balance"].is_i64(), "{line}");
        assert!(change["change"] == "created" || change["before"]["balance"].is_i64(), "{line}");
    }
    assert!(some.out.lines().count() >= 2);
}

#[test]
fn verify_and_stat_count_what_is_there() {
    let (_folder, data, _) = recorded();
    let data = data.to_str().unwrap();
    let verified = json(&statevec(&["log", "verify", data, "--json"]));
    assert_eq!((&verified["intact"], &verified["last_entry"]), (&true.into(), &210.into()));
    assert_eq!(verified["digests_checked"], true);
    let stat = json(&statevec(&["log", "stat", data, "--json"]));
    assert_eq!((&stat["committed"], &stat["rejected"]), (&181.into(), &29.into()));
    assert_eq!(stat["events"], 362);
}

#[test]
fn a_damaged_log_is_named_with_file_and_entry_and_nothing_starts() {
    let (_folder, data, _) = recorded();
    let segment = data.join("log").read_dir().unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs::read(&segment).unwrap();
    bytes[2048] ^= 1;
    fs::write(&segment, &bytes).unwrap();
    let verified = statevec(&["log", "verify", data.to_str().unwrap()]);
    assert_eq!(verified.status, Some(1));
    assert!(verified.err.contains("is damaged at byte"), "{}", verified.err);
    assert!(verified.err.contains(segment.to_str().unwrap()), "{}", verified.err);
    let ran = run_on(&data, COMMANDS, &[]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""));
    assert_eq!(fs::read(&segment).unwrap(), bytes, "nothing is repaired silently");
}

/// The last frame of a log may be torn by a crash, but not when its entries were acknowledged.
#[test]
fn an_end_that_was_acknowledged_and_is_gone_is_not_intact() {
    let (_folder, data, _) = recorded();
    let segment = data.join("log").read_dir().unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs::read(&segment).unwrap();
    let last = bytes.iter().rposition(|&byte| byte != 0).unwrap();
    bytes[last] ^= 1;
    fs::write(&segment, &bytes).unwrap();
    let verified = statevec(&["log", "verify", data.to_str().unwrap()]);
    assert_eq!((verified.status, verified.out.as_str()), (Some(1), ""));
    assert!(verified.err.contains("but entry 210 was acknowledged"), "{}", verified.err);
    for action in ["replay", "checkpoint"] {
        let ended = statevec(&[action, data.to_str().unwrap()]);
        assert_eq!(ended.status, Some(1), "{action}");
        assert!(ended.err.contains("but entry 210 was acknowledged"), "{}", ended.err);
    }
    let checkpoints = data.join("checkpoints").read_dir().map_or(0, Iterator::count);
    assert_eq!(checkpoints, 0, "a checkpoint of a part of the log was made");
    let status = statevec(&["status", data.to_str().unwrap()]).out;
    assert!(status.contains("next start   is refused: entry 210 was acknowledged"), "{status}");
    assert_eq!(json(&statevec(&["status", data.to_str().unwrap(), "--json"]))["lost_entry"], 210);
}

#[test]
fn a_checkpoint_shortens_the_next_start() {
    let (_folder, data, _) = recorded();
    let path = data.to_str().unwrap();
    assert_eq!(json(&statevec(&["status", path, "--json"]))["to_apply"], 210);
    let made = json(&statevec(&["checkpoint", path, "--json"]));
    assert_eq!((&made["entry"], &made["is_new"]), (&210.into(), &true.into()));
    let status = json(&statevec(&["status", path, "--json"]));
    assert_eq!((&status["to_apply"], &status["checkpoints"]), (&0.into(), &vec![210].into()));
    let again = json(&statevec(&["checkpoint", path, "--json"]));
    assert_eq!(again["is_new"], false);
    let ran = run_on(&data, COMMANDS, &["--ext-seq", "line"]);
    assert_eq!(ran.out.matches("\"status\":\"duplicate\"").count(), 210, "{}", ran.err);
}

#[test]
fn a_replay_of_the_same_build_finds_no_difference() {
    let (folder, data, _) = recorded();
    let (bank, data) = (bank(), data.to_str().unwrap());
    let bank = bank.to_str().unwrap();
    let replayed = json(&statevec(&["replay", data, "--plugin", bank, "--json"]));
    assert_eq!((&replayed["ran"], &replayed["first"]), (&210.into(), &Value::Null));
    let applied = json(&statevec(&["replay", data, "--json"]));
    assert_eq!(applied["digest"], replayed["digest"]);

    let (then, now) = (folder.path().join("then.jsonl"), folder.path().join("now.jsonl"));
    let state = |path: &Path, more: &[&str]| {
        let first = ["replay", data, "--state-out", path.to_str().unwrap()];
        assert_eq!(statevec(&[&first, more].concat()).status, Some(0));
        fs::read_to_string(path).unwrap()
    };
    let (then, now) = (state(&then, &["--to-tx-seq", "1"]), state(&now, &[]));
    assert!(then.lines().count() < now.lines().count());
}

#[test]
fn a_replay_that_differs_names_the_command_and_ends_with_3() {
    let (_folder, data, _) = recorded();
    let bank = bank();
    let arguments = [
        "replay",
        data.to_str().unwrap(),
        "--plugin",
        bank.to_str().unwrap(),
        "--config",
        "max_amount = 1",
    ];
    let replayed = statevec(&arguments);
    assert_eq!(replayed.status, Some(3));
    assert!(
        replayed.out.contains("first difference: entry 1, ext_seq 1, Deposit"),
        "{}",
        replayed.out
    );
    assert!(
        replayed.err.contains("recorded commands with another result now: "),
        "{}",
        replayed.err
    );
    let counted = statevec(&[&arguments[..], &["--keep-going", "--json"]].concat());
    let counted: Value = serde_json::from_str(&counted.out).unwrap();
    assert!(counted["outcomes"].as_u64().unwrap() > 100, "{counted}");
}

#[test]
fn a_recorded_file_replays_like_a_directory() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.txlog");
    let (bank, file) = (bank(), file.to_str().unwrap());
    let ran = run(&["--record", file, "--commands", COMMANDS]);
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    assert_eq!(ran.out, run(&["--commands", COMMANDS]).out);
    let again = run(&["--record", file, "--commands", COMMANDS]);
    assert_eq!((again.status, again.out.as_str()), (Some(2), ""), "{}", again.err);
    let replayed = json(&statevec(&["replay", file, "--plugin", bank.to_str().unwrap(), "--json"]));
    assert_eq!((&replayed["ran"], &replayed["first"]), (&210.into(), &Value::Null));
    let listed = statevec(&["log", file]);
    assert_eq!(listed.out.lines().count(), 210);
    assert!(
        listed.out.starts_with(r#"{"entry":1,"ext_seq":1,"command":1,"#),
        "no schema, no names"
    );
}

#[test]
fn two_processes_on_one_directory_are_refused() {
    let (folder, data, _) = recorded();
    let (reader, writer) = std::io::pipe().unwrap();
    let bank = bank();
    let mut first = std::process::Command::new(binary())
        .args(["run", "--quiet", "--commands", "-", "--plugin", bank.to_str().unwrap()])
        .args(["--data", data.to_str().unwrap()])
        .stdin(reader)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let path = data.to_str().unwrap();
    let is_held = || json(&statevec(&["status", path, "--json"]))["holder"].is_string();
    while !is_held() {
        assert!(first.try_wait().unwrap().is_none(), "the first process runs");
    }
    let refused = run_on(&data, COMMANDS, &[]);
    drop(writer);
    assert!(first.wait().unwrap().success());
    assert_eq!(refused.status, Some(1));
    assert!(refused.err.contains("is in use by statevec-host run, process"), "{}", refused.err);
    drop(folder);
}
