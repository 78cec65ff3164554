//! A line about a checkpoint that failed.

use std::{error::Error as _, fmt};

use statevec_host::{durable::DurableError, foreign_text::EscapedLines};

/// The note about a checkpoint that failed beside the commands.
pub(super) struct CheckpointNote<'e> {
    pub(super) error: &'e DurableError,
}

impl fmt::Display for CheckpointNote<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { error } = self;
        let text = EscapedLines(error);
        write!(
            f,
            "a checkpoint failed; no outcome is affected, and the next one tries again: {text}"
        )?;
        let mut cause = error.source();
        while let Some(error) = cause {
            write!(f, "\n  caused by: {}", EscapedLines(error))?;
            cause = error.source();
        }
        Ok(())
    }
}
