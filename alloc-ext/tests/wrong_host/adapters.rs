//! Adapters made from raw contexts: each call has an error buffer of its own, and its failure is a
//! text.

use std::ptr;

use statevec_abi::{
    abi::{
        RUNTIME_ERROR_MESSAGE_CAPACITY, RuntimeHostContextV1, RuntimeHostVTableV1,
        RuntimeReadContextV1, RuntimeReadVTableV1,
    },
    boundary::limits,
};
use statevec_abi_alloc::{
    RuntimeHostContextV1Adapter, RuntimeHostError, RuntimeReadContextV1Adapter,
};

use crate::plugin::{read_state, write_or_read};
use statevec_fixtures::wrong_host::{
    call::{ALL, CREATE, Call, DELETE, During, FINDING, LENDING, Task, Way, set_task},
    host::{HOST, READ},
    script::{HONEST, LentBytes, Report, Script, WHOLE, follow},
};

/// Makes a call through an adapter of tables of any kind.
fn make_through(
    call: Call,
    script: Script,
    host: *const RuntimeHostVTableV1,
    read: *const RuntimeReadVTableV1,
) -> Result<bool, RuntimeHostError> {
    set_task(Task { entry: call.entry, way: Way::Raw });
    follow(&[], script, call.phase());
    let ctx_ptr = ptr::null_mut();
    match call.during {
        During::RunTx => {
            let raw = RuntimeHostContextV1 { ctx_ptr, vtable: host };
            // SAFETY: the table is live, null or not aligned (rule 10).
            write_or_read(&mut unsafe { RuntimeHostContextV1Adapter::new(raw) })
        }
        During::Validate => {
            let raw = RuntimeReadContextV1 { ctx_ptr, vtable: read };
            // SAFETY: the table is live, null or not aligned (rule 10).
            read_state(&unsafe { RuntimeReadContextV1Adapter::new(raw) })
        }
    }
}

#[track_caller]
fn assert_text(call: Call, script: Script, text: &str) {
    let made = make_through(call, script, &raw const HOST, &raw const READ);
    assert_eq!(made, Err(RuntimeHostError::new(text)), "{call:?}, {script:?}");
    let made = make_through(call, HONEST, &raw const HOST, &raw const READ);
    assert_eq!(made, Ok(true), "{call:?}");
}

#[test]
fn vtable_is_null_or_misaligned() {
    let (hosts, reads) = ([HOST; 2], [READ; 2]);
    let host = (&raw const hosts).cast::<RuntimeHostVTableV1>().wrapping_byte_add(1);
    let read = (&raw const reads).cast::<RuntimeReadVTableV1>().wrapping_byte_add(1);
    for call in ALL {
        let table = if call.during == During::RunTx { "host" } else { "read" };
        let null = make_through(call, HONEST, ptr::null(), ptr::null()).unwrap_err();
        assert_eq!(null.message, format!("runtime {table} vtable is null"), "{call:?}");
        let misaligned = make_through(call, HONEST, host, read).unwrap_err();
        assert_eq!(misaligned.message, format!("runtime {table} vtable is not aligned"));
    }
}

#[test]
fn visitor_is_called_too_often_never_or_with_bad_bytes() {
    let cases: [(&[LentBytes], String); 4] = [
        (&[LentBytes::Bytes(WHOLE); 2], "called its visitor twice".into()),
        (&[], "succeeded without calling its visitor".into()),
        (&[LentBytes::Null(1)], "lent bad bytes: bytes pointer is null but len is non-zero".into()),
        (
            &[LentBytes::WrongLength(usize::MAX)],
            format!(
                "lent bad bytes: {} bytes are more than the limit of {}",
                usize::MAX,
                limits::RECORD
            ),
        ),
    ];
    for (visits, text) in cases {
        for call in LENDING {
            let script = Script { visits, ..HONEST };
            assert_text(call, script, &format!("{} {text}", call.name()));
        }
    }
}

#[test]
fn answer_is_not_defined() {
    for call in ALL {
        for status in [2, u32::MAX] {
            let text = format!("{} returned status {status}; 0 and 1 are defined", call.name());
            assert_text(call, Script { status, ..HONEST }, &text);
        }
    }
    for call in FINDING.into_iter().chain([DELETE]) {
        let text = format!("{} wrote 2 where 0 or 1 is defined", call.name());
        assert_text(call, Script { flag: Some(2), ..HONEST }, &text);
    }
    let text = "create_typed_raw answered with a record of kind 0; 1 was asked for";
    assert_text(CREATE, Script { created: None, ..HONEST }, text);
}

#[test]
fn call_fails_with_and_without_a_reason() {
    let whole = "x".repeat(RUNTIME_ERROR_MESSAGE_CAPACITY);
    let reports = [
        (Report::Text(4001, "not now"), 4001, "not now"),
        (Report::Text(4001, ""), 4001, ""),
        (Report::Nothing, 4002, ""),
        (Report::Filled(7, usize::MAX, b'x'), 7, &*whole),
        (Report::Filled(7, 2, 0xFF), 7, "\u{FFFD}\u{FFFD}"),
    ];
    for (report, kind, text) in reports {
        for call in ALL {
            let script = Script { status: 1, visits: &[], keys: &[], report, ..HONEST };
            let phase = call.phase();
            let text = format!("phase={phase:?} kind={kind} message={text}");
            assert_text(call, script, &text);
        }
    }
}
