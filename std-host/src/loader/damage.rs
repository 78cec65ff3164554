//! Errors of a library's file that is damaged.

/// A fault of a shared library's file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Damage {
    /// The headers contradict each other or the format.
    #[error("its headers cannot be read: {reason}")]
    Header {
        /// The fault.
        reason: String,
    },
    /// The file ends too early.
    #[error("it ends at byte {len}, and must have at least {end} bytes")]
    CutOff {
        /// The file's length.
        len: u64,
        /// The end of the part that is missing.
        end: u64,
    },
    /// A program header says how to map a segment, and cannot be followed.
    #[error("its program header {index} is wrong: {reason}")]
    Segment {
        /// Its number, counted from 0.
        index: usize,
        /// The fault.
        reason: &'static str,
    },
    /// The dynamic section says where tables lie in memory, and cannot be followed.
    #[error("its dynamic section is wrong: {reason}")]
    Dynamic {
        /// The fault.
        reason: String,
    },
}
