//! Tables that are null, misaligned or incomplete.

use std::ptr;

use statevec_abi::abi::{RuntimeHostVTableV1, RuntimeReadVTableV1};

use crate::bank::{ALL, Call, Instance, told};
use statevec_fixtures::wrong_host::{
    host::{HOST, READ},
    script::HONEST,
};

#[test]
fn vtable_is_null() {
    for call in ALL {
        let bank = Instance::new();
        let made = bank.make_through(call, HONEST, ptr::null(), ptr::null());
        assert_eq!(made, told(call, 1, &format!("runtime {} vtable is null", table(call))));
        assert_eq!(bank.make(call, HONEST), Ok(()), "{call:?}: the instance goes on");
    }
}

#[test]
fn vtable_is_misaligned() {
    let (host, read) = ([HOST; 2], [READ; 2]);
    let host = (&raw const host).cast::<RuntimeHostVTableV1>().wrapping_byte_add(1);
    let read = (&raw const read).cast::<RuntimeReadVTableV1>().wrapping_byte_add(1);
    for call in ALL {
        let bank = Instance::new();
        let text = format!("runtime {} vtable is not aligned", table(call));
        assert_eq!(bank.make_through(call, HONEST, host, read), told(call, 1, &text));
        assert_eq!(bank.make(call, HONEST), Ok(()), "{call:?}: the instance goes on");
    }
}

#[test]
fn entry_is_null() {
    for call in ALL {
        let (host, read) = without(call);
        let bank = Instance::new();
        let made = bank.make_through(call, HONEST, &raw const host, &raw const read);
        assert_eq!(made, told(call, 1, &format!("{} is null in the host's table", call.name())));
        assert_eq!(bank.make(call, HONEST), Ok(()), "{call:?}: the instance goes on");
    }
}

#[test]
fn entry_that_the_bank_does_not_use_is_null() {
    let host = RuntimeHostVTableV1 {
        with_read_typed_raw: None,
        with_read_typed_by_pk_raw: None,
        delete_by_pk_raw: None,
        for_each_record_key_raw: None,
        debug_log: None,
        ..HOST
    };
    let read = RuntimeReadVTableV1 { with_read_typed_by_pk_raw: None, ..READ };
    for call in ALL {
        let made = Instance::new().make_through(call, HONEST, &raw const host, &raw const read);
        assert_eq!(made, Ok(()), "{call:?}");
    }
}

fn table(call: Call) -> &'static str {
    if call.is_validation() { "read" } else { "host" }
}

fn without(call: Call) -> (RuntimeHostVTableV1, RuntimeReadVTableV1) {
    let (mut host, mut read) = (HOST, READ);
    match call {
        Call::Update => host.update_typed_by_pk_raw = None,
        Call::Create => host.create_typed_raw = None,
        Call::Emit => host.emit_typed_event_raw = None,
        Call::ForEachKey => read.for_each_record_key_raw = None,
        Call::ReadById => read.with_read_typed_raw = None,
    }
    (host, read)
}
