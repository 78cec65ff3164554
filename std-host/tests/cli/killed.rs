//! Durable runs that end in the middle: by their plugin, and by SIGKILL.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Output, Stdio},
    time::Duration,
};

use fastrand::Rng;
use serde_json::Value;

use super::{
    bank::bank,
    data::{json, quick_folder, run, run_on, statevec},
    unruly,
};

const TEXT: &str = "the process ended while it ran this command";

/// The unruly plugin on a data directory, with lines that keep their numbers.
fn unruly_run(dir: &Path, whats: &[&str], more: &[&str]) -> Output {
    let mut program = unruly::program(dir, whats);
    program.args(["--data", "data", "--ext-seq", "line"]).args(more).output().unwrap()
}

fn ended_by_signal(output: &Output) -> bool {
    use std::os::unix::process::ExitStatusExt as _;
    output.status.signal().is_some()
}

#[test]
fn command_that_ends_the_process_is_named_and_skipped_on_demand() {
    for (what, has_signal) in [("abort", true), ("fault", true), ("exit", false)] {
        let dir = quick_folder();
        let data = dir.path().join("data");
        let (data, whats) = (data.to_str().unwrap(), ["", what, "", "reject"]);
        let first = unruly_run(dir.path(), &whats, &["--sync-every", "1"]);
        assert_eq!(ended_by_signal(&first), has_signal, "{what}");

        let status = || json(&statevec(&["status", data, "--json"]))["interrupted_ext_seq"].clone();
        assert_eq!(status(), 2, "{what}");
        let shown = statevec(&["status", data]).out;
        assert!(shown.contains("ended while it ran the command with ext_seq 2"), "{shown}");
        // A checkpoint in between needs the lock, and forgets nothing.
        json(&statevec(&["checkpoint", data, "--json"]));
        assert_eq!(status(), 2, "{what}");

        let again = unruly_run(dir.path(), &whats, &["--sync-every", "1"]);
        assert_eq!(ended_by_signal(&again), has_signal, "{what}: it runs again without the option");
        let skipped = unruly_run(dir.path(), &whats, &["--on-failure", "skip"]);
        let said = String::from_utf8_lossy(&skipped.stderr);
        assert_eq!(skipped.status.code(), Some(0), "{what}: {said}");
        let lines = unruly::lines(&skipped);
        let statuses: Vec<_> = lines.iter().map(|line| line["status"].as_str().unwrap()).collect();
        // The sync of the first command runs beside the second one, which ends the process. If the
        // first command was answered, it was durable, and does not run again.
        let was_answered = [&first, &again].iter().any(|run| !unruly::lines(run).is_empty());
        let is_lost = statuses[0] == "committed" && !was_answered;
        assert!(statuses[0] == "duplicate" || is_lost, "{what}: {statuses:?}");
        assert_eq!(statuses[1..], ["failed", "committed", "rejected"], "{what}");
        assert_eq!(lines[1]["error"]["message"], TEXT);
        assert_eq!(lines[1]["error"]["kind"], 5001);
        assert_eq!(status(), Value::Null, "{what}");

        let plugin = unruly::library();
        let replayed = ["replay", data, "--plugin", plugin.to_str().unwrap(), "--json"];
        let replayed = json(&statevec(&replayed));
        assert_eq!((&replayed["ran"], &replayed["skipped"]), (&3.into(), &1.into()));
        assert_eq!(replayed["first"], Value::Null);
    }
}

#[test]
fn running_command_is_named_after_sigkill() {
    let dir = quick_folder();
    let mut program = Command::new(env!("CARGO_BIN_EXE_statevec-host"));
    program.current_dir(dir.path()).args(["run", "--quiet", "--data", "data", "--commands", "-"]);
    program.arg("--plugin").arg(unruly::library()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = program.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap());
    // The answer to the first one shows that the program is reading.
    input.write_all(unruly::commands(&[""]).as_bytes()).unwrap();
    answers.read_line(&mut String::new()).unwrap();
    input.write_all(unruly::commands(&["hang"]).as_bytes()).unwrap();
    let data = dir.path().join("data");
    let status = || json(&statevec(&["status", data.to_str().unwrap(), "--json"]));
    assert!(status()["holder"].as_str().unwrap().starts_with("statevec-host run, process"));
    let lock = data.join("LOCK");
    while fs::read(&lock).unwrap()[128..136] == [0; 8] {
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!((&status()["holder"], &status()["interrupted_ext_seq"]), (&Value::Null, &2.into()));
    let skipped =
        unruly_run(dir.path(), &["", "hang"], &["--on-failure", "skip", "--state-out", "s.jsonl"]);
    assert_eq!(unruly::lines(&skipped)[1]["error"]["message"], TEXT);
}

/// Rounds of the loop below; another number can be given.
const ROUNDS: u64 = 8;
const ROUNDS_VARIABLE: &str = "STATEVEC_KILLS";

const COMMANDS: u64 = 4_000;

/// Deposits, with a rejection now and then.
fn commands(random: &mut Rng) -> String {
    let line = |_| {
        let (account, amount) = (random.u64(0..50), random.u64(1..1000));
        format!(
            "{{\"command\":\"Deposit\",\"payload\":{{\"account_id\":{account},\"amount\":{amount}}}}}\n"
        )
    };
    (0..COMMANDS).map(line).collect()
}

/// Kills the program again and again, at any moment. After each time the whole file is sent again:
/// no outcome that was printed is lost or another one, and in the end all is as without a kill.
#[test]
fn killed_program_has_kept_every_outcome_that_it_printed() {
    let rounds = std::env::var(ROUNDS_VARIABLE).map_or(ROUNDS, |text| text.parse().unwrap());
    let dir = quick_folder();
    let mut random = Rng::with_seed(1);
    let (file, bank) = (dir.path().join("in.jsonl"), bank());
    let (mut kills, mut finished) = (0, 0);
    let mut round = 0;
    while kills < rounds {
        round += 1;
        // A directory serves until all of its commands have run.
        let data = dir.path().join(format!("data{finished}"));
        if !data.exists() {
            fs::write(&file, commands(&mut random)).unwrap();
        }
        let sync_every = random.u64(1..64).to_string();
        let mut child = Command::new(env!("CARGO_BIN_EXE_statevec-host"))
            .args(["run", "--quiet", "--ext-seq", "line", "--checkpoint-every", "1"])
            .args(["--sync-every", &sync_every, "--plugin"])
            .arg(&bank)
            .arg("--data")
            .arg(&data)
            .arg("--commands")
            .arg(&file)
            .stdout(fs::File::create(dir.path().join("out.jsonl")).unwrap())
            .stderr(fs::File::create(dir.path().join("err.txt")).unwrap())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(random.u64(1..120)));
        child.kill().unwrap();
        let ended = child.wait().unwrap();
        let said = fs::read_to_string(dir.path().join("err.txt")).unwrap();
        assert_eq!(said, "", "round {round}");
        kills += u64::from(!ended.success());
        let printed = fs::read_to_string(dir.path().join("out.jsonl")).unwrap();
        let whole = printed.rfind('\n').map_or("", |end| &printed[..=end]);
        let acknowledged = outcomes(whole);
        if data.join("log").exists() {
            check_acknowledged(&data, &acknowledged, round);
        }
        if ended.success() || acknowledged.len() as u64 == COMMANDS || random.u8(..4) == 0 {
            check_complete(&data, &file);
            finished += 1;
        }
    }
    println!("{kills} kills, {finished} directories completed");
}

/// The outcomes by `ext_seq`, those of duplicates included.
fn outcomes(lines: &str) -> Vec<(u64, Value)> {
    let outcome = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let ext_seq = line["ext_seq"].as_u64().unwrap();
        let outcome = if line["status"] == "duplicate" { line["original"].clone() } else { line };
        (ext_seq, outcome)
    };
    lines.lines().map(outcome).collect()
}

fn check_acknowledged(data: &Path, acknowledged: &[(u64, Value)], round: u64) {
    let listed = statevec(&["log", data.to_str().unwrap()]);
    assert_eq!(listed.status, Some(0), "round {round}: {}", listed.err);
    let entries: Vec<Value> =
        listed.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(entries.len() >= acknowledged.len(), "round {round}");
    for ((ext_seq, outcome), entry) in acknowledged.iter().zip(&entries) {
        for part in ["ext_seq", "command", "status", "tx_seq", "events", "error"] {
            assert_eq!(outcome[part], entry[part], "round {round}, ext_seq {ext_seq}");
        }
    }
}

/// Runs the file to its end, and compares everything with a run in memory.
fn check_complete(data: &Path, file: &Path) {
    let file = file.to_str().unwrap();
    let [durable, in_memory] =
        ["durable.jsonl", "memory.jsonl"].map(|name| data.with_file_name(name));
    let last = ["--ext-seq", "line", "--state-out", durable.to_str().unwrap()];
    let last = run_on(data, file, &last);
    assert_eq!(last.status, Some(0), "{}", last.err);
    let expected = run(&["--commands", file, "--state-out", in_memory.to_str().unwrap()]);
    let expected_outcomes = expected.out.replace(r#""phase":"run_tx","#, "");
    assert_eq!(outcomes(&last.out), outcomes(&expected_outcomes));
    let read = |path| fs::read_to_string(path).unwrap();
    assert_eq!(read(durable), read(in_memory));
    let data = data.to_str().unwrap();
    assert_eq!(json(&statevec(&["log", "verify", data, "--json"]))["last_entry"], COMMANDS);
}
