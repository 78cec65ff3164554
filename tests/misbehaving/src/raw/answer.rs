//! Statuses and errors that no function may return.

use statevec_abi::abi::{
    RUNTIME_ERROR_MESSAGE_CAPACITY, RuntimeCallStatus, RuntimeErrorBuf, RuntimeErrorKind,
    RuntimeErrorPhase, runtime_error_kind::PLUGIN_REJECTED,
};

/// The returned status.
#[derive(Clone, Copy)]
pub(super) struct Answered {
    pub(super) status: RuntimeCallStatus,
    /// True if `create_runtime` writes a handle.
    pub(super) handle: bool,
}

impl Answered {
    const FAILURE: Self = Self { status: RuntimeCallStatus::Failure, handle: false };
    const SUCCESS: Self = Self { status: RuntimeCallStatus::Success, handle: true };
}

/// Writes the wrong error, if the fault is one of the error, and returns the status.
pub(super) fn answer(
    what: &str,
    phase: RuntimeErrorPhase,
    out_error: *mut RuntimeErrorBuf,
) -> Answered {
    let mut error = said(b"wrong on purpose");
    error.phase = phase;
    let answered = match what {
        "status 2" => return Answered { status: RuntimeCallStatus(2), handle: true },
        "status 0xFFFFFFFF" => {
            return Answered { status: RuntimeCallStatus(u32::MAX), handle: true };
        }
        "nothing written" => return Answered::FAILURE,
        "success without a handle" => return Answered { handle: false, ..Answered::SUCCESS },
        "failure with a handle" => Answered { handle: true, ..Answered::FAILURE },
        "success with an error" => Answered::SUCCESS,
        "no text" => {
            error.message_len = 0;
            Answered::FAILURE
        }
        "phase 0" => {
            error.phase = RuntimeErrorPhase(0);
            Answered::FAILURE
        }
        "phase 0xFFFFFFFF" => {
            error.phase = RuntimeErrorPhase(u32::MAX);
            Answered::FAILURE
        }
        "kind 0" => {
            error.kind = RuntimeErrorKind(0);
            Answered::FAILURE
        }
        "kind 65535" => {
            error.kind = RuntimeErrorKind(u16::MAX);
            Answered::FAILURE
        }
        "message_len 513" => {
            error.message_buf = [b'x'; RUNTIME_ERROR_MESSAGE_CAPACITY];
            error.message_len = RUNTIME_ERROR_MESSAGE_CAPACITY + 1;
            Answered::FAILURE
        }
        "message_len usize::MAX" => {
            error.message_buf = [b'x'; RUNTIME_ERROR_MESSAGE_CAPACITY];
            error.message_len = usize::MAX;
            Answered::FAILURE
        }
        "message that is not UTF-8" => {
            error = RuntimeErrorBuf { phase, ..said(b"a\xFFb\xE2\x82") };
            Answered::FAILURE
        }
        _ => Answered::SUCCESS,
    };
    // SAFETY: the tests' host passes a buffer that is live for the call (rule 9).
    unsafe { out_error.write(error) };
    answered
}

/// An error of kind 2001 with this text.
fn said(text: &[u8]) -> RuntimeErrorBuf {
    let mut error = RuntimeErrorBuf { kind: PLUGIN_REJECTED, ..RuntimeErrorBuf::RESET };
    error.message_len = text.len();
    for (to, from) in error.message_buf.iter_mut().zip(text) {
        *to = *from;
    }
    error
}
