//! Intended differences to the published functions, as listed in `tests/README.md`. Cases in which
//! the published functions have undefined behaviour are left out.

use std::{ffi::c_void, ptr};

use statevec_abi::{
    abi::{
        RuntimeBytesMutRef, RuntimeBytesMutVisitor, RuntimeBytesRef, RuntimeBytesVisitor,
        RuntimeCallStatus, RuntimeErrorBuf, RuntimeErrorPhase, RuntimeHostVTableV1,
        RuntimeRecordKeyView, runtime_error_kind,
    },
    boundary::clear_runtime_error,
};
use statevec_abi_alloc::SchemaRegistry;
use statevec_published::{SchemaRegistry as PublishedRegistry, api};

use crate::{
    host::HOST,
    probe::{Bytes, Seen, ours, published},
};

/// A host that reports a record and lends none, and whose create returns a record of another kind.
static LYING: RuntimeHostVTableV1 = RuntimeHostVTableV1 {
    with_read_typed_raw: Some(found_and_not_lent),
    create_typed_raw: Some(created_as_another_kind),
    ..HOST
};

unsafe extern "C" fn found_and_not_lent(
    _: *const c_void,
    _: u8,
    _: u64,
    _: *mut c_void,
    _: Option<RuntimeBytesVisitor>,
    out_found: *mut u8,
    _: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: the plugin's flag, live for the call (rule 9).
    unsafe { out_found.write(1) };
    RuntimeCallStatus::Success
}

unsafe extern "C" fn created_as_another_kind(
    _: *mut c_void,
    kind: u8,
    ctx: *mut c_void,
    init: Option<RuntimeBytesMutVisitor>,
    out_key: *mut RuntimeRecordKeyView,
    _: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let mut data = [0; 4];
    // SAFETY: the plugin passed this visitor with this context, and both are valid during the call
    // (rule 4).
    unsafe { init.unwrap()(ctx, RuntimeBytesMutRef::from_slice(&mut data)) };
    // SAFETY: the plugin's key, live for the call (rule 9).
    unsafe { out_key.write(RuntimeRecordKeyView { kind: kind + 1, sys_id: 1 }) };
    RuntimeCallStatus::Success
}

fn text(seen: &Seen) -> String {
    String::from_utf8_lossy(&seen.text[..seen.len]).into_owned()
}

/// The reports of both for a host call of a plugin.
fn both(call: u8, table: &'static RuntimeHostVTableV1) -> [String; 2] {
    let (ours, published) =
        (ours::Runtime::create(Bytes::Null(0)).0, published::Runtime::create(Bytes::Null(0)).0);
    let payload = Bytes::Of(&[1]);
    [text(&ours.run(call, payload, table)), text(&published.run(call, payload, table))]
}

#[test]
fn a_host_that_lends_nothing_is_believed() {
    let [ours, published] = both(2, &LYING);
    assert!(published.starts_with("Ok(true) []"), "{published}");
    assert!(ours.contains("with_read_typed_raw succeeded without calling its visitor"), "{ours}");
}

#[test]
fn a_host_that_creates_another_kind_is_believed() {
    let [ours, published] = both(4, &LYING);
    assert!(published.contains("kind: 2"), "{published}");
    assert!(ours.contains("answered with a record of kind 2; 1 was asked for"), "{ours}");
}

#[test]
fn a_success_touches_the_text() {
    let mut ours = RuntimeErrorBuf::new(
        RuntimeErrorPhase::Unload,
        runtime_error_kind::CONFIG_ERROR,
        RuntimeBytesRef::empty(),
    );
    ours.message_buf.fill(b'x');
    // SAFETY: the buffer is live for the call (rule 9).
    unsafe { clear_runtime_error(&raw mut ours) };
    assert_eq!((ours.message_len, ours.message_buf), (0, [b'x'; 512]));

    let (phase, kind) = (api::RuntimeErrorPhase::Unload, api::RuntimeErrorKind(1));
    let mut published = api::RuntimeErrorBuf::new(phase, kind, api::RuntimeBytesRef::empty());
    published.message_buf.fill(b'x');
    api::clear_runtime_error(&raw mut published);
    assert_eq!((published.message_len, published.message_buf), (0, [0; 512]));
}

#[test]
fn a_payload_above_the_limit_is_taken() {
    let too_long = vec![0; statevec_abi::boundary::limits::COMMAND_PAYLOAD + 1];
    let (ours, published) =
        (ours::Runtime::create(Bytes::Null(0)).0, published::Runtime::create(Bytes::Null(0)).0);
    let payload = Bytes::Of(&too_long);
    assert_eq!(published.run(0, payload, ptr::null()).status, 0);
    let refused = ours.run(0, payload, ptr::null());
    assert_eq!((refused.status, refused.kind), (1, 1));
    assert_eq!(text(&refused), "16777217 bytes are more than the limit of 16777216");
}

#[test]
fn a_quote_in_an_enum_name_is_written_as_it_is() {
    let named = statevec_tests::inventory::SCHEMA.json.replace("Reason", "Rea\\\"son");
    let published = PublishedRegistry::from_idl_json(&named).unwrap();
    assert!(PublishedRegistry::from_idl_json(&published.to_idl_json()).is_err());
    let ours = SchemaRegistry::from_idl_json(&named).unwrap();
    assert_eq!(SchemaRegistry::from_idl_json(&ours.to_idl_json()), Ok(ours));
}

#[test]
fn a_schema_that_contradicts_itself_is_taken() {
    let overlapping =
        statevec_tests::inventory::SCHEMA.json.replace("\"offset\": 14", "\"offset\": 13");
    assert!(PublishedRegistry::from_idl_json(&overlapping).is_ok());
    let refused = SchemaRegistry::from_idl_json(&overlapping).unwrap_err().to_string();
    assert!(refused.contains("on_hand"), "{refused}");
}
