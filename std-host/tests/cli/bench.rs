//! `bench`: wrong arguments, and figures that would be wrong without an error.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::bank::bank;
use super::readme::COMMANDS;
use super::{Ended, ended, host, program};

fn bench(args: &[&str]) -> Ended {
    let mut program = program();
    program.arg("bench").arg(bank()).args(["--seconds", "0"]);
    ended(program.args(args))
}

#[test]
fn wrong_arguments_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("empty"), "\n\n").unwrap();
    fs::write(path("wrong"), "{\"command\":\"Nope\",\"payload\":{}}\n").unwrap();
    for (args, error) in [
        (&["--commands", &path("empty")][..], "there are no commands to run"),
        (&["--commands", &path("wrong")], "line 1: not a command of this plugin"),
        (&["--commands", &path("none")], "cannot be opened"),
        (&["--generate", "0"], "0 is not in 1..=10000000"),
        (&["--generate", "5", "--commands", "x"], "cannot be used with"),
        (&["--generate", "5", "--compare", &path("none")], "cannot find the plugin"),
        (&[], "required"),
    ] {
        bench(args).fails_with(2, error);
    }
    for seconds in ["--seconds=-1", "--seconds=nan", "--seconds=4000"] {
        let ended = host(&["bench", "libbank.so", "--generate", "5", seconds]);
        ended.fails_with(2, "give a number from 0 to 3600");
    }
}

#[test]
fn figures_are_those_of_the_commands() {
    let ended = bench(&["--commands", COMMANDS, "--json"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let figures: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(figures["commands"], 210);
    assert_eq!([&figures["committed"], &figures["rejected"], &figures["failed"]], [181, 29, 0]);
    // 362 events of 181 commits, and one that a rejection undid after it.
    let events = figures["events"].as_f64().unwrap() * 210.0;
    assert!((362.0..400.0).contains(&events), "{events}");
    let at = |name: &str| figures["latency_ns"][name].as_u64().unwrap();
    assert!(0 < at("p50") && at("p50") <= at("p99") && at("p99") <= at("max"));
    let [slowest, fastest] =
        [0, 1].map(|at| figures["commands_per_second_range"][at].as_f64().unwrap());
    let median = figures["commands_per_second"].as_f64().unwrap();
    assert!(slowest <= median && median <= fastest);
    match figures["not_counted"].as_str() {
        None => assert!(figures["instructions"].as_f64().unwrap() > 100.0, "{}", ended.out),
        Some(reason) => assert!(reason.starts_with("there is no valgrind"), "{reason}"),
    }
}

#[test]
fn generated_commands_are_the_same_for_the_same_seed() {
    let counts = |seed: &str| {
        let ended = bench(&["--generate", "300", "--seed", seed, "--json"]);
        let figures: Value = serde_json::from_str(&ended.out).unwrap();
        ["committed", "rejected", "failed", "bytes_written"].map(|key| figures[key].clone())
    };
    let [committed, rejected, failed, bytes] = counts("1");
    assert_eq!(counts("1"), [committed.clone(), rejected, failed.clone(), bytes.clone()]);
    assert!(committed.as_u64() > Some(0) && failed == 0);
    assert_ne!(counts("2")[3], bytes);
}

#[test]
fn limits_of_the_plugin_hold_in_the_measured_commands() {
    let dir = tempfile::tempdir().unwrap();
    let limits = dir.path().join("limits.toml");
    fs::write(&limits, "create = []").unwrap();
    let args = ["--commands", COMMANDS, "--json", "--limits", limits.to_str().unwrap()];
    let figures: Value = serde_json::from_str(&bench(&args).out).unwrap();
    assert_eq!([&figures["committed"], &figures["rejected"]], [0, 210]);
}

#[test]
fn build_is_not_faster_than_itself() {
    let args =
        ["--generate", "50", "--json", "--compare", bank().to_str().unwrap()].map(str::to_owned);
    let ended = bench(&args.each_ref().map(String::as_str));
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let figures: Value = serde_json::from_str(&ended.out).unwrap();
    let compared = &figures["compared"];
    assert_eq!(compared["committed"], figures["committed"]);
    assert!(compared["pairs"].as_u64() >= Some(20));
    let [low, high] = [0, 1].map(|at| compared["confidence_95"][at].as_f64().unwrap());
    let ratio = compared["time_ratio"].as_f64().unwrap();
    assert!(low <= ratio && ratio <= high, "{low} to {high}, {ratio}");
}

#[test]
fn help_names_the_hidden_run_under_valgrind_nowhere() {
    let ended = host(&["bench", "--help"]);
    assert!(ended.out.contains("--compare") && !ended.out.contains("run-once"));
}

/// The bank allocates nothing, and a boxed plugin does. Without valgrind neither is counted.
#[test]
fn allocations_are_those_of_the_plugin_and_not_of_the_host() {
    let boxed = format!("{DLL_PREFIX}statevec_boxed_so{DLL_SUFFIX}");
    let allocations = |library: PathBuf| {
        let mut program = program();
        program.args(["bench", "--generate", "50", "--seconds", "0", "--json"]).arg(library);
        let ended = ended(&mut program);
        let figures: Value = serde_json::from_str(&ended.out).expect(&ended.err);
        assert_eq!(figures["allocations"].is_null(), figures["counter"] != "callgrind");
        figures["allocations"].as_f64()
    };
    let (bank, boxed) = (allocations(bank()), allocations(bank().with_file_name(boxed)));
    assert_eq!(bank.is_some(), boxed.is_some());
    if let (Some(bank), Some(boxed)) = (bank, boxed) {
        assert!(bank == 0.0 && boxed > 0.5, "{bank} and {boxed} allocations per command");
    }
}

/// A script in place of perf, which counts 700 instructions per command and 9,000 beside them, or
/// nothing.
fn bench_with_perf(count: &str) -> Value {
    let script = format!(
        "while [ $# -gt 0 ]; do\n\
             case $1 in --run-once) commands=$2 ;; esac\n\
             shift\n\
         done\n\
         echo {count},,instructions:u,1,100.00,,\n"
    );
    let dir = tempfile::tempdir().unwrap();
    let ended = bench_with(dir.path(), "perf", &script);
    serde_json::from_str(&ended.out).expect(&ended.err)
}

/// Runs with one other program, a shell script. Both have a folder for temporary files.
fn bench_with(dir: &Path, name: &str, script: &str) -> Ended {
    use std::os::unix::fs::PermissionsExt as _;
    let [programs, temporary] = ["programs", "temporary"].map(|name| dir.join(name));
    fs::create_dir(&programs).unwrap();
    fs::create_dir(&temporary).unwrap();
    let file = programs.join(name);
    fs::write(&file, format!("#!/bin/sh\n{script}")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    let mut program = program();
    program.env("PATH", programs).env("TMPDIR", temporary).arg("bench").arg(bank());
    ended(program.args(["--generate", "50", "--seconds", "0", "--json"]))
}

#[test]
fn signal_under_valgrind_leaves_files_behind() {
    let dir = tempfile::tempdir().unwrap();
    let ended = bench_with(dir.path(), "valgrind", "kill -KILL $PPID\n");
    assert_eq!((ended.code, ended.out.as_str()), (None, ""), "{}", ended.err);
    assert_eq!(fs::read_dir(dir.path().join("temporary")).unwrap().count(), 0);
}

#[test]
fn instructions_by_perf_are_those_of_the_commands_alone() {
    let figures = bench_with_perf("$((commands * 700 + 9000))");
    assert_eq!(
        [&figures["instructions"], &figures["counter"]],
        [&700.0.into(), &Value::from("perf")]
    );
    assert!(figures["allocations"].is_null() && figures["not_counted"].is_null());
}

#[test]
fn machine_without_a_counter_of_instructions_is_named() {
    let figures = bench_with_perf("'<not supported>'");
    let reason = "there is no valgrind, and perf finds no counter of instructions on this machine";
    assert_eq!(figures["not_counted"], reason);
    assert!(figures["instructions"].is_null() && figures["counter"].is_null());
}
