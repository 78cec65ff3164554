//! Statuses, flags, keys and reasons that are not defined.

use statevec_abi::abi::RUNTIME_ERROR_MESSAGE_CAPACITY;

use crate::bank::{ALL, Call, FINDING, assert_told, told};
use statevec_fixtures::wrong_host::script::{HONEST, Report, Script};

#[test]
fn status_is_neither_0_nor_1() {
    for status in [2, u32::MAX] {
        for call in ALL {
            let text = format!("{} returned status {status}; 0 and 1 are defined", call.name());
            assert_told(call, Script { status, ..HONEST }, told(call, 1, &text));
        }
    }
}

#[test]
fn found_is_2() {
    for call in FINDING {
        let text = format!("{} wrote 2 where 0 or 1 is defined", call.name());
        assert_told(call, Script { flag: Some(2), ..HONEST }, told(call, 1, &text));
    }
}

#[test]
fn created_record_is_of_another_kind() {
    for (created, got) in [(Some(2), 2), (None, 0)] {
        let script = Script { created, ..HONEST };
        let text =
            format!("create_typed_raw answered with a record of kind {got}; 1 was asked for");
        assert_told(Call::Create, script, told(Call::Create, 1, &text));
    }
}

const fn failing(report: Report) -> Script {
    Script { status: 1, report, ..HONEST }
}

#[test]
fn call_fails_with_a_reason() {
    for kind in [4001, 4002, 0xFFFF] {
        for call in ALL {
            let script = failing(Report::Text(kind, "not now"));
            assert_told(call, script, told(call, kind, "not now"));
        }
    }
}

#[test]
fn call_fails_without_a_reason() {
    for call in ALL {
        let text = format!("{} failed and gave no reason", call.name());
        assert_told(call, failing(Report::Nothing), told(call, 4002, &text));
        let script = failing(Report::Text(4001, ""));
        assert_told(call, script, told(call, 4001, &text));
    }
}

#[test]
fn message_len_is_above_the_capacity() {
    let text = "x".repeat(RUNTIME_ERROR_MESSAGE_CAPACITY);
    for call in ALL {
        let script = failing(Report::Filled(4001, usize::MAX, b'x'));
        assert_told(call, script, told(call, 4001, &text));
        // The host wrote no text, so the buffer has the zeros of a new one.
        let script = failing(Report::LengthOnly(usize::MAX));
        assert_told(call, script, told(call, 4002, &"\0".repeat(text.len())));
    }
}
