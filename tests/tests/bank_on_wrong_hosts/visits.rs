//! Records that are lent too often or never, and bytes that are no record.

use statevec_abi::boundary::limits;

use crate::bank::{Call, FINDING, Instance, LENDING, assert_told, told};
use statevec_fixtures::wrong_host::script::{HONEST, LentBytes, Script, WHOLE, left};

#[test]
fn visitor_is_called_twice() {
    let script = Script { visits: &[LentBytes::Bytes(WHOLE); 2], ..HONEST };
    for call in LENDING {
        let text = format!("{} called its visitor twice", call.name());
        assert_told(call, script, told(call, 1, &text));
    }
}

#[test]
fn visitor_is_never_called_though_the_call_succeeds() {
    let script = Script { visits: &[], ..HONEST };
    let text = |call: Call| format!("{} succeeded without calling its visitor", call.name());
    for call in LENDING {
        assert_told(call, script, told(call, 1, &text(call)));
    }
    // A walk that forgets the context, too, shows no key to read.
    let script = Script { forgets_context: true, ..HONEST };
    for call in [Call::Update, Call::Create] {
        assert_told(call, script, told(call, 1, &text(call)));
    }
}

#[test]
fn visitor_is_called_and_then_there_is_no_record() {
    let script = Script { flag: Some(0), ..HONEST };
    for call in FINDING {
        let text =
            format!("{} called its visitor and then reported that there is no record", call.name());
        assert_told(call, script, told(call, 1, &text));
    }
}

#[test]
fn visitor_is_called_with_null_of_some_length() {
    let script = Script { visits: &[LentBytes::Null(WHOLE)], ..HONEST };
    for call in LENDING {
        let null = "bytes pointer is null but len is non-zero";
        let text = format!("{} lent bad bytes: {null}", call.name());
        assert_told(call, script, told(call, 1, &text));
    }
}

#[test]
fn visitor_is_called_with_a_length_that_cannot_be() {
    const ABOVE_ISIZE: usize = isize::MAX as usize + 1;
    let lengths: [(&[LentBytes], usize); 2] = [
        (&[LentBytes::WrongLength(ABOVE_ISIZE)], ABOVE_ISIZE),
        (&[LentBytes::WrongLength(usize::MAX)], usize::MAX),
    ];
    for (visits, len) in lengths {
        let script = Script { visits, ..HONEST };
        for call in LENDING {
            let limit = limits::RECORD;
            let too_long = format!("{len} bytes are more than the limit of {limit}");
            let text = format!("{} lent bad bytes: {too_long}", call.name());
            assert_told(call, script, told(call, 1, &text));
        }
    }
}

#[test]
fn record_is_shorter_than_the_schema_says() {
    let lengths: [(&[LentBytes], usize); 2] =
        [(&[LentBytes::Bytes(WHOLE - 1)], WHOLE - 1), (&[LentBytes::Null(0)], 0)];
    for (visits, found) in lengths {
        let script = Script { visits, ..HONEST };
        for call in LENDING {
            let text = format!(
                "Account has {found} bytes, but its layout needs {WHOLE}: was it written by another version of the schema?"
            );
            assert_told(call, script, told(call, 1, &text));
        }
    }
}

#[test]
fn record_is_longer_than_the_schema_says() {
    let script = Script { visits: &[LentBytes::Bytes(WHOLE + 64)], ..HONEST };
    for call in LENDING {
        assert_told(call, script, Ok(()));
    }
}

#[test]
fn record_is_lent_as_it_should_be() {
    for call in [Call::Update, Call::Create, Call::Emit] {
        assert_eq!(Instance::new().make(call, HONEST), Ok(()), "{call:?}");
        // The platform's account, which comes last: 100 are owed, in 1 change.
        let left = left();
        let expected = [0_i64, -100, 1, 0].map(i64::to_le_bytes).concat();
        assert_eq!((left.len(), &left[..expected.len()]), (WHOLE, &expected[..]), "{call:?}");
    }
}

#[test]
fn key_of_another_kind_is_shown() {
    let script = Script { keys: &[(2, 1)], ..HONEST };
    let text = "for_each_record_key_raw answered with a record of kind 2; 1 was asked for";
    assert_told(Call::ReadById, script, told(Call::ReadById, 1, text));
}

#[test]
fn key_of_no_record_is_shown() {
    let script = Script { keys: &[(1, 9)], visits: &[], flag: Some(0), ..HONEST };
    let text = "the host listed Account 9 and then had no such record";
    assert_told(Call::ReadById, script, told(Call::ReadById, 1, text));
}
