//! Removes old segments.

use std::path::{Path, PathBuf};

use super::{LogError, list_segments};
use crate::storage::{Context as _, Storage};

/// The segments that are kept after checkpoints cover them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Retention {
    /// All: every history can be replayed from its start.
    #[default]
    Everything,
    /// This number of last entries, and all entries that two checkpoints do not cover.
    Entries(u64),
}

impl From<Option<u64>> for Retention {
    /// The number of entries that an option names; everything without it.
    fn from(entries: Option<u64>) -> Self {
        entries.map_or(Self::Everything, Self::Entries)
    }
}

/// Removes segments of which every entry is covered by a checkpoint and outside the retention. The
/// last segment always stays.
///
/// `covered` is the entry of the older of the two last checkpoints; `last` is the last durable
/// entry.
///
/// # Errors
///
/// The storage's.
pub fn remove_covered(
    storage: &dyn Storage,
    dir: &Path,
    retention: Retention,
    covered: u64,
    last: u64,
) -> Result<Vec<PathBuf>, LogError> {
    let Retention::Entries(kept) = retention else { return Ok(Vec::new()) };
    let limit = covered.min(last.saturating_sub(kept));
    let segments = list_segments(storage, dir)?;
    let mut removed = Vec::new();
    for pair in segments.windows(2) {
        let [segment, next] = pair else { break };
        if next.first_entry - 1 > limit {
            break;
        }
        storage.remove(&segment.path).context("remove", &segment.path)?;
        removed.push(segment.path.clone());
    }
    if !removed.is_empty() {
        storage.sync_dir(dir).context("sync", dir)?;
    }
    Ok(removed)
}
