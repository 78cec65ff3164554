//! The length that a lent record must have for the visitor that it is lent to.

use crate::{
    boundary::limits,
    typed::{DecodeError, Record},
};

/// What a visitor is to be bounds.
#[derive(Clone, Copy)]
pub(crate) struct RecordBounds {
    /// The record's name, for an error's text.
    name: &'static str,
    /// The fewest bytes that the visitor can do with; at most [`limits::RECORD`].
    at_least: usize,
}

/// A constant [`RecordBounds`]: so the comparison is made of constants, before the closure, and a
/// closure that needs as many bytes compares nothing.
pub(crate) trait HasRecordBounds {
    const BOUNDS: RecordBounds;
}

/// Bytes of any number.
pub(crate) enum AnyLength {}

impl HasRecordBounds for AnyLength {
    const BOUNDS: RecordBounds = RecordBounds::record("record", 0);
}

impl RecordBounds {
    /// What is longer than a host may lend does not compile: no visitor could ever be given it.
    pub(crate) const fn record(name: &'static str, at_least: usize) -> Self {
        assert!(at_least <= limits::RECORD, "a record is longer than `limits::RECORD`");
        Self { name, at_least }
    }

    /// Whether a visitor can be given so many bytes from there.
    #[inline]
    pub(super) const fn admits(self, is_null: bool, len: usize) -> bool {
        // The usual case first: a host that knows the schema lends exactly the record.
        if self.at_least > 0 && len == self.at_least {
            return !is_null;
        }
        let within = len.wrapping_sub(self.at_least) <= limits::RECORD - self.at_least;
        within && (!is_null || len == 0)
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
