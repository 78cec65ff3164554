//! Statuses, flags and keys that are not defined (rule 1).

use crate::{
    call::{ALL, CREATE, DELETE, FINDING, LENDING, Way},
    instance::{assert_told, violation},
    script::{HONEST, Report, Script},
};

#[test]
fn status_is_neither_0_nor_1() {
    for status in [2, 0x100, 0x8000_0000, 0xFFFF_FFFF] {
        let script = Script { status, ..HONEST };
        for call in ALL {
            let name = call.name();
            let text = format!("{name} returned status {status}; 0 and 1 are defined");
            assert_told(call, Way::Raw, script, violation(call, &text));
        }
    }
}

#[test]
fn status_is_neither_0_nor_1_and_nothing_was_visited() {
    let script = Script { status: 2, visits: &[], ..HONEST };
    for call in LENDING {
        let text = format!("{} returned status 2; 0 and 1 are defined", call.name());
        assert_told(call, Way::Raw, script, violation(call, &text));
    }
}

#[test]
fn found_is_2() {
    for flag in [2, 0x80, 0xFF] {
        for call in FINDING.into_iter().chain([DELETE]) {
            let script = Script { flag: Some(flag), ..HONEST };
            let text = format!("{} wrote {flag} where 0 or 1 is defined", call.name());
            assert_told(call, Way::Raw, script, violation(call, &text));
            let script = Script { visits: &[], ..script };
            assert_told(call, Way::Raw, script, violation(call, &text));
        }
    }
}

/// Where numbers begin with their lowest byte, that byte is the flag; what is behind it must have
/// been nobody's.
#[test]
#[cfg(target_endian = "little")]
fn found_is_written_as_a_c_int() {
    for call in FINDING.into_iter().chain([DELETE]) {
        assert_told(call, Way::Raw, Script { wide_flag: true, ..HONEST }, Ok(()));
        let script = Script { wide_flag: true, flag: Some(0), visits: &[], ..HONEST };
        assert_told(call, Way::Raw, script, Err((call.phase(), 2001, "no record".into())));
    }
}

#[test]
fn found_is_not_written() {
    let script = Script { flag: None, visits: &[], ..HONEST };
    for call in FINDING.into_iter().chain([DELETE]) {
        // As if it were 0.
        assert_told(call, Way::Raw, script, Err((call.phase(), 2001, "no record".into())));
    }
}

#[test]
fn created_record_is_of_another_kind() {
    let answered = |created, got| {
        let script = Script { created, ..HONEST };
        let text =
            format!("create_typed_raw answered with a record of kind {got}; 1 was asked for");
        assert_told(CREATE, Way::Raw, script, violation(CREATE, &text));
    };
    answered(Some(2), 2);
    answered(Some(0), 0);
}

#[test]
fn created_records_key_is_not_written() {
    let script = Script { created: None, ..HONEST };
    let text = "create_typed_raw answered with a record of kind 0; 1 was asked for";
    assert_told(CREATE, Way::Raw, script, violation(CREATE, text));
}

/// A text that goes with a success is none of the plugin's business.
#[test]
fn success_comes_with_a_reason() {
    let script = Script { report: Report::Text(4001, "never mind"), ..HONEST };
    for call in ALL {
        assert_told(call, Way::Raw, script, Ok(()));
    }
}

#[test]
fn breach_of_contract_comes_with_a_reason() {
    let script = Script { status: 2, report: Report::Text(4001, "never mind"), ..HONEST };
    for call in ALL {
        let text = format!("{} returned status 2; 0 and 1 are defined", call.name());
        assert_told(call, Way::Raw, script, violation(call, &text));
    }
}
