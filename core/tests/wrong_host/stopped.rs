//! A walk that the plugin stops, on a host that then fails, too.

use core::ptr;

use statevec_abi::plugin::ReadAccess as _;
use statevec_abi::{
    abi::{RecordKey, RuntimeBytesRef, RuntimeCallStatus, RuntimeErrorPhase, RuntimeHostContextV1},
    boundary::{ErrorSlot, RuntimeCommandRef, TxResult},
    plugin::{Plugin, ReadContext, StaticPlugin, Tx},
    static_plugin,
};

use statevec_fixtures::wrong_host::{
    host::HOST,
    instance::{UNTOUCHED, outcome},
    script::{HONEST, Report, Script, follow},
};

/// Stops a walk, ignores its error, and deletes.
struct Stopper;

impl Plugin for Stopper {
    fn name() -> &'static str {
        "stopper"
    }

    fn schema() -> &'static str {
        "{}"
    }

    fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Ok(Self)
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, _: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        let stop = |state: &mut ReadContext<'tx>, _: RecordKey| {
            Err(state.reject(format_args!("that is enough")))
        };
        assert!(tx.for_each_key(1, stop).is_err());
        tx.delete_by_pk_raw(1, b"key").map(drop)
    }
}

#[test]
fn call_fails_without_a_reason_after_a_walk_that_was_stopped_and_failed() {
    const MUTE: Script = Script { status: 1, ..HONEST };
    const PLUGIN: StaticPlugin = static_plugin!(Stopper, slots = 1);
    let report = Report::Text(4001, "stale");
    follow(
        &[],
        Script { status: 1, report, then: Some(&MUTE), ..HONEST },
        RuntimeErrorPhase::RunTx,
    );
    let (api, mut runtime, mut error) = (PLUGIN.api(), ptr::null_mut(), UNTOUCHED);
    let create = api.create_runtime.unwrap();
    // SAFETY: the pointers are live or null (rule 9).
    let status = unsafe { create(RuntimeBytesRef::empty(), &raw mut runtime, ptr::null_mut()) };
    assert_eq!(status, RuntimeCallStatus::Success);
    let host = RuntimeHostContextV1 { ctx_ptr: ptr::null_mut(), vtable: &raw const HOST };
    let command = RuntimeCommandRef::new(1, 1, 0, &[]).view();
    // SAFETY: just created; table and buffer are live (rules 9 and 10).
    let status = unsafe { api.run_tx.unwrap()(runtime, host, command, &raw mut error) };
    // SAFETY: the handle was made by this table and is not used again (rule 10).
    unsafe { api.destroy_runtime.unwrap()(runtime) };
    let mute = "delete_by_pk_raw failed and gave no reason";
    assert_eq!(outcome(status, &error), Err((RuntimeErrorPhase::RunTx, 4002, mute.into())));
}
