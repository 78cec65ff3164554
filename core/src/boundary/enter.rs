//! Every call that crosses the boundary, in either direction, runs in [`BoundaryCall::enter`].
//! `run_tx` has a tuned copy of it (`plugin::entry`).

use crate::{
    abi::{RuntimeCallStatus, RuntimeErrorBuf, RuntimeErrorPhase, runtime_error_kind},
    boundary::{
        ErrorSlot, TxResult, fail,
        panic::{Panic, catch},
    },
};

/// A call that has just crossed the boundary.
pub(crate) struct BoundaryCall<'c> {
    side: Side,
    error: ErrorSlot<'c>,
}

/// The side that is called. It decides how a panic is reported (rule 2).
#[derive(Clone, Copy)]
pub(crate) enum Side {
    Plugin,
    Host,
}

impl BoundaryCall<'_> {
    /// # Safety
    ///
    /// `out_error` is null, or valid for writes until the call returns.
    #[inline]
    pub(crate) const unsafe fn new(
        side: Side,
        phase: RuntimeErrorPhase,
        out_error: *mut RuntimeErrorBuf,
    ) -> Self {
        // SAFETY: null, or valid until the call returns; the slot lives in this value, which
        // `enter` consumes before that (rule 9).
        let error = unsafe { ErrorSlot::from_raw(out_error, phase) };
        Self { side, error }
    }

    /// Runs the body and returns the status. The body has written its failure; a panic is written
    /// here. On success a plugin's call resets the header of `out_error`, which may hold a failure
    /// that the plugin recovered from. A host's call does not touch the buffer on success.
    #[inline]
    pub(crate) fn enter(
        self,
        body: impl for<'c> FnOnce(ErrorSlot<'c>) -> TxResult<'c>,
    ) -> RuntimeCallStatus {
        match catch(|| body(self.error)) {
            Ok(Ok(())) => {
                if matches!(self.side, Side::Plugin) {
                    self.error.reset();
                }
                RuntimeCallStatus::Success
            }
            Ok(Err(_written)) => RuntimeCallStatus::Failure,
            Err(panic) => report(self.side, self.error, panic),
        }
    }
}

/// Writes a panic as the failure of a call.
#[cold]
#[inline(never)]
pub(crate) fn report(side: Side, error: ErrorSlot<'_>, panic: Panic) -> RuntimeCallStatus {
    let (who, kind) = match side {
        Side::Plugin => ("plugin", runtime_error_kind::PLUGIN_INTERNAL_ERROR),
        Side::Host => ("host", runtime_error_kind::HOST_INTERNAL_ERROR),
    };
    let _written = fail!(error, kind, "panicked", "{who} panicked: {panic}");
    RuntimeCallStatus::Failure
}
