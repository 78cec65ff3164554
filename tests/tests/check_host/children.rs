//! Hosts in processes of their own.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use statevec_abi::abi::RuntimeErrorKind;
use statevec_check_host::STEPS;
use statevec_tests::{
    beside,
    c::{C11, Compiler},
};

use crate::seen::Seen;

/// The program that runs steps on the store of the C example; `None` without a compiler.
pub(crate) fn c_host(folder: &Path) -> Option<Command> {
    let compiler = Compiler::c("the C host under check-host")?;
    let sources = ["tests/c/check_host.c", "examples/c-host/store.c"].map(beside::source);
    let program = folder.join("check_host");
    compiler.compile(&[C11, &["-O1"]].concat(), &[&sources[0], &sources[1]], &program);
    let mut command = Command::new(program);
    command.arg(beside::library("statevec-check-host").unwrap());
    Some(command)
}

/// Runs all steps. A step that ends the process is followed by a new process for those behind it.
/// Returns the results, and true if the invariants held in the last process.
pub(crate) fn results(mut child: impl FnMut() -> Command) -> (Vec<Seen>, bool) {
    let mut seen = Vec::new();
    let mut invariants = false;
    while seen.len() < STEPS.len() {
        let rest = &STEPS[seen.len()..];
        let mut command = child();
        command.args(rest.iter().map(|step| step.number.to_string())).stderr(Stdio::null());
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let steps = rest.iter().zip(text.lines());
        seen.extend(steps.map(|(step, line)| result(line, step.number)));
        invariants = text.lines().last() == Some("invariants");
        if seen.len() < STEPS.len() {
            assert!(!output.status.success(), "steps are missing: {text}");
            seen.push(Seen::Ended);
        }
    }
    (seen, invariants)
}

/// A line: the step, and its events in hexadecimal, or `failed KIND`.
pub(crate) fn result(line: &str, step: u16) -> Seen {
    let mut words = line.split_whitespace();
    assert_eq!(words.next().and_then(|word| word.parse().ok()), Some(step), "{line}");
    if let Some(kind) = line.split_once(" failed ").map(|(_, kind)| kind) {
        return Seen::Failed(RuntimeErrorKind(kind.trim().parse().unwrap()));
    }
    let bytes = |hex: &str| {
        let digits = (0..hex.len()).step_by(2);
        digits.map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
    };
    Seen::Committed(words.map(bytes).collect())
}
