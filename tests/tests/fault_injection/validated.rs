//! A fault in each host call while a plugin validates its invariants.

use statevec_abi::abi::{
    RuntimeErrorPhase,
    runtime_error_kind::{HOST_INTERNAL_ERROR, HOST_REJECTED},
};
use statevec_host::{Engine, PluginFailure, StoreLimits};

use crate::{
    fault::{Fault, Made, text},
    faulty::Faulty,
    script::Script,
};

const FAULTS: [Fault; 4] = [
    Fault::FailsBefore(HOST_REJECTED),
    Fault::FailsAfter(HOST_INTERNAL_ERROR),
    Fault::PanicsBefore,
    Fault::PanicsAfter,
];

#[test]
fn every_host_call_fails_once_while_the_banks_library_validates() {
    assert_told(&Script::bank_library());
}

#[test]
fn every_host_call_fails_once_while_the_linked_bank_validates() {
    assert_told(&Script::bank_linked());
}

#[test]
fn every_host_call_fails_once_while_a_boxed_plugins_library_validates() {
    assert_told(&Script::boxed_library());
}

#[test]
fn every_host_call_fails_once_while_a_published_plugin_validates() {
    assert_told(&Script::inventory_published());
}

/// All of them read every record from inside the visitor of its key: a fault there meets two calls
/// of the host.
fn assert_told(script: &Script) {
    let mut engine = script.engine(Faulty::over(script.store(StoreLimits::default())));
    for command in &script.commands {
        let _ = command.run(&mut engine);
    }
    let before = engine.store().image();
    let all = calls(&mut engine, None);
    assert_eq!(all.1, None);
    let (walk, reads) = all.0.split_first().unwrap();
    assert_eq!(walk.call, "for_each_key");
    assert!(reads.len() > 1 && reads.iter().all(|made| made.call == "read_by_id" && made.lent));
    for (nth, Made { call, .. }) in (1..).zip(&all.0) {
        for fault in FAULTS {
            let (_, failure) = calls(&mut engine, Some((nth, fault)));
            let text = text(call, nth);
            let (kind, text) = match fault {
                Fault::FailsBefore(kind) | Fault::FailsAfter(kind) => (kind, text),
                _ => (HOST_INTERNAL_ERROR, format!("host panicked: {text}")),
            };
            let told = script.told(RuntimeErrorPhase::ValidateBizInvariants, kind, &text);
            assert_eq!(failure, Some(told), "{fault:?} at call {nth}");
            assert!(engine.store().image() == before, "{fault:?} at call {nth} changed records");
        }
    }
    assert_eq!(calls(&mut engine, None), all, "the instance goes on");
}

/// Validates with a fault or without. Returns the host calls that were made, and the plugin's
/// result.
fn calls(
    engine: &mut Engine<Faulty>,
    fault: Option<(usize, Fault)>,
) -> (Vec<Made>, Option<PluginFailure>) {
    engine.host().plan.set(fault);
    let failure = engine.validate().err().map(PluginFailure::from);
    (engine.host().plan.calls(), failure)
}
