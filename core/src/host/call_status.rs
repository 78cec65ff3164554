//! The status that each call of a plugin returns, and the reason in its error buffer.

use super::{CallFailure, Host};
use crate::{
    abi::{
        RuntimeCallStatus, RuntimeErrorBuf, RuntimeErrorKind, RuntimeErrorPhase, runtime_error_kind,
    },
    boundary::{ErrorSlot, ErrorWritten, fail},
};

/// The kind before a call. A failure that still has it, and no text, came without a reason.
const UNWRITTEN: RuntimeErrorKind = RuntimeErrorKind(0);

/// Prepares the buffer for a call, so that the report of an earlier call is not taken for this
/// one's.
#[inline]
pub(super) fn expect_nothing(error: &mut RuntimeErrorBuf) -> &mut RuntimeErrorBuf {
    (error.kind, error.message_len) = (UNWRITTEN, 0);
    error
}

/// Checks a plugin's status, and lets the host refuse what the plugin accepted or rejected. A
/// plugin's failure stays one, because the instance has to be created anew.
#[inline]
pub(super) fn check_end<'e>(
    host: &impl Host,
    status: RuntimeCallStatus,
    call: &str,
    phase: RuntimeErrorPhase,
    error: &'e mut RuntimeErrorBuf,
) -> Result<(), CallFailure<'e>> {
    let has_failed = status != RuntimeCallStatus::Success && !error.kind.is_rejection();
    if has_failed || ErrorSlot::scope(error, phase, |slot| host.end_call(slot)).is_some() {
        return check_status(status, call, phase, error);
    }
    Err(CallFailure { phase, kind: error.kind, message: error.message() })
}

/// Checks a plugin's status (rule 1).
#[inline]
pub(super) fn check_status<'e>(
    status: RuntimeCallStatus,
    call: &str,
    phase: RuntimeErrorPhase,
    error: &'e mut RuntimeErrorBuf,
) -> Result<(), CallFailure<'e>> {
    if status == RuntimeCallStatus::Success {
        Ok(())
    } else {
        Err(failure(status, call, phase, error))
    }
}

#[cold]
pub(super) fn not_created<'e>(
    status: RuntimeCallStatus,
    phase: RuntimeErrorPhase,
    error: &'e mut RuntimeErrorBuf,
) -> CallFailure<'e> {
    match status {
        RuntimeCallStatus::Success => violation(error, phase, |error, kind| {
            fail!(
                error,
                kind,
                "no handle",
                "create_runtime succeeded and returned no runtime handle"
            )
        }),
        status => failure(status, "create_runtime", phase, error),
    }
}

#[cold]
fn failure<'e>(
    status: RuntimeCallStatus,
    call: &str,
    phase: RuntimeErrorPhase,
    error: &'e mut RuntimeErrorBuf,
) -> CallFailure<'e> {
    if status != RuntimeCallStatus::Failure {
        return violation(error, phase, |error, kind| {
            let status = status.0;
            fail!(error, kind, "bad status", "{call} returned status {status}; 0 and 1 are defined")
        });
    }
    if error.kind == UNWRITTEN && error.message_len == 0 {
        return violation(error, phase, |error, kind| {
            fail!(error, kind, "no reason given", "{call} failed and gave no reason")
        });
    }
    CallFailure { phase: error.phase, kind: error.kind, message: error.message() }
}

#[cold]
pub(super) fn violation<'e>(
    error: &'e mut RuntimeErrorBuf,
    phase: RuntimeErrorPhase,
    fail: impl for<'s> FnOnce(ErrorSlot<'s>, RuntimeErrorKind) -> ErrorWritten<'s>,
) -> CallFailure<'e> {
    let kind = runtime_error_kind::ABI_CONTRACT_VIOLATION;
    ErrorSlot::scope(error, phase, |slot| Err::<(), _>(fail(slot, kind)));
    CallFailure { phase, kind, message: error.message() }
}
