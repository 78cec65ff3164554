//! A fault in each host call of each command.

use std::collections::BTreeSet;

use statevec_abi::abi::{
    RuntimeErrorKind, RuntimeErrorPhase,
    runtime_error_kind::{HOST_INTERNAL_ERROR, HOST_REJECTED},
};
use statevec_host::{Engine, StoreLimits};
use statevec_tests::scenario::Seen;

use crate::{
    fault::{Fault, text},
    faulty::Faulty,
    script::{Command, Recorded, Script},
};

/// A kind that the contract does not define: it must arrive unchanged, too.
const UNKNOWN: RuntimeErrorKind = RuntimeErrorKind(4999);

const FAULTS: [Fault; 8] = [
    Fault::FailsBefore(HOST_REJECTED),
    Fault::FailsBefore(HOST_INTERNAL_ERROR),
    Fault::FailsBefore(UNKNOWN),
    Fault::FailsAfter(HOST_REJECTED),
    Fault::FailsAfter(HOST_INTERNAL_ERROR),
    Fault::FailsAfter(UNKNOWN),
    Fault::PanicsBefore,
    Fault::PanicsAfter,
];

/// For calls that lend a record.
const LIES: [Fault; 2] = [Fault::FindsUnlent, Fault::Denies];

#[test]
fn every_host_call_of_the_banks_library_fails_once() {
    assert_traceless(&Script::bank_library(), &["create", "emit_event", "update_by_pk"]);
}

#[test]
fn every_host_call_of_the_linked_bank_fails_once() {
    assert_traceless(&Script::bank_linked(), &["create", "emit_event", "update_by_pk"]);
}

#[test]
fn every_host_call_of_a_boxed_plugins_library_fails_once() {
    assert_traceless(&Script::boxed_library(), &["create", "emit_event", "update_by_pk"]);
}

#[test]
fn every_host_call_of_the_linked_inventory_fails_once() {
    assert_traceless(&Script::inventory_linked(), INVENTORY);
}

#[test]
fn every_host_call_of_a_published_plugin_fails_once() {
    // All but "emit_event": where that fails, the published crates end the process.
    assert_traceless(
        &Script::inventory_published(),
        &["create", "delete_by_pk", "read_by_pk", "update_by_pk"],
    );
}

const INVENTORY: &[&str] = &["create", "delete_by_pk", "emit_event", "read_by_pk", "update_by_pk"];

/// Runs each command with each fault in each of its host calls, then without, on one instance.
fn assert_traceless(script: &Script, failing: &[&str]) {
    let (recorded, image) = script.record();
    let mut engine = script.engine(Faulty::over(script.store(StoreLimits::default())));
    let mut failed = BTreeSet::new();
    for (command, Recorded { seen, calls }) in script.commands.iter().zip(&recorded) {
        for (nth, made) in (1..).zip(calls).filter(|(_, made)| script.survives(made.call)) {
            failed.insert(made.call);
            let lies: &[Fault] = if made.lent && script.finds_out() { &LIES } else { &[] };
            for fault in FAULTS.iter().chain(lies) {
                engine = fail_once(script, engine, command, (nth, *fault), made.call);
            }
        }
        // The command makes no more calls, so none fails.
        engine.host().plan.set(Some((calls.len() + 1, Fault::PanicsBefore)));
        assert_eq!(command.run(&mut engine), *seen, "{command:?}");
    }
    assert_eq!(failed, failing.iter().copied().collect(), "the calls that went wrong");
    assert!(engine.store().image() == image, "the records at the end are not the recorded ones");
    engine.unload().unwrap();
}

fn fail_once(
    script: &Script,
    mut engine: Engine<Faulty>,
    command: &Command,
    (nth, fault): (usize, Fault),
    call: &str,
) -> Engine<Faulty> {
    let case = || format!("{fault:?} at call {nth} of {command:?}");
    command.rewind(&mut engine);
    let position = engine.position();
    let before = (engine.store().image(), engine.tx_seq());
    engine.host().plan.set(Some((nth, fault)));
    let seen = command.run(&mut engine);
    assert_eq!(seen, expected(script, fault, call, nth), "{}", case());
    assert_eq!(engine.host().plan.calls().len(), nth, "it went on after {}", case());
    let after = (engine.store().image(), engine.tx_seq());
    assert!(after == before, "{} changed records or numbers", case());
    assert_eq!(engine.store().check_consistency(), Ok(()), "{}", case());
    if matches!(&seen, Seen::Failed(failure) if failure.kind == HOST_INTERNAL_ERROR) {
        assert_eq!(engine.position(), position, "{} was counted", case());
        return restart_stopped(script, engine, command);
    }
    engine
}

/// An engine stops at kind 4002. Another one goes on with its records.
fn restart_stopped(
    script: &Script,
    mut stopped: Engine<Faulty>,
    command: &Command,
) -> Engine<Faulty> {
    let position = stopped.position();
    stopped.host().plan.set(None);
    let Seen::Failed(refused) = command.run(&mut stopped) else { panic!("it goes on") };
    assert_eq!(refused.kind, HOST_INTERNAL_ERROR);
    assert!(refused.message.starts_with("the engine has stopped at ext_seq "), "{refused}");
    assert_eq!(stopped.host().plan.calls().len(), 0, "the plugin ran");
    let mut engine = script.engine(stopped.into_host());
    engine.resume_at(position);
    engine
}

fn expected(script: &Script, fault: Fault, call: &str, nth: usize) -> Seen {
    let (phase, text) = (RuntimeErrorPhase::RunTx, text(call, nth));
    let told = match fault {
        Fault::FailsBefore(kind) | Fault::FailsAfter(kind) => script.told(phase, kind, &text),
        Fault::PanicsBefore | Fault::PanicsAfter => {
            script.told(phase, HOST_INTERNAL_ERROR, &format!("host panicked: {text}"))
        }
        Fault::FindsUnlent => {
            let text = format!("{} succeeded without calling its visitor", entry(call));
            script.found_out(phase, &text)
        }
        Fault::Denies => script.found_out(phase, &format!("{} {}", entry(call), denial(call))),
    };
    if told.kind.is_rejection() { Seen::Rejected(told) } else { Seen::Failed(told) }
}

/// The name of the table entry that the store's call stands for.
fn entry(call: &str) -> &'static str {
    match call {
        "read_by_pk" => "with_read_typed_by_pk_raw",
        "create" => "create_typed_raw",
        "update_by_pk" => "update_typed_by_pk_raw",
        _ => panic!("{call} lends nothing here"),
    }
}

fn denial(call: &str) -> &'static str {
    match call {
        "create" => "answered with a record of kind 2; 1 was asked for",
        _ => "called its visitor and then reported that there is no record",
    }
}
