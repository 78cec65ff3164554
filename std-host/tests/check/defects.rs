//! The bank with one defect at a time.

use std::thread;

use super::{check, library};

/// Each defect of tests/defective, the check that must find it, its status, and a part of the
/// reason.
const DEFECTS: &[(&str, &str, &str, &str)] = &[
    ("name that changes", "declarations", "fail", "the name is another one after commands"),
    ("schema that changes", "declarations", "fail", "the schema is another one after commands"),
    ("panic in create", "create", "fail", "fails with kind 5001"),
    ("second try that succeeds", "create", "fail", "one answer the first time"),
    ("rejection without a reason", "answers", "fail", "run_tx fails without a text"),
    ("unlisted record", "host-calls", "fail", "the schema has no record kind 9"),
    ("unlisted record", "records", "fail", "record kind 9 is used"),
    ("changed key", "host-calls", "fail", "changes its"),
    ("short key", "host-calls", "fail", "update_typed_by_pk_raw (4001)"),
    ("panic on three", "panics", "fail", "and the panic was caught"),
    ("panic on three", "commands", "fail", "failed (5001)"),
    ("abort on three", "commands", "fail", "by signal SIGABRT"),
    ("exit", "commands", "fail", "with exit code 0"),
    ("memory without end", "commands", "fail", "by signal SIGABRT"),
    ("file without end", "commands", "fail", "by signal SIGXFSZ"),
    ("command without code", "commands", "fail", "command Transfer is declared"),
    ("panic on u64::MAX", "boundary-values", "fail", "attempt to add with overflow"),
    ("endless loop on u64::MAX", "boundary-values", "fail", "it did not end within 2 s"),
    ("endless wait for a process", "commands", "fail", "it did not end within 2 s"),
    ("short payload that is taken", "malformed-payloads", "fail", "cut off is committed"),
    ("long payload that is taken", "malformed-payloads", "warn", "more bytes than its fields"),
    ("unknown command that is taken", "unknown-commands", "fail", "does not declare is committed"),
    ("short event", "events", "fail", "an event does not fit the schema"),
    ("unlisted reason in an event", "events", "fail", "is 9, and enum Reason has no such value"),
    ("unlisted event", "events", "fail", "event kind 9 is emitted"),
    ("bytes of no field", "records", "warn", "byte 40 of record Account 1"),
    ("off by one", "invariants", "fail", "the invariants do not hold after command"),
    ("invariant that needs an account", "invariants", "fail", "do not hold without records"),
    ("counter of rejections", "rejection-trace", "fail", "leaves a trace in the plugin"),
    ("cache that is not rolled back", "host-failures", "fail", "leaves a trace in the plugin"),
    ("event that is lost", "host-failures", "fail", "and the command is committed"),
    ("nanoseconds", "two-instances", "fail", "the text is"),
    ("hash order", "two-instances", "fail", "no business first"),
    ("address of the instance", "two-instances", "fail", "no business in 0x"),
    ("counter in a static", "two-instances", "fail", "has no amount"),
    ("hidden counter", "new-instance", "fail", "keep state in records"),
    ("counter of the thread", "other-thread", "fail", "no thread-locals"),
    ("instances that share an amount", "side-by-side", "fail", "share nothing"),
    ("process number", "two-processes", "fail", "another process differs"),
    ("address of a static", "two-processes", "fail", "another process differs"),
    ("order of allocations", "addresses", "fail", "blocks ascend"),
    ("locale", "environment", "fail", "tr_TR"),
    ("working folder", "environment", "fail", "another folder"),
    ("seconds", "clock", "fail", "seconds"),
    ("memory that is lost", "create-destroy", "fail", "memory grows with each instance"),
    ("file that stays open", "create-destroy", "fail", "more files are open"),
    ("unloading that fails", "unload", "fail", "there is more to do"),
    ("thread that stays", "process-state", "fail", "leaves threads running"),
    ("process that stays", "process-state", "fail", "leaves processes running"),
    ("another working folder", "process-state", "fail", "changes the working folder"),
    ("file that is left", "process-state", "fail", "leaves files in the working folder"),
    ("print", "output", "warn", "a command comes"),
];

#[test]
fn a_defect_that_its_check_does_not_find() {
    let missed: Vec<String> = thread::scope(|scope| {
        let parts = DEFECTS.chunks(DEFECTS.len().div_ceil(2));
        let parts = parts.map(|part| scope.spawn(|| part.iter().filter_map(missed).collect()));
        let parts: Vec<thread::ScopedJoinHandle<'_, Vec<String>>> = parts.collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    });
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// A report on a defect that was not found as the table says.
fn missed((defect, name, status, why): &(&str, &str, &str, &str)) -> Option<String> {
    let config = format!("defect = {defect}");
    let timeout = if defect.starts_with("endless") { "2" } else { "30" };
    let args = ["--json", "--only", name, "--config", &config, "--timeout", timeout];
    let checked =
        check(&library("statevec_defective"), &[&args[..], &["--strictness", "basic"]].concat());
    let report = checked.report();
    let findings = report["checks"][0]["findings"].as_array().unwrap();
    let is_found = findings.iter().any(|finding| {
        finding["status"] == *status && finding["why"].as_str().unwrap().contains(why)
    });
    let is_found = is_found && (*status == "fail") == (checked.code == Some(1));
    (!is_found).then(|| format!("{defect}: {name}: {:?}\n{}", checked.code, checked.out))
}

#[test]
fn a_script_that_is_longer_than_it_must_be() {
    let library = library("statevec_defective");
    for (defect, name, commands) in [
        // The amount 3 alone, in one command.
        ("panic on three", "commands", 1),
        ("abort on three", "commands", 1),
        ("panic on u64::MAX", "boundary-values", 1),
        // Every fifth command.
        ("hidden counter", "new-instance", 5),
        // A deposit of 1 and a withdrawal of 1.
        ("off by one", "invariants", 2),
        // Each script needs a process of its own.
        ("file that is left", "process-state", 1),
    ] {
        let config = format!("defect = {defect}");
        let checked = check(&library, &["--json", "--only", name, "--config", &config]);
        let report = checked.report();
        let findings = report["checks"][0]["findings"].as_array().unwrap().clone();
        let found = findings.iter().map(|finding| finding["commands"].as_array().unwrap().len());
        assert_eq!(found.filter(|len| *len > 0).min(), Some(commands), "{defect}: {findings:?}");
    }
}

#[test]
fn a_report_of_the_same_seed_that_differs() {
    let library = library("statevec_defective");
    for defect in ["hidden counter", "abort on three", "off by one", "event that is lost"] {
        let config = format!("defect = {defect}");
        let only = ["commands", "new-instance", "invariants", "host-failures"];
        let mut args = vec!["--json", "--config", &config, "--seed", "7"];
        only.iter().for_each(|name| args.extend(["--only", name]));
        let (first, second) = (check(&library, &args), check(&library, &args));
        assert_eq!(first.out, second.out, "{defect}");
        assert!(first.out.contains("\"fail\""), "{defect}: {}", first.out);
    }
    // A report of a plugin without a defect has its coverage.
    let args = ["--only", "coverage", "--only", "malformed-payloads", "--seed", "9"];
    let (first, second) = (check(&library, &args), check(&library, &args));
    assert_eq!(first.out, second.out);
    let other = check(&library, &["--only", "coverage", "--seed", "10"]);
    assert!(first.out.contains("command Deposit: ") && other.code == Some(0), "{}", other.out);
}
