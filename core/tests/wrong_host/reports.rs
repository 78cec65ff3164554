//! Failures whose reasons are missing, or are no text.

use statevec_abi::abi::RUNTIME_ERROR_MESSAGE_CAPACITY;

use crate::{
    call::{ALL, Way},
    instance::{Instance, assert_told, reported, violation},
    script::{HONEST, Report, Script},
};

/// A call that fails, and this is what it leaves in the error buffer.
const fn failing(report: Report) -> Script {
    Script { status: 1, visits: &[], keys: &[], report, ..HONEST }
}

#[test]
fn call_fails_with_a_reason() {
    for kind in [4001, 4002, 1, 2001, 0, 0xFFFF] {
        for call in ALL {
            let script = failing(Report::Text(kind, "not now"));
            assert_told(call, Way::Raw, script, reported(call, kind, "not now"));
        }
    }
}

#[test]
fn call_fails_without_a_reason() {
    for call in ALL {
        // Nobody wrote a kind: it is the one of a buffer that was reset.
        assert_told(call, Way::Raw, failing(Report::Nothing), reported(call, 4002, ""));
    }
}

#[test]
fn call_fails_with_an_empty_reason() {
    for call in ALL {
        let script = failing(Report::Text(4001, ""));
        assert_told(call, Way::Raw, script, reported(call, 4001, ""));
    }
}

#[test]
fn call_fails_without_a_reason_after_one_that_had_a_reason() {
    for call in ALL {
        let instance = Instance::new();
        let first = failing(Report::Text(4001, "stale"));
        assert_eq!(instance.make(call, Way::Raw, first), reported(call, 4001, "stale"));
        let second = instance.make(call, Way::Raw, failing(Report::Nothing));
        assert_eq!(second, reported(call, 4002, ""), "{call:?}");
    }
}

#[test]
fn call_fails_without_a_reason_after_a_breach_of_contract_that_had_a_reason() {
    for call in ALL {
        let instance = Instance::new();
        let broken = Script { status: 2, ..failing(Report::Text(4001, "stale")) };
        let text = format!("{} returned status 2; 0 and 1 are defined", call.name());
        assert_eq!(instance.make(call, Way::Raw, broken), violation(call, &text));
        let second = instance.make(call, Way::Raw, failing(Report::Nothing));
        assert_eq!(second, reported(call, 4002, ""), "{call:?}");
    }
}

#[test]
fn call_fails_without_a_reason_after_one_that_the_plugin_has_forgiven() {
    const MUTE: Script = failing(Report::Nothing);
    let forgiven = [
        Script { then: Some(&MUTE), ..failing(Report::Text(4001, "stale")) },
        Script { then: Some(&MUTE), status: 2, ..failing(Report::Text(4001, "stale")) },
    ];
    for script in forgiven {
        for call in ALL {
            assert_told(call, Way::ForgivingOnce, script, reported(call, 4002, ""));
        }
    }
}

#[test]
fn call_succeeds_after_one_that_the_plugin_has_forgiven() {
    let script = Script { then: Some(&HONEST), ..failing(Report::Text(4001, "stale")) };
    for call in ALL {
        assert_told(call, Way::ForgivingOnce, script, Ok(()));
    }
}

/// The host's last words are all that there is to pass on.
#[test]
fn call_fails_without_a_reason_after_a_success_that_had_one() {
    const MUTE: Script = failing(Report::Nothing);
    let script = Script { report: Report::Text(4001, "never mind"), then: Some(&MUTE), ..HONEST };
    for call in ALL {
        let told = reported(call, 4001, "never mind");
        assert_told(call, Way::ForgivingOnce, script, told);
    }
}

#[test]
fn message_len_is_above_the_capacity() {
    for len in [RUNTIME_ERROR_MESSAGE_CAPACITY + 1, isize::MAX as usize, usize::MAX] {
        for call in ALL {
            let script = failing(Report::Filled(4001, len, b'x'));
            let text = "x".repeat(RUNTIME_ERROR_MESSAGE_CAPACITY);
            assert_told(call, Way::Raw, script, reported(call, 4001, &text));
        }
    }
}

#[test]
fn message_len_is_all_that_is_written() {
    for call in ALL {
        // The buffer was cleared when the instance was made.
        let text = "\0".repeat(RUNTIME_ERROR_MESSAGE_CAPACITY);
        let script = failing(Report::LengthOnly(usize::MAX));
        assert_told(call, Way::Raw, script, reported(call, 4002, &text));
    }
}

#[test]
fn message_is_not_utf_8() {
    for call in ALL {
        let script = failing(Report::Filled(4001, 3, 0xF0));
        assert_told(call, Way::Raw, script, reported(call, 4001, "\u{FFFD}\u{FFFD}\u{FFFD}"));
        let script = failing(Report::Filled(4001, usize::MAX, 0xF0));
        let text = "\u{FFFD}".repeat(RUNTIME_ERROR_MESSAGE_CAPACITY / 3);
        assert_told(call, Way::Raw, script, reported(call, 4001, &text));
    }
}
