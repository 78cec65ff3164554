//! Segments whose header cannot be read.

use statevec_abi::txlog::SegmentError;

use crate::txlog::{Damage, LogError, Segment, frames::BadHeader};

/// The version of a header that a newer program wrote. Version 0 is a torn header.
pub(super) fn newer_version(bad: &BadHeader) -> Option<(u16, u16)> {
    match bad.error {
        SegmentError::Version { found, known } if found > known => Some((found, known)),
        _ => None,
    }
}

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
