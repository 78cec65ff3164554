//! Tables that are not there, not in place, or not complete.

use core::ptr;

use statevec_abi::abi::{RuntimeHostVTableV1, RuntimeReadVTableV1};

use crate::{
    call::{ALL, Call, During, Entry, Way},
    host::{HOST, READ},
    instance::{Instance, violation},
    script::HONEST,
};

#[test]
fn vtable_is_null() {
    for call in ALL {
        let text = format!("runtime {} vtable is null", table(call));
        let instance = Instance::new();
        let made = instance.make_through(call, Way::Raw, HONEST, ptr::null(), ptr::null());
        assert_eq!(made, violation(call, &text), "{call:?}");
        assert_eq!(instance.make(call, Way::Raw, HONEST), Ok(()), "{call:?}: it goes on");
    }
}

#[test]
fn vtable_is_misaligned() {
    let (host, read) = ([HOST; 2], [READ; 2]);
    for call in ALL {
        for by in [1, 4] {
            let host = (&raw const host).cast::<RuntimeHostVTableV1>().wrapping_byte_add(by);
            let read = (&raw const read).cast::<RuntimeReadVTableV1>().wrapping_byte_add(by);
            if host.is_aligned() {
                // Pointers have 4 bytes here.
                continue;
            }
            let text = format!("runtime {} vtable is not aligned", table(call));
            let instance = Instance::new();
            let made = instance.make_through(call, Way::Raw, HONEST, host, read);
            assert_eq!(made, violation(call, &text), "{call:?}");
            assert_eq!(instance.make(call, Way::Raw, HONEST), Ok(()), "{call:?}: it goes on");
        }
    }
}

#[test]
fn entry_is_null() {
    for missing in ALL {
        let host = without(HOST, missing.entry);
        let read = reading_entries(&host);
        let text = format!("{} is null in the host's table", missing.name());
        let instance = Instance::new();
        for call in ALL {
            let made =
                instance.make_through(call, Way::Raw, HONEST, &raw const host, &raw const read);
            let told = if call.entry == missing.entry { violation(call, &text) } else { Ok(()) };
            assert_eq!(made, told, "{call:?} without {}", missing.name());
        }
    }
}

#[test]
fn every_entry_is_null() {
    let host = ALL.into_iter().fold(HOST, |host, call| without(host, call.entry));
    let read = reading_entries(&host);
    for call in ALL {
        let text = format!("{} is null in the host's table", call.name());
        let instance = Instance::new();
        let made = instance.make_through(call, Way::Raw, HONEST, &raw const host, &raw const read);
        assert_eq!(made, violation(call, &text), "{call:?}");
    }
}

fn table(call: Call) -> &'static str {
    match call.during {
        During::RunTx => "host",
        During::Validate => "read",
    }
}

fn without(mut host: RuntimeHostVTableV1, entry: Entry) -> RuntimeHostVTableV1 {
    match entry {
        Entry::ReadById => host.with_read_typed_raw = None,
        Entry::ReadByPk => host.with_read_typed_by_pk_raw = None,
        Entry::Create => host.create_typed_raw = None,
        Entry::Update => host.update_typed_by_pk_raw = None,
        Entry::Delete => host.delete_by_pk_raw = None,
        Entry::Emit => host.emit_typed_event_raw = None,
        Entry::ForEachKey => host.for_each_record_key_raw = None,
        Entry::Log => host.debug_log = None,
    }
    host
}

/// The entries that the table for invariants has, too.
fn reading_entries(host: &RuntimeHostVTableV1) -> RuntimeReadVTableV1 {
    RuntimeReadVTableV1 {
        with_read_typed_raw: host.with_read_typed_raw,
        with_read_typed_by_pk_raw: host.with_read_typed_by_pk_raw,
        for_each_record_key_raw: host.for_each_record_key_raw,
    }
}
