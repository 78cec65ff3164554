//! `--keep-entries`: checkpoints remove segments of the log.

use std::{fs, path::Path, sync::Arc};

use serde_json::Value;
use statevec_abi::boundary::RuntimeCommandRef;
use statevec_host::{
    LoadedPlugin,
    durable::{DataDirectory, DurableEngine, DurableOptions},
    json::parse_command,
    storage::FileSystem,
    txlog::LogOptions,
};

use super::{
    bank::{bank, deposit},
    data::{json, quick_folder, run_on, statevec},
};

/// Adds 40 deposits, in segments that hold a few entries each.
fn record_deposits(data: &Path) {
    // SAFETY: the library is the bank of this workspace, which keeps the contract (rule 6).
    let plugin = unsafe { LoadedPlugin::open(bank()) }.unwrap();
    let directory = DataDirectory::new(Arc::new(FileSystem), data);
    let log = LogOptions { segment_bytes: 8 << 10, zero_ahead: 0, ..LogOptions::default() };
    let options = DurableOptions { log, ..DurableOptions::default() };
    let mut engine = DurableEngine::open(&directory, &plugin, options).unwrap();
    let mut payload = Vec::new();
    let line = parse_command(plugin.schema(), deposit(1, 1).trim().as_bytes(), &mut payload);
    let kind = line.unwrap().kind;
    for _ in 0..40 {
        let ext_seq = engine.position().entry + 1;
        engine.submit(&RuntimeCommandRef::new(kind, ext_seq, 0, &payload)).unwrap();
        engine.sync().unwrap();
    }
    engine.close().unwrap();
}

fn checkpoint(data: &Path, more: &[&str]) -> Value {
    json(&statevec(&[&["checkpoint", data.to_str().unwrap(), "--json"], more].concat()))
}

fn first_entry(data: &Path) -> u64 {
    let status = json(&statevec(&["status", data.to_str().unwrap(), "--json"]));
    status["first_entry"].as_u64().unwrap()
}

#[test]
fn checkpoint_removes_segments_that_are_still_needed() {
    let folder = quick_folder();
    let data = folder.path().join("data");
    record_deposits(&data);
    let made = checkpoint(&data, &["--keep-entries", "0"]);
    assert_eq!(made["removed"], Value::Array(vec![]), "no checkpoint before covers any");
    record_deposits(&data);
    let made = checkpoint(&data, &["--keep-entries", "80"]);
    assert_eq!(made["removed"], Value::Array(vec![]), "the last 80 entries are all");
    record_deposits(&data);
    checkpoint(&data, &[]);
    assert_eq!(first_entry(&data), 1, "without the option all are kept");

    record_deposits(&data);
    let made = checkpoint(&data, &["--keep-entries", "100"]);
    let removed = made["removed"].as_array().unwrap();
    assert!(removed.iter().all(|path| !Path::new(path.as_str().unwrap()).exists()), "{made}");
    let first = first_entry(&data);
    assert!(!removed.is_empty() && (31..=61).contains(&first), "{first}: {made}");

    record_deposits(&data);
    let text = statevec(&["checkpoint", data.to_str().unwrap(), "--keep-entries", "0"]).out;
    assert!(text.contains("\nremoved ") && text.contains(".txlog\n"), "{text}");
    let first = first_entry(&data);
    assert!((121..=161).contains(&first), "{first}: the checkpoint before covers 160 entries");
    let verified = json(&statevec(&["log", "verify", data.to_str().unwrap(), "--json"]));
    assert_eq!(verified["last_entry"], 200);
}

#[test]
fn run_keeps_segments_that_its_option_gives_up() {
    let folder = quick_folder();
    let data = folder.path().join("data");
    record_deposits(&data);
    checkpoint(&data, &[]);
    let commands = folder.path().join("commands.jsonl");
    fs::write(&commands, deposit(1, 1).repeat(10_000)).unwrap();
    let run = |more: &[&str]| {
        let every = ["--checkpoint-every", "1"];
        let ran = run_on(&data, commands.to_str().unwrap(), &[&every, more].concat());
        assert_eq!(ran.status, Some(0), "{}", ran.err);
    };
    run(&[]);
    assert_eq!(first_entry(&data), 1, "without the option all are kept");
    run(&["--keep-entries", "1000"]);
    let first = first_entry(&data);
    assert!((25..=40).contains(&first), "{first}: the last small segment goes on");
    run(&[]);
}

#[test]
fn option_has_no_directory_or_no_number() {
    let ran = statevec(&["run", "--plugin", "p", "--commands", "c", "--keep-entries", "5"]);
    assert_eq!(ran.status, Some(2));
    assert!(ran.err.contains("--data <DIR>"), "{}", ran.err);
    let ran = statevec(&["checkpoint", "data", "--keep-entries", "all"]);
    assert_eq!(ran.status, Some(2));
    assert!(ran.err.contains("'all' for '--keep-entries <N>'"), "{}", ran.err);
}
