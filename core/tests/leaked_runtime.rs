//! A leaked runtime still has its gate, so the gate's memory must not be used again.

#![cfg(all(unix, not(miri)))]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::{env, mem, pin::pin, process::Command};

use statevec_abi::{
    abi::RuntimeErrorBuf,
    boundary::{ErrorSlot, RuntimeCommandRef, TxResult},
    fixed_store::FixedStore,
    host::{HostGate, PluginApi, PluginRuntime},
    plugin::{Plugin, StaticPlugin, Tx},
    static_plugin,
};

struct Idle;

const IDLE: StaticPlugin = static_plugin!(Idle, slots = 2);

impl Plugin for Idle {
    fn name() -> &'static str {
        "idle"
    }

    fn schema() -> &'static str {
        ""
    }

    fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Ok(Self)
    }

    fn run_tx<'tx>(&self, _: &mut Tx<'tx>, _: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        Ok(())
    }
}

/// Set for the process that leaks a runtime.
const LEAKS: &str = "STATEVEC_TEST_LEAKS";

#[test]
fn gate_of_a_leaked_runtime_ends_the_process_and_not_silently() {
    if env::var_os(LEAKS).is_some() {
        return leak();
    }
    let mut child = Command::new(env::current_exe().unwrap());
    child.args(["--exact", "gate_of_a_leaked_runtime_ends_the_process_and_not_silently"]);
    let output = child.arg("--nocapture").env(LEAKS, "1").output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), None, "a signal ends it: {err}");
    assert!(err.contains("a host gate was dropped while a leaked plugin runtime has it"), "{err}");
}

fn leak() {
    let gate = pin!(HostGate::<FixedStore<'_>>::new());
    let api = PluginApi::of_static(&IDLE).unwrap();
    let mut error = RuntimeErrorBuf::RESET;
    let runtime = PluginRuntime::create(api, "", gate, &mut error).unwrap();
    mem::forget(runtime);
}

#[test]
fn gate_of_a_dropped_runtime_can_be_dropped_and_used_again() {
    let mut gate = pin!(HostGate::<FixedStore<'_>>::new());
    for _ in 0..2 {
        let api = PluginApi::of_static(&IDLE).unwrap();
        let mut error = RuntimeErrorBuf::RESET;
        drop(PluginRuntime::create(api, "", gate.as_mut(), &mut error).unwrap());
    }
}
