//! Names of segments.

use std::path::{Path, PathBuf};

use super::{LogError, frames::FrameReader};
use crate::storage::{Context as _, Storage};

/// A segment of a log, found by its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Segment {
    /// Number of its first entry.
    pub first_entry: u64,
    /// The file.
    pub path: PathBuf,
}

const EXTENSION: &str = "txlog";

/// File of the segment that begins with an entry.
pub(crate) fn segment_path(dir: &Path, first_entry: u64) -> PathBuf {
    dir.join(file_name(first_entry))
}

fn file_name(first_entry: u64) -> String {
    format!("{first_entry:020}.{EXTENSION}")
}

/// The segments in a folder, in order of their entries. Other files are left out.
///
/// # Errors
///
/// The storage's.
pub fn list_segments(storage: &dyn Storage, dir: &Path) -> Result<Vec<Segment>, LogError> {
    let names = storage.list(dir).context("list", dir)?;
    let mut segments: Vec<_> = names
        .iter()
        .filter_map(|name| {
            let first_entry = Path::new(name).file_stem()?.to_str()?.parse().ok()?;
            let is_segment = name == file_name(first_entry).as_str();
            is_segment.then(|| Segment { first_entry, path: dir.join(name) })
        })
        .collect();
    segments.sort();
    Ok(segments)
}

/// The command before a segment's first entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SegmentStart {
    pub(crate) first_entry: u64,
    pub(crate) ext_seq: Option<u64>,
}

/// The positions that the segments in a folder start from, in their order.
pub(crate) fn segment_starts(
    storage: &dyn Storage,
    dir: &Path,
) -> Result<Vec<SegmentStart>, LogError> {
    let mut starts = Vec::new();
    for Segment { first_entry, path } in list_segments(storage, dir)? {
        if let Ok(reader) = FrameReader::open(storage, &path)? {
            starts.push(SegmentStart { first_entry, ext_seq: reader.before().ext_seq });
        }
    }
    Ok(starts)
}
