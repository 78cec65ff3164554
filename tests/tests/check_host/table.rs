//! The table of results in the README of check-host.

use std::fs;

use statevec_check_host::STEPS;
use statevec_tests::beside;

use crate::{children, fixed, published, seen::Seen, server};

const README: &str = "std-host/check-host/README.md";

const COMMANDS: &str = "std-host/check-host/checks.jsonl";

/// Set to write the table anew.
const BLESS: &str = "STATEVEC_BLESS";

pub(crate) fn is_that_of_the_hosts() {
    let commands = fs::read_to_string(beside::source(COMMANDS)).unwrap();
    let listed = STEPS.iter().map(|step| {
        format!("{{\"command\":\"Check\",\"payload\":{{\"step\":{}}}}}\n", step.number)
    });
    assert_eq!(commands, listed.collect::<String>(), "{COMMANDS} has other steps");
    let folder = tempfile::tempdir().unwrap();
    let (server, server_invariants) = server::results();
    let (fixed, fixed_invariants) = fixed::results();
    assert_eq!((server_invariants, fixed_invariants), (None, None));
    let c_host = children::c_host(folder.path()).map(|program| {
        children::results(|| {
            let mut command = std::process::Command::new(program.get_program());
            command.args(program.get_args());
            command
        })
    });
    let published = children::results(published::command);
    // Our stores keep every promise; a store for one thread need not detect another one.
    for (step, seen) in STEPS.iter().zip(&server) {
        assert_eq!(seen.cell(step), "kept", "{}: {}", step.number, step.promise);
    }
    for (step, seen) in STEPS.iter().zip(&fixed) {
        let expected = if step.number == 38 { "not detected" } else { "kept" };
        assert_eq!(seen.cell(step), expected, "{}: {}", step.number, step.promise);
    }
    let Some((c_host, _)) = c_host else { return };
    compare(&lines(&[&server, &fixed, &c_host, &published.0]));
}

fn lines(hosts: &[&[Seen]]) -> String {
    let mut text = String::new();
    for (position, step) in STEPS.iter().enumerate() {
        let cells: Vec<_> = hosts.iter().map(|host| host[position].cell(step)).collect();
        text += &format!("| {} | {} | {} |\n", step.number, step.promise, cells.join(" | "));
    }
    text
}

/// Compares the rows with those of the README, between its marks.
fn compare(rows: &str) {
    let path = beside::source(README);
    let page = fs::read_to_string(&path).unwrap();
    let (start, rest) = page.split_once("|---|---|---|---|---|---|\n").expect("the table's head");
    let end = rest.find("\n\n").expect("a paragraph behind the table") + 1;
    let (shown, behind) = rest.split_at(end);
    if std::env::var_os(BLESS).is_some() {
        let head = "|---|---|---|---|---|---|\n";
        fs::write(path, [start, head, rows, behind].concat()).unwrap();
        return;
    }
    assert_eq!(shown, rows, "set {BLESS} to write the table of {README} anew");
}
