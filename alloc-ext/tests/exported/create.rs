//! `plugin_name`, `create_runtime` and `destroy_runtime`.

use std::ptr;

use statevec_abi::{
    abi::{RuntimeBytesRef, RuntimeCallStatus, RuntimeErrorBuf, RuntimeErrorPhase},
    boundary::{limits, runtime_bytes_slice},
};
use statevec_abi_alloc::{
    runtime_plugin_create_runtime_v1, runtime_plugin_destroy_runtime_v1, runtime_plugin_name_v1,
};

use crate::{
    call::{Runtime, call, null_bytes},
    plugin::{DROPPED, factory},
};

const CREATE: RuntimeErrorPhase = RuntimeErrorPhase::Create;

fn refused(config: RuntimeBytesRef, kind: u16, message: &str) {
    let (runtime, call) = Runtime::create(config);
    call.assert_failed(CREATE, kind, message);
    assert!(runtime.0.is_null(), "a failure writes no handle");
}

fn bytes(text: &str) -> RuntimeBytesRef {
    RuntimeBytesRef::from_slice(text.as_bytes())
}

#[test]
fn the_name_is_the_factorys() {
    let name = runtime_plugin_name_v1(factory);
    // SAFETY: the text belongs to the plugin, which is linked in and so lives as long as the
    // program (rule 6).
    assert_eq!(unsafe { runtime_bytes_slice(name) }, Ok(&b"probe"[..]));
}

#[test]
fn an_instance_lives_from_create_to_destroy() {
    let runtime = Runtime::of("anything");
    assert_eq!(DROPPED.get(), 0);
    drop(runtime);
    assert_eq!(DROPPED.get(), 1);
}

#[test]
fn no_configuration_is_an_empty_one() {
    for config in [null_bytes(0), RuntimeBytesRef::empty(), bytes("")] {
        let (runtime, call) = Runtime::create(config);
        call.assert_succeeded();
        assert!(!runtime.0.is_null());
    }
}

#[test]
fn nowhere_to_put_the_handle() {
    // SAFETY: null, and a live buffer (rules 1 and 9).
    let call = call(|error| unsafe {
        runtime_plugin_create_runtime_v1(factory, null_bytes(3), ptr::null_mut(), error)
    });
    call.assert_failed(CREATE, 1, "out_runtime is null");
    assert_eq!(DROPPED.get(), 0, "the factory was not asked");
}

#[test]
fn configurations_that_are_no_text_are_refused() {
    refused(null_bytes(1), 1, "bytes pointer is null but len is non-zero");
    let (bad, cut) = (RuntimeBytesRef::from_slice(b"a\xFFb"), RuntimeBytesRef::from_slice(b"\xE2"));
    let text = "plugin config is not valid UTF-8: invalid utf-8 sequence of 1 bytes from index 1";
    refused(bad, 1002, text);
    let text = "plugin config is not valid UTF-8: incomplete utf-8 byte sequence from index 0";
    refused(cut, 1002, text);
}

#[test]
fn a_length_that_cannot_be_is_refused_before_it_is_read() {
    for len in [limits::CONFIG + 1, usize::MAX] {
        let config = RuntimeBytesRef { ptr: b"x".as_ptr(), len };
        let (runtime, call) = Runtime::create(config);
        assert!(runtime.0.is_null());
        let text = format!("{len} bytes are more than the limit of {}", limits::CONFIG);
        call.assert_failed(CREATE, 1, &text);
    }
}

#[test]
fn the_factorys_refusal_is_a_configuration_error() {
    refused(bytes("refuse:no such shelf"), 1002, "no such shelf");
    refused(bytes("refuse:"), 1002, "");
}

#[test]
fn long_texts_are_cut_between_chars() {
    // 512 is no multiple of 3, so that a char straddles the end.
    let long = format!("refuse:{}", "€".repeat(200));
    refused(bytes(&long), 1002, &"€".repeat(170));
    let exact = format!("refuse:{}ü", "x".repeat(510));
    refused(bytes(&exact), 1002, exact.strip_prefix("refuse:").unwrap());
    let one_too_long = format!("refuse:{}ü", "x".repeat(511));
    refused(bytes(&one_too_long), 1002, &"x".repeat(511));
}

#[test]
fn nobody_needs_to_listen() {
    for (config, status) in
        [("refuse:x", RuntimeCallStatus::Failure), ("", RuntimeCallStatus::Success)]
    {
        let mut runtime = Runtime::NULL;
        let (out, no_error) = (&raw mut runtime.0, ptr::null_mut::<RuntimeErrorBuf>());
        // SAFETY: live for the call, or null (rules 1 and 9).
        let got =
            unsafe { runtime_plugin_create_runtime_v1(factory, bytes(config), out, no_error) };
        assert_eq!(got, status);
    }
}

#[test]
fn destroying_nothing_does_nothing() {
    // SAFETY: null is allowed (rule 7).
    unsafe { runtime_plugin_destroy_runtime_v1(ptr::null_mut()) };
    assert_eq!(DROPPED.get(), 0);
}
