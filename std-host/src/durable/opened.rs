//! The findings of opening a data directory.

use std::{fmt, path::PathBuf};

use crate::txlog::{LogPosition, RunningCommand, TornTail};

/// The findings and actions of opening a directory. `Display` gives them in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Opened {
    /// True if the directory was new.
    pub is_new: bool,
    /// The position behind the last entry.
    pub position: LogPosition,
    /// The checkpoint that recovery began at.
    pub checkpoint: Option<(u64, PathBuf)>,
    /// How many entries were applied.
    pub applied: u64,
    /// A frame that a crash left incomplete, and that was cut off.
    pub torn: Option<TornTail>,
    /// A segment that a crash left without a header, and that was removed.
    pub unfinished: Option<PathBuf>,
    /// The command that was running when the process before ended.
    pub interrupted: Option<RunningCommand>,
    /// Parts of the environment (plugin file, configuration, limits) that changed since the last
    /// entry. The log has an entry for it.
    pub environment_changes: Vec<&'static str>,
}

impl fmt::Display for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_new {
            return f.write_str("created");
        }
        write!(f, "at entry {}", self.position.entry)?;
        let applied = match self.applied {
            1 => "1 entry".to_owned(),
            applied => format!("{applied} entries"),
        };
        match &self.checkpoint {
            Some((entry, _)) => write!(f, ", from checkpoint {entry} and {applied}")?,
            None => write!(f, ", from {applied}")?,
        }
        if let Some(torn) = &self.torn {
            write!(
                f,
                "; cut off the log from entry {} on, which was never acknowledged",
                torn.entry
            )?;
        }
        if let Some(interrupted) = &self.interrupted {
            let ext_seq = interrupted.ext_seq;
            write!(f, "; the last process ended while it ran the command with ext_seq {ext_seq}")?;
        }
        if !self.environment_changes.is_empty() {
            write!(f, "; changed since then: {}", self.environment_changes.join(", "))?;
        }
        Ok(())
    }
}
