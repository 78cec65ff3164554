//! The reason why an engine has stopped.

use std::fmt;

use statevec_abi::{
    abi::{
        RuntimeErrorBuf, RuntimeErrorKind, RuntimeErrorPhase,
        runtime_error_kind::HOST_INTERNAL_ERROR,
    },
    boundary::ErrorSlot,
    host::CallFailure,
};

/// The answer that a stopped engine gives to every further command.
pub(super) struct Stop {
    reason: RuntimeErrorBuf,
}

impl Stop {
    pub(super) const fn new() -> Self {
        Self { reason: RuntimeErrorBuf::RESET }
    }

    /// Returns true if a failure of this kind comes from the environment, so that the same command
    /// may have another outcome on another machine.
    pub(super) fn is_due_to(kind: RuntimeErrorKind) -> bool {
        kind == HOST_INTERNAL_ERROR
    }

    pub(super) fn write(&mut self, reason: fmt::Arguments<'_>) {
        let phase = RuntimeErrorPhase::RunTx;
        ErrorSlot::scope(&mut self.reason, phase, |slot| {
            Err::<(), _>(slot.fail(HOST_INTERNAL_ERROR, reason))
        });
    }

    pub(super) fn failure(&self) -> CallFailure<'_> {
        let message = self.reason.message();
        CallFailure { phase: RuntimeErrorPhase::RunTx, kind: HOST_INTERNAL_ERROR, message }
    }
}
