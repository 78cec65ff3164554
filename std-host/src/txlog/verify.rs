//! Checks a whole log without starting anything.

use std::{path::Path, sync::Arc};

use super::{Damage, LogEnd, LogError, LogWalk, frames::FrameReader, list_segments};
use crate::storage::Storage;

/// A log without damage.
#[derive(Debug, Clone)]
pub struct Verified {
    /// The first entry that is there.
    pub first_entry: u64,
    /// How many segments there are.
    pub segments: usize,
    /// Bytes of all segments, room that is reserved included.
    pub bytes: u64,
    /// Its end, with what a crash left incomplete.
    pub end: LogEnd,
}

/// Checks every byte of a log: headers, frames and entries, and that all other bytes are zero.
///
/// It changes nothing, and does not need the lock.
///
/// # Errors
///
/// The first damage.
pub fn verify(storage: &Arc<dyn Storage>, dir: &Path) -> Result<Verified, LogError> {
    let segments = list_segments(&**storage, dir)?;
    let first_entry = segments.first().map_or(1, |segment| segment.first_entry);
    let mut walk = LogWalk::open(Arc::clone(storage), dir, first_entry)?;
    walk.for_each(|_| Ok::<_, LogError>(()))?;
    let Some(end) = walk.end().cloned() else {
        return Err(LogError::Missing { from: first_entry, to: first_entry, path: dir.into() });
    };
    let mut bytes = 0;
    for segment in &segments {
        if end.unfinished.as_ref() == Some(&segment.path) {
            continue;
        }
        // The walk has read all headers.
        let Ok(mut reader) = FrameReader::open(&**storage, &segment.path)? else { continue };
        bytes += reader.file_len();
        let is_torn = end.torn.as_ref().is_some_and(|torn| torn.path == segment.path);
        let mut last = 0;
        while let Ok((header, _)) = reader.next_frame()? {
            last = header.first_entry;
            let offset = reader.last().start;
            if !reader.is_padded(&header)? {
                return Err(reader.damaged(offset, last, Damage::Rest));
            }
        }
        let rest = reader.last().end;
        if !is_torn && !reader.is_zero_from(rest)? {
            return Err(reader.damaged(rest, last, Damage::Rest));
        }
    }
    Ok(Verified { first_entry, segments: segments.len(), bytes, end })
}
