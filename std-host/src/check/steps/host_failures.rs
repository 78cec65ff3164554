//! Each host call of a command fails in turn.

use statevec_abi::{
    abi::{
        RuntimeErrorKind,
        runtime_error_kind::{HOST_INTERNAL_ERROR, HOST_REJECTED},
    },
    layers::FailPoint,
};

use crate::check::{
    field_values::Flavour,
    run::{Fault, Run},
    script::ScriptCommand,
    session::{End, Seen},
};

/// The most commands of a script here: each runs once per host call of each.
const COMMANDS: usize = 10;

pub(in crate::check) fn host_failures(run: &Run<'_>) {
    run.step("each host call is refused", || {
        run.search_some(Flavour::Plain, run.job.cases.min(12), |script| {
            fail_each(run, script, HOST_REJECTED)
        });
    });
    run.step("each host call fails", || {
        run.search_some(Flavour::Plain, run.job.cases.min(12), |script| {
            fail_each(run, script, HOST_INTERNAL_ERROR)
        });
    });
}

fn fail_each(run: &Run<'_>, script: &[ScriptCommand], kind: RuntimeErrorKind) -> Option<Fault> {
    let script = &script[..script.len().min(COMMANDS)];
    let mut session = run.session()?;
    let mut calls = Vec::new();
    for command in script {
        session.run(command);
        calls.push(session.probe().made());
    }
    for (place, calls) in calls.iter().enumerate() {
        // Debug messages are no part of the outcome.
        let is_part = |nth: &usize| calls[nth - 1] != "debug_log";
        for nth in (1..=calls.len()).filter(is_part) {
            if let Some(fault) = fail_one(run, script, place, (nth, kind), calls) {
                return Some(fault);
            }
        }
    }
    None
}

/// Lets one call of one command fail, and compares the rest of the script with a run that leaves
/// the command out.
fn fail_one(
    run: &Run<'_>,
    script: &[ScriptCommand],
    place: usize,
    (nth, kind): (usize, RuntimeErrorKind),
    calls: &[&str],
) -> Option<Fault> {
    let (before, after) = (script.get(..place)?, script.get(place + 1..)?);
    let command = script.get(place)?;
    let (mut faulty, mut clean) = (run.session()?, run.session()?);
    faulty.run_all(before);
    clean.run_all(before);
    faulty.faults().arm(nth as u64, FailPoint { kind, after: false });
    let seen = faulty.run(command);
    faulty.faults().disarm();
    clean.skip(command);
    let call = calls.get(nth - 1).copied().unwrap_or_default();
    let shown = format!("host call {nth} ({call}) of command {} fails ({})", place + 1, kind.0);
    if seen.end == End::Committed {
        let why = format!("{shown}, and the command is committed; pass the host's error on");
        // A plugin may have another way when the host refuses a call.
        let is_legal = kind == HOST_REJECTED;
        return Some(if is_legal { Fault::warn(why) } else { Fault::fail(why) });
    }
    if seen.text.contains("panic") {
        return Some(Fault::fail(format!("{shown}, and the plugin panics: {}", seen.text)));
    }
    if kind == HOST_INTERNAL_ERROR {
        // The engine may stop then, so that nothing runs behind it.
        return None;
    }
    let (after_it, without): (Vec<Seen>, Vec<Seen>) = (faulty.run_all(after), clean.run_all(after));
    let difference = run.difference(&after_it, &without)?;
    Some(Fault::fail(format!(
        "{shown}, and leaves a trace in the plugin: {difference} in the rest of the script"
    )))
}
