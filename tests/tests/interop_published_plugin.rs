//! A plugin written with the published crates, loaded by our host, beside the same plugin with our
//! SDK: their results are the same, except for the kinds that a published plugin cannot return.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use std::{ffi::c_void, ptr};

use statevec_abi::abi::{
    RUNTIME_PLUGIN_ENTRY_V1_SYMBOL, RuntimeBytesRef, RuntimeCallStatus, RuntimeCommandView,
    RuntimeErrorBuf, RuntimeErrorPhase, RuntimeHostContextV1, RuntimePluginApiV1,
    RuntimePluginEntryV1, RuntimeReadContextV1, runtime_error_kind,
};
use statevec_host::{Engine, EngineError, LoadedPlugin, PluginFailure};
use statevec_tests::{
    beside,
    inventory::{self, Sent},
    scenario::{self, Seen},
};

fn plugins() -> [LoadedPlugin; 2] {
    let published = beside::library("statevec-published-plugin").unwrap();
    // SAFETY: the inventory written with the published crates keeps the contract (rule 6).
    let published = unsafe { LoadedPlugin::open(published) }.unwrap();
    [published, LoadedPlugin::from_static(&inventory::PLUGIN).unwrap()]
}

#[test]
fn name_or_schema_differ() {
    let [published, ours] = plugins();
    assert_eq!(published.name(), ours.name());
    assert_eq!(published.abi_version(), ours.abi_version());
    assert_eq!(published.schema_json(), ours.schema_json());
}

#[test]
fn a_command_leads_to_another_outcome_other_events_or_other_records() {
    for config in ["max_on_hand=100", "", "max_on_hand=0"] {
        let [published, mut ours] = plugins()
            .map(|plugin| scenario::play(&plugin, config, &inventory::commands()).unwrap());
        for (published, ours) in published.outcomes.iter().zip(&mut ours.outcomes) {
            as_a_published_plugin_says_it(ours, published);
        }
        assert_eq!(published, ours, "{config}");
    }
}

/// A published plugin rejects with kind 2001 only. Its text quotes the host's report, and its texts
/// for malformed commands differ from ours.
fn as_a_published_plugin_says_it(ours: &mut Seen, published: &Seen) {
    let (Seen::Rejected(ours), Seen::Rejected(published)) = (ours, published) else { return };
    match ours.kind {
        runtime_error_kind::HOST_REJECTED => {
            ours.message = format!("phase=RunTx kind=4001 message={}", ours.message);
        }
        runtime_error_kind::INVALID_COMMAND => ours.message.clone_from(&published.message),
        _ => {}
    }
    ours.kind = runtime_error_kind::PLUGIN_REJECTED;
}

#[test]
fn a_configuration_is_refused_otherwise() {
    for config in ["max_on_hand", "max_on_hand=", "max_on_hand=4294967296", "größe=1"] {
        let [published, ours] = plugins().map(|plugin| match Engine::create(&plugin, config) {
            Err(EngineError::Create { source, .. }) => source,
            other => panic!("{config}: {other:?}"),
        });
        assert_eq!(published, ours);
        assert_eq!(published.kind, runtime_error_kind::CONFIG_ERROR);
        assert_eq!(published.phase, RuntimeErrorPhase::Create);
    }
}

#[test]
fn a_broken_invariant_is_reported_otherwise_or_not_at_all() {
    let sku = inventory::Sku::from(b"BOLT-M8");
    let sent = [
        Sent::of(&inventory::Register { sku }),
        Sent::of(&inventory::Receive { sku, quantity: 50 }),
    ];
    let [published, ours] = plugins().map(|plugin| {
        let mut generous = Engine::create(&plugin, "max_on_hand=50").unwrap();
        for (ext_seq, sent) in (1..).zip(&sent) {
            assert!(generous.run(&sent.command(ext_seq)).is_committed());
        }
        generous.validate().unwrap();
        let records = generous.into_store();
        let mut strict = Engine::with_store(&plugin, "max_on_hand=49", records).unwrap();
        PluginFailure::from(strict.validate().unwrap_err())
    });
    assert_eq!(published, ours);
    assert_eq!(published.message, "BOLT-M8 has 50, above the limit of 49");
}

/// Calls the tables directly, with arguments that no host of ours passes: nulls, and bytes that are
/// not UTF-8.
#[test]
fn a_bad_argument_is_answered_otherwise() {
    let path = beside::library("statevec-published-plugin").unwrap();
    // SAFETY: the library has no initialisers but Rust's own (rule 6).
    let library = unsafe { libloading::Library::new(path) }.unwrap();
    // SAFETY: the symbol has this type, by the contract (rule 1).
    let entry = unsafe { library.get::<RuntimePluginEntryV1>(RUNTIME_PLUGIN_ENTRY_V1_SYMBOL) };
    // SAFETY: the entry function may be called at any time (rule 1).
    let published = unsafe { entry.unwrap()() };
    let ours = inventory::PLUGIN.api();
    assert_eq!(published.abi_version, ours.abi_version);

    let bad = RuntimeBytesRef { ptr: ptr::null(), len: 3 };
    let not_text = RuntimeBytesRef::from_slice(b"max_on_hand=\xFF");
    for config in [bad, not_text] {
        assert_eq!(create(&published, config, true), create(ours, config, true));
    }
    let empty = RuntimeBytesRef::empty();
    assert_eq!(create(&published, empty, false), create(ours, empty, false));

    let [published_calls, our_calls] = [&published, ours].map(|table| {
        let (_, runtime) = created(table);
        let calls = [
            run(table, ptr::null_mut(), empty),
            run(table, ptr::null_mut(), bad),
            run(table, runtime, bad),
            validate(table, ptr::null_mut()),
            unload(table, ptr::null_mut()),
            unload(table, runtime),
        ];
        for runtime in [runtime, ptr::null_mut()] {
            // SAFETY: made by this table and not used again, or null (rule 7).
            unsafe { table.destroy_runtime.unwrap()(runtime) };
        }
        calls
    });
    assert_eq!(published_calls, our_calls);
    assert!(
        our_calls[5].0 == RuntimeCallStatus::Success && our_calls[0].3 == "runtime handle is null"
    );
    // The plugin's registrations with the process outlive it here.
    std::mem::forget(library);
}

/// Status, phase, kind and text of a call.
type Answer = (RuntimeCallStatus, RuntimeErrorPhase, u16, String);

fn answer(call: impl FnOnce(*mut RuntimeErrorBuf) -> RuntimeCallStatus) -> Answer {
    let mut error = RuntimeErrorBuf::RESET;
    error.message_buf.fill(b'?');
    error.message_len = 7;
    let status = call(&raw mut error);
    (status, error.phase, error.kind.0, error.message().to_string())
}

fn created(table: &RuntimePluginApiV1) -> (Answer, *mut c_void) {
    let mut runtime = ptr::null_mut();
    let config = RuntimeBytesRef::empty();
    let out = &raw mut runtime;
    // SAFETY: the pointers are live for the call (rules 1 and 9).
    let answer = answer(|error| unsafe { table.create_runtime.unwrap()(config, out, error) });
    assert!(!runtime.is_null());
    (answer, runtime)
}

fn create(table: &RuntimePluginApiV1, config: RuntimeBytesRef, with_out: bool) -> Answer {
    let mut runtime = ptr::null_mut();
    let out = if with_out { &raw mut runtime } else { ptr::null_mut() };
    // SAFETY: the pointers are live for the call, or null (rules 1 and 9).
    let answer = answer(|error| unsafe { table.create_runtime.unwrap()(config, out, error) });
    assert!(runtime.is_null());
    answer
}

fn run(table: &RuntimePluginApiV1, runtime: *mut c_void, payload: RuntimeBytesRef) -> Answer {
    let host = RuntimeHostContextV1 { ctx_ptr: ptr::null_mut(), vtable: ptr::null() };
    let command = RuntimeCommandView { command_kind: 1, ext_seq: 1, ref_ext_time_us: 1, payload };
    // SAFETY: the runtime lives or is null; the payload is null (rules 1 and 7).
    answer(|error| unsafe { table.run_tx.unwrap()(runtime, host, command, error) })
}

fn validate(table: &RuntimePluginApiV1, runtime: *mut c_void) -> Answer {
    let host = RuntimeReadContextV1 { ctx_ptr: ptr::null_mut(), vtable: ptr::null() };
    // SAFETY: the runtime lives or is null; a null table is allowed (rules 1 and 7).
    answer(|error| unsafe { table.validate_biz_invariants.unwrap()(runtime, host, error) })
}

fn unload(table: &RuntimePluginApiV1, runtime: *mut c_void) -> Answer {
    // SAFETY: the runtime lives or is null (rule 7).
    answer(|error| unsafe { table.on_unload.unwrap()(runtime, error) })
}
