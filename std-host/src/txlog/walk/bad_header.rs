//! Tells a segment that a crash left without a header from a damaged one.

use std::path::Path;

use statevec_abi::txlog::SegmentError;

use crate::{
    storage::Storage,
    txlog::{
        Damage, LogError, Segment,
        frames::{BadHeader, FrameReader},
    },
};

/// Opens a segment whose name must agree with its header.
pub(super) fn open_segment(
    storage: &dyn Storage,
    segment: &Segment,
) -> Result<Result<FrameReader, BadHeader>, LogError> {
    let opened = FrameReader::open(storage, &segment.path)?;
    if let Ok(reader) = &opened
        && reader.chain().next_entry != segment.first_entry
    {
        let damage = Damage::Discontinuous { field: "first entry in its name" };
        return Err(reader.damaged(0, segment.first_entry, damage));
    }
    Ok(opened)
}

/// The first entry of a file that was named as a log, which it may not be. In a data directory such
/// a file is the rest of a first write that a crash cut off.
pub(super) fn first_entry_of_file(storage: &dyn Storage, path: &Path) -> Result<u64, LogError> {
    match FrameReader::open(storage, path)? {
        Ok(reader) => Ok(reader.chain().next_entry),
        Err(bad) if bad.is_foreign => {
            Err(bad_header(&Segment { first_entry: 1, path: path.into() }, bad))
        }
        Err(_) => Ok(1),
    }
}

/// Returns true if the last segment, which has no header, was being created when a crash came.
pub(super) fn is_unfinished(bad: &BadHeader) -> bool {
    !bad.has_frames && newer_version(bad).is_none()
}

/// The version of a header that a newer program wrote. Version 0 is a torn header.
fn newer_version(bad: &BadHeader) -> Option<(u16, u16)> {
    match bad.error {
        SegmentError::Version { found, known } if found > known => Some((found, known)),
        _ => None,
    }
}

/// The error of a segment whose header cannot be read.
pub(super) fn bad_header(segment: &Segment, bad: BadHeader) -> LogError {
    let Segment { first_entry, path } = segment.clone();
    match newer_version(&bad) {
        Some((found, known)) => LogError::Version { path, found, known },
        None => LogError::Damaged {
            path,
            offset: 0,
            entry: first_entry,
            damage: Damage::Header(bad.error),
        },
    }
}
