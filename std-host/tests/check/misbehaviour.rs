//! The plugins that break the contract on purpose: `tests/misbehaving` and `tests/unruly`.

use std::{fs, path::Path};

use assert_cmd::Command;

use super::{Checked, check, ended, library};

/// Misbehaviour that the configuration of tests/misbehaving names, the check that must find it, and
/// a part of the reason.
///
/// Left out is what a host cannot see or must allow: calls of the plugin's own functions from
/// inside one of them, and the context of an earlier command of the same instance during a later
/// one.
const RAW: &[(&str, &str, &str)] = &[
    ("create_runtime: status 2", "create", "create_runtime returned status 2"),
    ("create_runtime: status 0xFFFFFFFF", "create", "returned status 4294967295"),
    ("create_runtime: nothing written", "create", "failed and gave no reason"),
    ("create_runtime: success without a handle", "create", "returned no runtime handle"),
    ("create_runtime: failure with a handle", "answers", "fails and writes a handle"),
    ("run_tx: status 2", "answers", "run_tx returns status 2"),
    ("run_tx: status 0xFFFFFFFF", "answers", "run_tx returns status 4294967295"),
    ("run_tx: nothing written", "answers", "run_tx fails and gives no kind of error"),
    ("run_tx: success with an error", "answers", "leaves an error's text behind"),
    ("run_tx: no text", "answers", "run_tx fails without a text"),
    ("run_tx: phase 0", "answers", "run_tx fails with phase 0"),
    ("run_tx: phase 0xFFFFFFFF", "answers", "run_tx fails with phase 4294967295"),
    ("run_tx: kind 0", "answers", "run_tx fails and gives no kind"),
    ("run_tx: kind 65535", "answers", "kind 65535, which the contract does not define"),
    ("run_tx: message_len 513", "answers", "a text of 513 bytes"),
    ("run_tx: message_len usize::MAX", "answers", "512 is the most"),
    ("run_tx: message that is not UTF-8", "answers", "a text that is not UTF-8"),
    ("validate_biz_invariants: status 2", "answers", "validate_biz_invariants returns status 2"),
    ("validate_biz_invariants: nothing written", "invariants", "without records"),
    ("on_unload: status 2", "answers", "on_unload returns status 2"),
    ("on_unload: kind 65535", "unload", "on_unload"),
    ("host call: update with kind 99", "host-calls", "record kind 99"),
    ("host call: read_by_id with null visitor", "host-calls", "visitor is null"),
    ("host call: read_by_pk with null out parameter", "host-calls", "is null"),
    ("host call: create with null context", "host-calls", "host context is null"),
    ("host call: delete with null bytes", "host-calls", "bytes pointer is null"),
    ("host call: emit with kind 99", "host-calls", "event kind 99"),
    ("host call: update with len 7", "host-calls", "update_typed_by_pk_raw"),
    ("host call: emit with len usize::MAX", "host-calls", "emit_typed_event_raw"),
    ("host call: delete with kind 99 and null out_error", "host-calls", "record kind 99"),
    ("every call: read_by_id visitor", "host-calls", "inside a read or key visitor"),
    ("every call: for_each visitor", "host-calls", "inside a read or key visitor"),
    ("every call: create visitor", "host-calls", "inside a create or update visitor"),
    ("every call: update visitor", "host-calls", "inside a create or update visitor"),
    ("every call: another thread", "host-calls", "by another thread"),
    ("every call: another thread, all the while", "host-calls", "by another thread"),
    ("every call: another thread after run_tx", "host-calls", "after the call"),
    ("every call: on_unload, with the context of run_tx", "host-calls", "after the call"),
    ("run_tx again: update visitor", "host-calls", "inside a create or update visitor"),
];

/// Places of panics of the tables `panicking` and `boxed`.
const PANICS: &[(&str, &str)] = &[
    ("run_tx", "commands"),
    ("read_by_id visitor", "commands"),
    ("read_by_pk visitor", "commands"),
    ("for_each visitor", "commands"),
    ("create visitor", "commands"),
    ("update visitor", "commands"),
    ("destructor of a visitor that ran", "commands"),
    ("destructor of a visitor that never ran", "commands"),
    ("validate", "invariants"),
    ("validate read_by_id visitor", "invariants"),
    ("validate for_each visitor", "invariants"),
    ("on_unload", "unload"),
    ("create", "create"),
];

/// A run over the misbehaving plugin, with properties that it reads from the environment.
fn misbehaving(said: &str, args: &[&str]) -> Checked {
    let mut command = Command::new(env!("CARGO_BIN_EXE_statevec-host"));
    command.env("STATEVEC_MISBEHAVING", said);
    command.arg("check").arg(library("statevec_misbehaving")).arg("--json").args(args);
    ended(&mut command)
}

/// Collects the cases that are not found.
fn all_found<'c>(cases: impl Iterator<Item = (String, Checked, &'c str)>) {
    let found = |checked: &Checked, why: &str| {
        let report = checked.report();
        let findings = report["checks"][0]["findings"].as_array().unwrap().clone();
        findings.iter().any(|finding| {
            finding["status"] == "fail" && finding["why"].as_str().unwrap().contains(why)
        })
    };
    let missed: Vec<String> = cases
        .filter(|(_, checked, why)| !found(checked, why))
        .map(|(name, checked, _)| format!("{name}\n{}", checked.out))
        .collect();
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn a_breach_of_the_c_table_that_its_check_does_not_find() {
    all_found(RAW.iter().map(|(config, name, why)| {
        let args = ["--config", config, "--only", name, "--strictness", "basic"];
        (format!("{config}: {name}"), misbehaving("table=raw", &args), *why)
    }));
}

#[test]
fn a_panic_that_its_check_does_not_find() {
    let tables = ["panicking", "boxed"].iter();
    all_found(tables.flat_map(|table| {
        PANICS.iter().map(move |(place, name)| {
            let (config, said) = (format!("{place} text"), format!("table={table}"));
            let args = ["--config", &config, "--only", name, "--strictness", "basic"];
            (format!("{table}: {place}: {name}"), misbehaving(&said, &args), "on purpose")
        })
    }));
}

#[test]
fn a_fault_before_there_is_an_instance_that_load_does_not_find() {
    let cases = [
        ("table=raw;abi_version=2", "ABI version 2"),
        ("table=raw;null=run_tx", "run_tx is null"),
        ("table=raw;null=on_unload", "on_unload is null"),
        ("table=panicking;panic=name text", "the plugin's name cannot be used"),
        ("table=panicking;panic=schema text", "the plugin's schema function panics"),
    ];
    all_found(
        cases
            .into_iter()
            .map(|(said, why)| (said.to_owned(), misbehaving(said, &["--only", "load"]), why)),
    );
}

/// Harms of tests/unruly, the check that must find each, and a part of the reason: one of those
/// with a bar between them.
const UNRULY: &[(&str, &str, &str)] = &[
    ("print", "output", "unruly: "),
    ("hang", "commands", "it did not end within 2 s"),
    ("panic", "commands", "failed (5001)"),
    ("abort", "commands", "by signal SIGABRT"),
    ("exit", "commands", "with exit code 0"),
    // On a busy machine the thread may come first.
    ("exit later", "process-state", "leaves threads running|with exit code 0"),
    ("overflow", "commands", "by signal SIG"),
    ("fault", "commands", "by signal SIGSEGV"),
];

#[test]
fn an_unruly_command_that_its_check_does_not_find() {
    let folder = tempfile::tempdir().unwrap();
    let run = |(what, name, why): &(&'static str, &str, &'static str)| {
        let examples = folder.path().join(format!("{what}.jsonl"));
        write_example(&examples, what);
        let examples = examples.to_str().unwrap().to_owned();
        let timeout = if *what == "hang" { "2" } else { "20" };
        let args = ["--json", "--only", name, "--examples", &examples, "--timeout", timeout];
        let checked = check(&library("statevec_unruly"), &args);
        let is_found = checked.report()["checks"][0]["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|finding| finding["why"].as_str())
            .any(|found| why.split('|').any(|why| found.contains(why)));
        (!is_found).then(|| format!("{what}: {name}\n{}", checked.out))
    };
    let missed: Vec<String> = UNRULY.iter().filter_map(run).collect();
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

fn write_example(path: &Path, what: &str) {
    let line = format!("{{\"command\":\"Do\",\"payload\":{{\"what\":\"{what}\"}}}}\n");
    fs::write(path, line).unwrap();
}
