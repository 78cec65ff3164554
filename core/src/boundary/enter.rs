//! The one way in: every call that crosses the boundary, in either direction, runs in
//! [`BoundaryCall::enter`].

use crate::{
    abi::{RuntimeCallStatus, RuntimeErrorBuf, RuntimeErrorPhase, runtime_error_kind},
    boundary::{
        ErrorSlot, TxResult,
        panic::{Panic, catch},
    },
};

/// A call that has just crossed the boundary.
pub(crate) struct BoundaryCall<'c> {
    callee: Side,
    error: ErrorSlot<'c>,
}

/// Who is being called: decides how a panic is reported (rule 2).
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
        callee: Side,
        phase: RuntimeErrorPhase,
        out_error: *mut RuntimeErrorBuf,
    ) -> Self {
        // SAFETY: the caller's promise about the pointer; the slot does not outlive the call
        // (rule 9).
        let error = unsafe { ErrorSlot::from_raw(out_error, phase) };
        Self { callee, error }
    }

    /// Runs the body and makes its answer: a failure was written by whoever made the token, and a
    /// panic is written here. A plugin's success resets the header of `out_error`, also after a
    /// failure that it recovered from; a host's leaves the buffer alone, for the contract says
    /// nothing about it.
    #[inline]
    pub(crate) fn enter(
        self,
        body: impl for<'c> FnOnce(ErrorSlot<'c>) -> TxResult<'c>,
    ) -> RuntimeCallStatus {
        match catch(|| body(self.error)) {
            Ok(Ok(())) => {
                if matches!(self.callee, Side::Plugin) {
                    self.error.reset();
                }
                RuntimeCallStatus::Success
            }
            Ok(Err(_written)) => RuntimeCallStatus::Failure,
            Err(panic) => report(self.callee, self.error, panic),
        }
    }
}

/// Writes a panic as the failure of a call.
#[cold]
#[inline(never)]
pub(crate) fn report(callee: Side, error: ErrorSlot<'_>, panic: Panic) -> RuntimeCallStatus {
    let (who, kind) = match callee {
        Side::Plugin => ("plugin", runtime_error_kind::PLUGIN_INTERNAL_ERROR),
        Side::Host => ("host", runtime_error_kind::HOST_INTERNAL_ERROR),
    };
    let _written = error.fail(kind, format_args!("{who} panicked: {panic}"));
    RuntimeCallStatus::Failure
}
