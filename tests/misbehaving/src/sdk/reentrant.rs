//! A plugin that calls its own functions from inside `run_tx`. Its configuration names the function
//! and the place: `destroy_runtime from update visitor`. The report has the result.

use std::{cell::Cell, ffi::c_void, ptr};

use statevec_abi::plugin::ReadAccess as _;
use statevec_abi::{
    abi::{
        RuntimeCallStatus, RuntimeCommandView, RuntimeErrorBuf, RuntimeHostContextV1,
        RuntimePluginApiV1, RuntimeReadContextV1,
    },
    boundary::{ErrorSlot, RuntimeCommandRef, TxResult},
    plugin::{Plugin, Tx, plugin_api},
};
use statevec_abi_alloc::Boxed;

use crate::{
    raw::outcome,
    schema::{ACCOUNT, Account, REPORT, SCHEMA, WELL, key, report},
};

const SDK: RuntimePluginApiV1 = plugin_api::<Reentrant, Boxed>();

pub(crate) const TABLE: RuntimePluginApiV1 = RuntimePluginApiV1 { run_tx: Some(run_tx), ..SDK };

pub(crate) struct Reentrant {
    function: String,
    place: String,
}

thread_local! {
    /// The instance whose `run_tx` is running, and its host.
    static RUNNING: Cell<Option<(*mut c_void, RuntimeHostContextV1)>> = const { Cell::new(None) };
}

/// The SDK's `run_tx`, which notes its arguments first: the SDK does not pass them to the author.
unsafe extern "C" fn run_tx(
    runtime: *mut c_void,
    host: RuntimeHostContextV1,
    command: RuntimeCommandView,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let Some(run_tx) = SDK.run_tx else { return RuntimeCallStatus::Failure };
    RUNNING.set(Some((runtime, host)));
    // SAFETY: the host called `run_tx` with these arguments, and they are valid until it returns
    // (rule 10).
    let status = unsafe { run_tx(runtime, host, command, out_error) };
    RUNNING.set(None);
    status
}

impl Plugin for Reentrant {
    fn name() -> &'static str {
        "reentrant"
    }

    fn schema() -> &'static str {
        SCHEMA.json
    }

    fn create<'c>(config: &str, error: ErrorSlot<'c>) -> TxResult<'c, Self> {
        match config.split_once(" from ") {
            Some((function, place)) => Ok(Self { function: function.into(), place: place.into() }),
            None => Err(error.config_error(format_args!("{config:?} is no way to re-enter"))),
        }
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        if command.command_kind() == WELL {
            return tx.create(&Account { id: command.ext_seq(), value: 0 }).map(drop);
        }
        let said = match &*self.place {
            "run_tx" => Some(self.reenter()),
            "read visitor" => tx.read_raw(ACCOUNT, 1, |_| self.reenter())?,
            "update visitor" => tx.update_by_pk_raw(ACCOUNT, &key(1), |_| self.reenter())?,
            _ => None,
        };
        let said = said.unwrap_or_else(|| "never tried".into());
        tx.emit_raw(REPORT, &report(&said))
    }
}

impl Reentrant {
    /// Calls the function, on this very instance and host, and returns its result as text.
    fn reenter(&self) -> String {
        let Some((runtime, host)) = RUNNING.get() else { return "nothing is running".into() };
        let mut error = RuntimeErrorBuf::RESET;
        let out_error = &raw mut error;
        let again = RuntimeCommandRef::new(WELL, 1000, 0, &[]).view();
        let read = RuntimeReadContextV1 { ctx_ptr: host.ctx_ptr, vtable: ptr::null() };
        let status = match (&*self.function, TABLE) {
            ("run_tx", RuntimePluginApiV1 { run_tx: Some(run_tx), .. }) => {
                // SAFETY: instance and host are live. A call is running, so the instance must
                // refuse this one (rule 7).
                let status = unsafe { run_tx(runtime, host, again, out_error) };
                RUNNING.set(Some((runtime, host)));
                status
            }
            (
                "validate_biz_invariants",
                RuntimePluginApiV1 { validate_biz_invariants: Some(validate), .. },
            ) => {
                // SAFETY: instance and context are live. A call is running, so the instance must
                // refuse this one before it reads the null table (rule 7).
                unsafe { validate(runtime, read, out_error) }
            }
            ("on_unload", RuntimePluginApiV1 { on_unload: Some(on_unload), .. }) => {
                // SAFETY: the instance is live. A call is running, so the instance must refuse this
                // one (rule 7).
                unsafe { on_unload(runtime, out_error) }
            }
            ("destroy_runtime", RuntimePluginApiV1 { destroy_runtime: Some(destroy), .. }) => {
                // SAFETY: the instance is live. A call is running, so the instance must ignore this
                // one (rule 7).
                unsafe { destroy(runtime) };
                return "returned".into();
            }
            _ => return "no such function".into(),
        };
        outcome(status, &error)
    }
}
