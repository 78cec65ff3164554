//! The lengths of a lent record that a visitor accepts.

use crate::{
    boundary::limits,
    typed::{DecodeError, Record},
};

/// The name and the least length of the record that a visitor expects.
#[derive(Clone, Copy)]
pub(crate) struct RecordBounds {
    /// The record's name, for error texts.
    name: &'static str,
    /// The least length; at most [`limits::RECORD`].
    at_least: usize,
}

/// Has constant [`RecordBounds`]: the length is compared with constants before the closure runs,
/// and the optimiser drops the closure's own comparisons.
pub(crate) trait HasRecordBounds {
    const BOUNDS: RecordBounds;
}

/// Bytes of any length.
pub(crate) enum AnyLength {}

impl HasRecordBounds for AnyLength {
    const BOUNDS: RecordBounds = RecordBounds::record("record", 0);
}

impl RecordBounds {
    /// The bounds of a record. A record longer than a host may lend does not compile.
    pub(crate) const fn record(name: &'static str, at_least: usize) -> Self {
        assert!(at_least <= limits::RECORD, "a record is longer than `limits::RECORD`");
        Self { name, at_least }
    }

    /// Returns true if the visitor accepts `len` bytes at a pointer.
    #[inline]
    pub(super) const fn admits(self, is_null: bool, len: usize) -> bool {
        // The usual case first: a host with the same schema lends exactly the record. Firmware has
        // few bytes of flash, so there the next comparisons do for all cases.
        if cfg!(not(target_os = "none")) && self.at_least > 0 && len == self.at_least {
            return !is_null;
        }
        if self.at_least == 0 {
            return len <= limits::RECORD && (!is_null || len == 0);
        }
        // Plain comparisons tell the optimiser that the checks of the closure hold.
        !is_null && self.at_least <= len && len <= limits::RECORD
    }

    #[cold]
    pub(super) const fn short(self, found: usize) -> DecodeError {
        DecodeError::Short { name: self.name, needed: self.at_least, found }
    }
}

/// A record's view needs the bytes of its layout; the host may lend more.
impl<R: Record> HasRecordBounds for R {
    const BOUNDS: RecordBounds = RecordBounds::record(R::DEF.name, R::DATA_SIZE);
}

#[cfg(test)]
mod tests {
    use super::{RecordBounds, limits::RECORD};

    #[test]
    fn a_record_fits_from_its_own_length_to_the_longest_that_is_believed() {
        for (at_least, len, admits) in [
            (0, 0, true),
            (0, RECORD, true),
            (0, RECORD + 1, false),
            (0, usize::MAX, false),
            (48, 47, false),
            (48, 48, true),
            (48, RECORD, true),
            (48, RECORD + 1, false),
            (48, usize::MAX, false),
            (RECORD, RECORD - 1, false),
            (RECORD, RECORD, true),
            (RECORD, RECORD + 1, false),
        ] {
            let bounds = RecordBounds::record("record", at_least);
            assert_eq!(bounds.admits(false, len), admits, "{len} bytes for {at_least}");
            assert_eq!(
                bounds.admits(true, len),
                admits && len == 0,
                "null and {len} for {at_least}"
            );
        }
    }

    #[test]
    #[should_panic = "a record is longer than `limits::RECORD`"]
    fn a_record_that_no_host_may_lend_is_refused_when_it_is_declared() {
        let _ = RecordBounds::record("record", RECORD + 1);
    }
}
