//! Checks the status of a host call, and turns a failed call into its caller's own error.

use super::error_buffer::HostErrorBuffer;
use crate::{
    abi::{RecordKind, RuntimeCallStatus},
    boundary::{BytesError, ShortText},
    typed::DecodeError,
};

/// The name of a table entry for error texts. It is empty with the feature `terse`, whose texts name
/// no entry.
pub(super) const fn entry_name(name: &'static str) -> &'static str {
    if cfg!(feature = "terse") { "" } else { name }
}

/// Makes host calls: it has a buffer for the host's error, and turns a failed call into its own
/// type of failure.
///
/// Cold functions call [`failed`](Self::failed), so the success path of a call holds no error
/// value.
pub trait HostCaller {
    /// The failure of a call.
    type Failure;

    /// The buffer.
    fn error_buffer(&mut self) -> HostErrorBuffer<'_>;

    /// Makes the failure for an error. The host's report, if there is one, is in the buffer.
    fn failed(&mut self, error: HostCallError) -> Self::Failure;

    /// Makes the failure for the host's report, the usual case of [`failed`](Self::failed).
    fn reported(&mut self, call: &'static str) -> Self::Failure {
        self.failed(HostCallError::Reported { call })
    }
}

/// Returns the error itself, for callers that read the buffer.
impl HostCaller for HostErrorBuffer<'_> {
    type Failure = HostCallError;

    #[inline]
    fn error_buffer(&mut self) -> HostErrorBuffer<'_> {
        self.reborrow()
    }

    fn failed(&mut self, error: HostCallError) -> HostCallError {
        error
    }
}

/// The failure of a host call. The list is closed, because each adapter must treat each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror_no_std::Error)]
pub enum HostCallError {
    /// The host reported an error; its kind and text are in the
    /// [`HostErrorBuffer`](super::HostErrorBuffer).
    #[error("{call} failed")]
    Reported {
        /// Name of the table entry.
        call: &'static str,
    },
    /// The host broke the contract.
    #[error("{0}")]
    Contract(ContractViolation),
    /// The host lent bytes that are not the record that the visitor expects.
    #[error("{0}")]
    Refused(DecodeError),
}

impl core::error::Error for HostCallError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Reported { .. } => None,
            Self::Contract(violation) => Some(violation),
            Self::Refused(error) => Some(error),
        }
    }
}

/// How a host broke the contract. The plugin's call reports it as kind 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror_no_std::Error)]
#[allow(
    missing_docs,
    reason = "each variant's text is its documentation; `call` names the table entry"
)]
#[non_exhaustive]
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

impl ShortText for ContractViolation {
    fn short_text(&self) -> &'static str {
        match self {
            Self::NullTable { .. } => "null vtable",
            Self::MisalignedTable { .. } => "unaligned vtable",
            Self::NullEntry { .. } => "null vtable entry",
            Self::Status { .. } => "bad status",
            Self::Flag { .. } => "bad flag",
            Self::VisitedTwice { .. } => "visited twice",
            Self::NotVisited { .. } => "not visited",
            Self::VisitedNothing { .. } => "visited nothing",
            Self::Bytes { .. } => "bad bytes",
            Self::Kind { .. } => "other record kind",
        }
    }
}

impl From<ContractViolation> for HostCallError {
    fn from(violation: ContractViolation) -> Self {
        Self::Contract(violation)
    }
}

impl HostCallError {
    /// Checks a status (rule 1).
    pub(super) fn of_status(call: &'static str, status: RuntimeCallStatus) -> Result<(), Self> {
        match status {
            RuntimeCallStatus::Success => Ok(()),
            RuntimeCallStatus::Failure => Err(Self::Reported { call }),
            RuntimeCallStatus(status) => Err(ContractViolation::Status { call, status }.into()),
        }
    }
}
