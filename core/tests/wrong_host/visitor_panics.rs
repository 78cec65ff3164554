//! A plugin's visitor panics, and the host goes on wrongly: the plugin's own panic is what counts,
//! and the instance is used no more.

use statevec_abi::abi::RuntimeErrorPhase;

use crate::{
    call::{ALL, Call, LENDING, WALKING, Way},
    instance::{Failure, Instance, UNTOUCHED, outcome},
    script::{HONEST, Lent, Report, Script, WHOLE},
};

fn panicked(call: Call) -> Result<(), Failure> {
    Err((call.phase(), 5001, "plugin panicked: the visitor panics".into()))
}

fn quarantined(phase: RuntimeErrorPhase) -> Result<(), Failure> {
    let text = "the plugin instance panicked in an earlier call; destroy it and create a new one";
    Err((phase, 5001, text.into()))
}

/// The visitor panics on a host that follows a script; the instance then refuses every call, and
/// the next one is in order.
#[track_caller]
fn assert_quarantined(call: Call, script: Script) {
    let instance = Instance::new();
    assert_eq!(instance.make(call, Way::Panicking, script), panicked(call), "{call:?}");
    for later in ALL {
        let refused = quarantined(later.phase());
        assert_eq!(instance.make(later, Way::Raw, HONEST), refused, "{call:?}, {later:?}");
    }
    let mut error = UNTOUCHED;
    let status = instance.unload(&raw mut error);
    assert_eq!(outcome(status, &error), quarantined(RuntimeErrorPhase::Unload));
    drop(instance);
    assert_eq!(Instance::new().make(call, Way::Raw, HONEST), Ok(()), "{call:?}: a new one");
}

#[test]
fn host_goes_on_as_if_nothing_had_happened() {
    for call in LENDING.into_iter().chain(WALKING) {
        assert_quarantined(call, HONEST);
    }
}

#[test]
fn host_visits_again() {
    let script = Script {
        visits: &[Lent::Bytes(WHOLE), Lent::Bytes(WHOLE), Lent::Null(9)],
        keys: &[(1, 1), (1, 2)],
        ..HONEST
    };
    for call in LENDING.into_iter().chain(WALKING) {
        assert_quarantined(call, script);
    }
}

#[test]
fn host_fails_then() {
    let script = Script { status: 1, report: Report::Text(4001, "no wonder"), ..HONEST };
    for call in LENDING.into_iter().chain(WALKING) {
        assert_quarantined(call, script);
    }
}

#[test]
fn host_breaks_the_contract_then() {
    let script = Script { status: 2, flag: Some(2), created: Some(9), ..HONEST };
    for call in LENDING.into_iter().chain(WALKING) {
        assert_quarantined(call, script);
    }
}

#[test]
fn host_says_then_that_there_is_no_record() {
    let script = Script { flag: Some(0), created: None, ..HONEST };
    for call in LENDING {
        assert_quarantined(call, script);
    }
}
