//! The C host of the examples runs the bank.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use statevec_tests::{
    beside,
    c::{C11, Compiler, printed_by},
    skipped,
};

/// The output that the host prints for its run.
const EXPECTED: &str = include_str!("../golden/c_host.txt");

fn runs_the_bank(flags: &[&str]) {
    let Some(compiler) = Compiler::c("the C host") else { return };
    let folder = tempfile::tempdir().unwrap();
    if !compiler.can(flags, folder.path()) {
        skipped("the C host", &format!("programs made with {flags:?} do not run here"));
        return;
    }
    let sources = ["examples/c-host/host.c", "examples/c-host/store.c"].map(beside::source);
    let host = folder.path().join("host");
    let sources = [sources[0].as_path(), sources[1].as_path()];
    compiler.compile(&[C11, flags].concat(), &sources, &host);
    let bank = beside::library("statevec-bank-so").unwrap();
    assert_eq!(printed_by(&host, &[bank.as_os_str()]), EXPECTED);
}

#[test]
fn the_c_host_runs_the_bank_otherwise_than_before() {
    runs_the_bank(&["-O2"]);
}

#[test]
fn the_c_host_breaks_a_rule_of_c_or_of_memory() {
    runs_the_bank(&[
        "-O1",
        "-g",
        "-fshort-enums",
        "-fsanitize=address,undefined",
        "-fno-sanitize-recover=all",
    ]);
}
