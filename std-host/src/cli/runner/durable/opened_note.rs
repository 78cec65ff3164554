//! A line about a data directory that was opened.

use std::{fmt, path::Path};

use statevec_host::{durable::Opened, foreign_text::Escaped};

/// The note about opening the directory: its findings and repairs.
pub(super) struct OpenedNote<'o> {
    pub(super) path: &'o Path,
    pub(super) opened: &'o Opened,
}

impl fmt::Display for OpenedNote<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, opened } = self;
        write!(f, "{}: ", Escaped(path.display()))?;
        if opened.is_new {
            return f.write_str("created");
        }
        write!(f, "at entry {}", opened.position.entry)?;
        let applied = opened.applied;
        match &opened.checkpoint {
            Some((entry, _)) => write!(f, ", from checkpoint {entry} and {applied} entries")?,
            None => write!(f, ", from {applied} entries")?,
        }
        if let Some(torn) = &opened.torn {
            write!(f, "; cut off entry {}, which was never acknowledged", torn.entry)?;
        }
        if let Some(interrupted) = &opened.interrupted {
            let ext_seq = interrupted.ext_seq;
            write!(f, "; the last process ended while it ran the command with ext_seq {ext_seq}")?;
        }
        if !opened.environment_changes.is_empty() {
            write!(f, "; changed since then: {}", opened.environment_changes.join(", "))?;
        }
        Ok(())
    }
}
