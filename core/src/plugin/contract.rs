//! What can be wrong with a host's answer.

use core::convert::Infallible;

use crate::abi::{BytesError, RecordKind, RuntimeCallStatus};

/// Why a host call gave no answer. `E` is a visitor's own error, where it can have one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror_no_std::Error)]
pub enum HostCallError<E = Infallible> {
    /// The host said so; kind and text are in the [`Scratch`](super::Scratch).
    #[error("{call} failed")]
    Reported {
        /// Name of the table entry.
        call: &'static str,
    },
    /// The host broke the contract.
    #[error("{0}")]
    Contract(ContractViolation),
    /// The visitor refused the bytes that it was lent.
    #[error("{0}")]
    Refused(E),
}

impl<E: core::error::Error + 'static> core::error::Error for HostCallError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Reported { .. } => None,
            Self::Contract(violation) => Some(violation),
            Self::Refused(error) => Some(error),
        }
    }
}

/// How a host broke the contract. Reported to it as kind 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror_no_std::Error)]
#[allow(
    missing_docs,
    reason = "each variant's text is its documentation; `call` names the table entry"
)]
pub enum ContractViolation {
    #[error("runtime {table} vtable is null")]
    NullTable { table: &'static str },
    #[error("runtime {table} vtable is not aligned")]
    MisalignedTable { table: &'static str },
    #[error("{call} is null in the host's table")]
    NullEntry { call: &'static str },
    #[error("{call} returned status {status}; 0 and 1 are defined")]
    Status { call: &'static str, status: u32 },
    #[error("{call} wrote {value} where 0 or 1 is defined")]
    Flag { call: &'static str, value: u8 },
    #[error("{call} called its visitor twice")]
    VisitedTwice { call: &'static str },
    #[error("{call} succeeded without calling its visitor")]
    NotVisited { call: &'static str },
    #[error("{call} called its visitor and then reported that there is no record")]
    VisitedNothing { call: &'static str },
    #[error("{call} lent bad bytes: {error}")]
    Bytes { call: &'static str, error: BytesError },
    #[error("{call} answered with a record of kind {got}; {expected} was asked for")]
    Kind { call: &'static str, expected: RecordKind, got: RecordKind },
}

impl core::error::Error for ContractViolation {}

impl<E> From<ContractViolation> for HostCallError<E> {
    #[cold]
    fn from(violation: ContractViolation) -> Self {
        Self::Contract(violation)
    }
}

/// Reads a status (rule 1).
#[inline]
pub(crate) fn succeeded<E>(
    call: &'static str,
    status: RuntimeCallStatus,
) -> Result<(), HostCallError<E>> {
    match status {
        RuntimeCallStatus::Success => Ok(()),
        RuntimeCallStatus::Failure => Err(HostCallError::Reported { call }),
        RuntimeCallStatus(status) => Err(ContractViolation::Status { call, status }.into()),
    }
}

/// Reads a flag (rule 1).
#[inline]
pub(crate) fn flag<E>(call: &'static str, value: u8) -> Result<bool, HostCallError<E>> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        value => Err(ContractViolation::Flag { call, value }.into()),
    }
}
