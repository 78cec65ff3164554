//! The parts of a line of input beside the payload.

/// The parts of a line beside the payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandLine {
    /// The command's kind.
    pub kind: u8,
    /// Sequence number, if the line gives one.
    pub ext_seq: Option<u64>,
    /// Reference time in microseconds; 0 if the line gives none.
    pub ref_ext_time_us: u64,
}
