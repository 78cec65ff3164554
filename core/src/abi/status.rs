//! Status, phase and kind: the numbers of an answer.

use core::fmt;

use crate::abi::layout::assert_layout;

/// Status returned by every call that can fail: 0 success, 1 failure.
///
/// `repr(transparent)` over `u32`, where the published type is a `repr(C)` enum: the same four
/// bytes wherever the published ABI exists, one layout on targets with short enums, and a foreign 2
/// is a value and not undefined behaviour (ABI.md sections 2 and 4).
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RuntimeCallStatus(pub u32);

assert_layout!(RuntimeCallStatus { size: [4, 4, 4], align: [4, 4, 4] });

#[allow(non_upper_case_globals, reason = "the published names of the variants")]
impl RuntimeCallStatus {
    /// The call succeeded.
    pub const Success: Self = Self(0);
    /// The call failed and may have written an error buffer.
    pub const Failure: Self = Self(1);
}

impl fmt::Debug for RuntimeCallStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Success => f.write_str("Success"),
            Self::Failure => f.write_str("Failure"),
            Self(other) => write!(f, "RuntimeCallStatus({other})"),
        }
    }
}

/// The part of a plugin's life in which an error occurred: 1 load, 2 create, 3 run_tx, 4
/// validate_biz_invariants, 5 unload.
///
/// `repr(transparent)` over `u32`, for the reasons given at [`RuntimeCallStatus`]. `Debug` prints
/// the published names (`RunTx`).
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RuntimeErrorPhase(pub u32);

assert_layout!(RuntimeErrorPhase { size: [4, 4, 4], align: [4, 4, 4] });

#[allow(non_upper_case_globals, reason = "the published names of the variants")]
impl RuntimeErrorPhase {
    /// Reading name, schema and table.
    pub const Load: Self = Self(1);
    /// Creating an instance.
    pub const Create: Self = Self(2);
    /// Running a transaction.
    pub const RunTx: Self = Self(3);
    /// Validating the business invariants.
    pub const ValidateBizInvariants: Self = Self(4);
    /// Unloading an instance.
    pub const Unload: Self = Self(5);

    /// The name that the command line prints, such as `run_tx`. `None` for a number that the
    /// contract does not define.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Load => Some("load"),
            Self::Create => Some("create"),
            Self::RunTx => Some("run_tx"),
            Self::ValidateBizInvariants => Some("validate_biz_invariants"),
            Self::Unload => Some("unload"),
            _ => None,
        }
    }
}

impl fmt::Debug for RuntimeErrorPhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Load => f.write_str("Load"),
            Self::Create => f.write_str("Create"),
            Self::RunTx => f.write_str("RunTx"),
            Self::ValidateBizInvariants => f.write_str("ValidateBizInvariants"),
            Self::Unload => f.write_str("Unload"),
            Self(other) => write!(f, "RuntimeErrorPhase({other})"),
        }
    }
}

/// Stable numeric kind of an error. The known ones are in [`runtime_error_kind`]; any other number
/// is legal.
#[repr(transparent)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RuntimeErrorKind(pub u16);

assert_layout!(RuntimeErrorKind { size: [2, 2, 2], align: [2, 2, 2] });

/// The known kinds (ABI.md section 3).
pub mod runtime_error_kind {
    use super::RuntimeErrorKind;

    /// The other side broke the binary contract.
    pub const ABI_CONTRACT_VIOLATION: RuntimeErrorKind = RuntimeErrorKind(1);
    /// The plugin's schema is not the one that the host expected, or lacks a kind that a host call
    /// names.
    pub const SCHEMA_MISMATCH: RuntimeErrorKind = RuntimeErrorKind(1001);
    /// The configuration of the plugin or of the host is invalid.
    pub const CONFIG_ERROR: RuntimeErrorKind = RuntimeErrorKind(1002);
    /// The plugin rejected the command.
    pub const PLUGIN_REJECTED: RuntimeErrorKind = RuntimeErrorKind(2001);
    /// The command's kind or payload is invalid.
    pub const INVALID_COMMAND: RuntimeErrorKind = RuntimeErrorKind(2002);
    /// The host rejected an operation.
    pub const HOST_REJECTED: RuntimeErrorKind = RuntimeErrorKind(4001);
    /// The host failed.
    pub const HOST_INTERNAL_ERROR: RuntimeErrorKind = RuntimeErrorKind(4002);
    /// The plugin failed.
    pub const PLUGIN_INTERNAL_ERROR: RuntimeErrorKind = RuntimeErrorKind(5001);
}

impl RuntimeErrorKind {
    /// Returns true if an error of this kind is a deterministic outcome of the command (2001, 2002,
    /// 4001) and not a failure of plugin or host.
    #[must_use]
    pub const fn is_rejection(self) -> bool {
        matches!(
            self,
            runtime_error_kind::PLUGIN_REJECTED
                | runtime_error_kind::INVALID_COMMAND
                | runtime_error_kind::HOST_REJECTED
        )
    }

    /// The published name, `PLUGIN_REJECTED` for 2001. `None` for a number that the contract does
    /// not define.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        match self {
            runtime_error_kind::ABI_CONTRACT_VIOLATION => Some("ABI_CONTRACT_VIOLATION"),
            runtime_error_kind::SCHEMA_MISMATCH => Some("SCHEMA_MISMATCH"),
            runtime_error_kind::CONFIG_ERROR => Some("CONFIG_ERROR"),
            runtime_error_kind::PLUGIN_REJECTED => Some("PLUGIN_REJECTED"),
            runtime_error_kind::INVALID_COMMAND => Some("INVALID_COMMAND"),
            runtime_error_kind::HOST_REJECTED => Some("HOST_REJECTED"),
            runtime_error_kind::HOST_INTERNAL_ERROR => Some("HOST_INTERNAL_ERROR"),
            runtime_error_kind::PLUGIN_INTERNAL_ERROR => Some("PLUGIN_INTERNAL_ERROR"),
            _ => None,
        }
    }
}
