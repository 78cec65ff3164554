//! Visitors that are called too often, never, or with what is no record (rule 4).

use statevec_abi::boundary::limits;

use crate::{
    call::{FINDING, LENDING, WALKING, Way, visits},
    instance::{Instance, assert_told, reported, violation},
    script::{HONEST, Lent, Script, WHOLE},
};

/// The text of a plugin that has found no record.
const NO_RECORD: &str = "no record";

#[test]
fn visitor_is_called_twice() {
    let script = Script { visits: &[Lent::Bytes(WHOLE); 2], ..HONEST };
    for call in LENDING {
        let told = violation(call, &format!("{} called its visitor twice", call.name()));
        assert_told(call, Way::Raw, script, told);
        let instance = Instance::new();
        let _ = instance.make(call, Way::Raw, script);
        assert_eq!(visits(), 1, "{call:?}: the plugin's closure has one use");
    }
}

#[test]
fn visitor_is_called_again_with_bad_bytes() {
    let script = Script { visits: &[Lent::Bytes(WHOLE), Lent::Null(8)], ..HONEST };
    for call in LENDING {
        let told = violation(call, &format!("{} called its visitor twice", call.name()));
        assert_told(call, Way::Raw, script, told);
    }
}

#[test]
fn visitor_is_called_again_after_bad_bytes() {
    let script = Script { visits: &[Lent::Null(8), Lent::Bytes(WHOLE)], ..HONEST };
    for call in LENDING {
        let text = format!("{} lent bad bytes: {NULL}", call.name());
        assert_told(call, Way::Raw, script, violation(call, &text));
        assert_eq!(visits_of(script, call), 0);
    }
}

#[test]
fn visitor_is_never_called_though_the_call_succeeds() {
    let script = Script { visits: &[], ..HONEST };
    for call in LENDING {
        let text = format!("{} succeeded without calling its visitor", call.name());
        assert_told(call, Way::Raw, script, violation(call, &text));
    }
}

#[test]
fn visitor_is_called_and_then_there_is_no_record() {
    for flag in [Some(0), None] {
        let script = Script { flag, ..HONEST };
        for call in FINDING {
            let text = format!(
                "{} called its visitor and then reported that there is no record",
                call.name()
            );
            assert_told(call, Way::Raw, script, violation(call, &text));
        }
    }
}

#[test]
fn there_is_no_record() {
    let script = Script { visits: &[], flag: Some(0), ..HONEST };
    for call in FINDING {
        assert_told(call, Way::Raw, script, Err((call.phase(), 2001, NO_RECORD.into())));
    }
}

const NULL: &str = "bytes pointer is null but len is non-zero";

#[test]
fn visitor_is_called_with_null_of_some_length() {
    for visits in [&[Lent::Null(1)], &[Lent::Null(WHOLE)]] {
        let script = Script { visits, ..HONEST };
        for call in LENDING {
            let text = format!("{} lent bad bytes: {NULL}", call.name());
            assert_told(call, Way::Raw, script, violation(call, &text));
            assert_eq!(visits_of(script, call), 0);
        }
    }
}

#[test]
fn visitor_is_called_with_null_of_no_length() {
    let script = Script { visits: &[Lent::Null(0)], ..HONEST };
    for call in LENDING {
        assert_told(call, Way::Raw, script, Ok(()));
        assert_eq!(visits_of(script, call), 1, "{call:?}: no bytes are an empty slice");
    }
}

#[test]
fn visitor_is_called_with_a_length_that_cannot_be() {
    const ABOVE_ISIZE: usize = isize::MAX as usize + 1;
    let lengths: [(&[Lent], usize); 4] = [
        (&[Lent::Unbelievable(limits::RECORD + 1)], limits::RECORD + 1),
        (&[Lent::Unbelievable(ABOVE_ISIZE)], ABOVE_ISIZE),
        (&[Lent::Unbelievable(usize::MAX)], usize::MAX),
        (&[Lent::Null(usize::MAX)], usize::MAX),
    ];
    for (visits, len) in lengths {
        let script = Script { visits, ..HONEST };
        for call in LENDING {
            let limit = limits::RECORD;
            let too_long = format!("{len} bytes are more than the limit of {limit}");
            let text = format!("{} lent bad bytes: {too_long}", call.name());
            assert_told(call, Way::Raw, script, violation(call, &text));
            assert_eq!(visits_of(script, call), 0);
        }
    }
}

#[test]
fn visitor_is_called_without_its_context() {
    let script = Script { forgets_context: true, ..HONEST };
    for call in LENDING {
        let text = format!("{} succeeded without calling its visitor", call.name());
        assert_told(call, Way::Raw, script, violation(call, &text));
        assert_eq!(visits_of(script, call), 0);
    }
    for call in WALKING {
        // As if there were no keys: that there are some, nobody can know.
        assert_told(call, Way::Raw, script, Ok(()));
        assert_eq!(visits_of(script, call), 0);
    }
}

#[test]
fn visitor_of_keys_is_called_from_inside_itself() {
    let script = Script { revisits: true, ..HONEST };
    for call in WALKING {
        let told = violation(call, &format!("{} called its visitor twice", call.name()));
        assert_told(call, Way::Nested, script, told);
        let instance = Instance::new();
        let _ = instance.make(call, Way::Nested, script);
        assert_eq!(visits(), 1, "{call:?}");
    }
}

#[test]
fn call_fails_after_it_visited() {
    let script =
        Script { status: 1, report: crate::script::Report::Text(4001, "too late"), ..HONEST };
    for call in LENDING.into_iter().chain(WALKING) {
        assert_told(call, Way::Raw, script, reported(call, 4001, "too late"));
        assert_eq!(visits_of(script, call), 1);
    }
}

/// How many times the plugin's closure runs in a call on a host that follows a script.
fn visits_of(script: Script, call: crate::call::Call) -> u32 {
    let _ = Instance::new().make(call, Way::Raw, script);
    visits()
}
