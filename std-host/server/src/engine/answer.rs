//! Answers of the engine.

use statevec_host::durable::DurableError;

use super::{keys::KeyError, open::is_storage_full};

/// The outcomes of the commands of one request. They are durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// One JSON object per command, each with an end of line.
    pub(crate) outcomes: String,
    /// True if at least one command was a duplicate.
    pub(crate) has_duplicates: bool,
    /// The reason why the commands behind the last outcome did not run.
    pub(crate) cut: Option<Refusal>,
}

/// The reason why commands did not run, or are not known to be durable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// More commands wait for the engine than it may have.
    #[error("{waiting} commands wait for the engine, and it takes no more; try again in a second")]
    QueueFull { waiting: usize },
    /// The server is ending.
    #[error("the server is stopping and takes no more commands; try again when it is back")]
    Stopping,
    /// The medium has no more room.
    #[error(
        "the medium of the data directory is full: {0}. The commands may or may not be recorded: make room, \
         and send them again with the same ext_seq or Idempotency-Key"
    )]
    StorageFull(String),
    /// The engine has stopped.
    #[error("the engine takes no more commands: {0}")]
    Stopped(String),
    /// A command's number is not the next one, and the log allows no gap.
    #[error("{0}")]
    Gap(String),
    /// The stream numbers commands, and gives them their time.
    #[error(
        "this server takes its commands from a stream, which gives them ext_seq and ref_ext_time_us; leave both \
         out, and make a retry safe with an Idempotency-Key"
    )]
    NumberedByStream,
    /// The commands are not known to be in the stream.
    #[error(
        "the commands may or may not be in the stream: {0}. Send them again with the same Idempotency-Key"
    )]
    NotInStream(String),
    /// The commands are in the stream, and their outcomes are not known here.
    #[error(
        "the commands are in the stream, the last one with ext_seq {last}, and all replicas run them; their \
         outcomes are not known here: {reason}. Do not send them again"
    )]
    Behind { last: u64, reason: String },
    /// The state that a read asked for did not come.
    #[error(
        "this server is at entry {entry} and ext_seq {ext_seq}, and did not get further in time"
    )]
    NotYet { entry: u64, ext_seq: u64 },
    /// The idempotency key was sent with another body before.
    #[error(
        "this Idempotency-Key came with another body before; each request needs a key of its own"
    )]
    KeyReused,
    /// The key's command ended the process.
    #[error(
        "the process ended while it ran command {place} of this request, and failed commands are skipped; the \
         commands behind it did not run"
    )]
    EndedProcess { place: u64 },
}

impl From<&DurableError> for Refusal {
    fn from(error: &DurableError) -> Self {
        match error {
            DurableError::Gap { .. } => Self::Gap(error.to_string()),
            error if is_storage_full(error) => Self::StorageFull(with_causes(error)),
            error => Self::Stopped(with_causes(error)),
        }
    }
}

impl From<&KeyError> for Refusal {
    fn from(error: &KeyError) -> Self {
        if is_storage_full(error) {
            Self::StorageFull(with_causes(error))
        } else {
            Self::Stopped(with_causes(error))
        }
    }
}

/// The text of an error and of its causes.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
