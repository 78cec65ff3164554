//! Panics of a boxed plugin stop at the boundary, and the instance is not used again.

use statevec_abi::abi::{RuntimeBytesRef, RuntimeErrorPhase};
use statevec_abi_alloc::{RuntimePluginFactory, runtime_plugin_name_v1};

use crate::{
    call::Runtime,
    host::EMPTY,
    plugin::{ACCEPT, DROPPED, PANIC, PANIC_IN_VISITOR},
};

const QUARANTINED: &str =
    "the plugin instance panicked in an earlier call; destroy it and create a new one";

/// Every call on an instance that panicked is refused; destroying it works.
#[track_caller]
fn assert_quarantined(runtime: Runtime) {
    runtime.run(ACCEPT, b"").assert_failed(RuntimeErrorPhase::RunTx, 5001, QUARANTINED);
    let phase = RuntimeErrorPhase::ValidateBizInvariants;
    runtime.validate(&raw const EMPTY).assert_failed(phase, 5001, QUARANTINED);
    runtime.unload().assert_failed(RuntimeErrorPhase::Unload, 5001, QUARANTINED);
    let dropped = DROPPED.get();
    drop(runtime);
    assert_eq!(DROPPED.get(), dropped + 1);
}

#[test]
fn plugin_panics_in_create() {
    let (runtime, call) = Runtime::create(RuntimeBytesRef::from_slice(b"panic:b\xC3\xB6se"));
    call.assert_failed(RuntimeErrorPhase::Create, 5001, "plugin panicked: böse");
    assert!(runtime.0.is_null());
}

#[test]
fn plugin_panics_in_run_tx() {
    let runtime = Runtime::of("");
    let text = "plugin panicked: böse";
    runtime.run(PANIC, "böse".as_bytes()).assert_failed(RuntimeErrorPhase::RunTx, 5001, text);
    assert_quarantined(runtime);
}

#[test]
fn plugin_panics_with_a_long_text() {
    let runtime = Runtime::of("");
    let prefix = "plugin panicked: ";
    let text = format!("{prefix}{}", "€".repeat((512 - prefix.len()) / 3));
    let payload = "€".repeat(300);
    runtime.run(PANIC, payload.as_bytes()).assert_failed(RuntimeErrorPhase::RunTx, 5001, &text);
}

#[test]
fn plugin_panics_in_visitor() {
    let runtime = Runtime::of("");
    let call = runtime.run(PANIC_IN_VISITOR, b"boom");
    call.assert_failed(RuntimeErrorPhase::RunTx, 5001, "plugin panicked: boom");
    assert_quarantined(runtime);
}

#[test]
fn plugin_panics_in_validate() {
    let runtime = Runtime::of("validate-panic:boom");
    let call = runtime.validate(&raw const EMPTY);
    let phase = RuntimeErrorPhase::ValidateBizInvariants;
    call.assert_failed(phase, 5001, "plugin panicked: boom");
    assert_quarantined(runtime);
}

#[test]
fn plugin_panics_in_on_unload() {
    let runtime = Runtime::of("unload-panic:boom");
    runtime.unload().assert_failed(RuntimeErrorPhase::Unload, 5001, "plugin panicked: boom");
    assert_quarantined(runtime);
}

#[test]
fn plugin_panics_in_its_destructor() {
    let runtime = Runtime::of("drop-panic:boom");
    runtime.run(ACCEPT, b"").assert_succeeded();
    drop(runtime);
    assert_eq!(DROPPED.get(), 1);
}

#[test]
fn an_instance_beside_a_panicked_one_runs_on() {
    let (other, panicked) = (Runtime::of(""), Runtime::of(""));
    let call = panicked.run(PANIC, b"boom");
    call.assert_failed(RuntimeErrorPhase::RunTx, 5001, "plugin panicked: boom");
    other.run(ACCEPT, b"").assert_succeeded();
    Runtime::of("").run(ACCEPT, b"").assert_succeeded();
}

#[test]
fn a_factory_that_panics_has_no_name() {
    fn factory() -> Box<dyn RuntimePluginFactory> {
        panic!("no factory today")
    }
    assert_eq!(runtime_plugin_name_v1(factory).len, 0);
}
