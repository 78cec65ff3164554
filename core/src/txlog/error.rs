//! Errors of reading and of writing a log.

use core::convert::Infallible;

/// A fault in an entry, and where it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror_no_std::Error)]
#[error("byte {offset}: {fault}")]
pub struct EntryError {
    /// Offset of the faulty field: in a frame's payload for entries, in the header for segments.
    pub offset: usize,
    /// The fault.
    pub fault: EntryFault,
}

/// A fault of an entry or a segment header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror_no_std::Error)]
#[non_exhaustive]
pub enum EntryFault {
    /// A field is longer than the bytes that are left.
    #[error("{field} takes {needed} bytes, but {left} are left")]
    Truncated {
        /// The field.
        field: &'static str,
        /// Bytes that the field takes.
        needed: usize,
        /// Bytes that are left.
        left: usize,
    },
    /// Bytes follow the last field.
    #[error("{left} bytes follow the last field")]
    TrailingBytes {
        /// Their number.
        left: usize,
    },
    /// The entry has a kind that this version does not know.
    #[error(
        "entry kind {kind} is unknown; a newer version of this program wrote it, and can read it"
    )]
    UnknownKind {
        /// The kind.
        kind: u8,
    },
    /// A field has a value without meaning.
    #[error("{value} is no {field}")]
    UnknownValue {
        /// The field.
        field: &'static str,
        /// Its value.
        value: u8,
    },
    /// An event follows a change.
    #[error("an event follows a change; events come first")]
    EventAfterChange,
    /// A text is not UTF-8.
    #[error("{field} is not UTF-8")]
    NotText {
        /// The field.
        field: &'static str,
    },
    /// The entry's number is not the next one.
    #[error("entry {found} stands where entry {expected} belongs")]
    WrongNumber {
        /// The number that it should have.
        expected: u64,
        /// The number that it has.
        found: u64,
    },
    /// A frame holds fewer entries than its header says.
    #[error("the frame ends before entry {expected}, which its header counts")]
    MissingEntry {
        /// Number of the first entry that is missing.
        expected: u64,
    },
}

/// A fault of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror_no_std::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// All bytes of the header are zero: nothing was written here yet.
    #[error("there is no frame: all bytes are zero")]
    Unwritten,
    /// The bytes end inside the frame.
    #[error("the frame takes {needed} bytes, but {left} are left")]
    Truncated {
        /// Bytes of the frame, as far as they are known.
        needed: usize,
        /// Bytes that are left.
        left: usize,
    },
    /// The first four bytes are not those of a frame.
    #[error("there is no frame: it would begin with \"TXFR\"")]
    NoMagic,
    /// The header does not have its own CRC.
    #[error("the frame header has CRC {computed:08x}, but states {stated:08x}")]
    HeaderCrc {
        /// The CRC in the header.
        stated: u32,
        /// The CRC of the header.
        computed: u32,
    },
    /// The payload does not have the CRC that the header states.
    #[error("the frame's payload has CRC {computed:08x}, but its header states {stated:08x}")]
    PayloadCrc {
        /// The CRC in the header.
        stated: u32,
        /// The CRC of the payload.
        computed: u32,
    },
    /// Bytes between the payload and the next sector are not zero.
    #[error("the padding behind the frame is not zero")]
    Padding,
    /// The frame does not follow the frame or segment header before it.
    #[error("the frame follows a header with CRC {found:08x}, but stands behind {expected:08x}")]
    WrongPrevious {
        /// CRC of the header before it.
        expected: u32,
        /// The CRC that the frame names.
        found: u32,
    },
    /// The frame's first entry is not the next one.
    #[error("the frame begins with entry {found}, where entry {expected} belongs")]
    WrongFirstEntry {
        /// The number that it should have.
        expected: u64,
        /// The number that it has.
        found: u64,
    },
    /// The frame states that an entry was durable which had not been written before it.
    #[error(
        "the frame states that entry {durable} was durable before it was written, \
         but it begins with entry {first_entry}"
    )]
    WrongDurable {
        /// Number of the frame's first entry.
        first_entry: u64,
        /// The last durable entry that the frame states.
        durable: u64,
    },
}

/// A fault of a segment header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror_no_std::Error)]
#[non_exhaustive]
pub enum SegmentError {
    /// The first eight bytes are not those of a log.
    #[error("this is no transaction log: it would begin with \"SVTXLOG\" and a zero byte")]
    NoMagic,
    /// Another version of the format.
    #[error(
        "the log has format version {found}, and this program reads version {known}; \
         read it with the program that wrote it or a newer one"
    )]
    Version {
        /// The log's version.
        found: u16,
        /// The version that is read here.
        known: u16,
    },
    /// The bytes end inside the header.
    #[error("the segment header takes {needed} bytes, but {left} are left")]
    Truncated {
        /// Bytes of the header, as far as they are known.
        needed: usize,
        /// Bytes that are left.
        left: usize,
    },
    /// The header's length is longer or shorter than any header is.
    #[error("a segment header of {len} bytes is impossible")]
    Length {
        /// The length that it states.
        len: usize,
    },
    /// The header does not have its own CRC.
    #[error("the segment header has CRC {computed:08x}, but states {stated:08x}")]
    Crc {
        /// The CRC in the header.
        stated: u32,
        /// The CRC of the header.
        computed: u32,
    },
    /// Bytes between the header and the next sector are not zero.
    #[error("the padding behind the segment header is not zero")]
    Padding,
    /// A field is faulty.
    #[error("segment header, {0}")]
    Field(EntryError),
}

/// A fault of a log that is read as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror_no_std::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The segment header is faulty.
    #[error("{0}")]
    Segment(SegmentError),
    /// A frame is faulty.
    #[error("frame at byte {offset}, entry {entry}: {error}")]
    Frame {
        /// Offset of the frame.
        offset: usize,
        /// The entry that belongs there.
        entry: u64,
        /// The fault.
        error: FrameError,
    },
}

/// The failure of writing an entry, frame or header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror_no_std::Error)]
#[non_exhaustive]
pub enum EncodeError<E> {
    /// A field is longer than its length can say. Nothing was written.
    #[error("{field} of {len} bytes is too long; at most {limit} are possible")]
    TooLong {
        /// The field.
        field: &'static str,
        /// Its length.
        len: usize,
        /// The longest possible length.
        limit: usize,
    },
    /// The entry's number is not the next one. Nothing was written.
    #[error("entry {found} was given where entry {expected} belongs")]
    WrongNumber {
        /// The next entry's number.
        expected: u64,
        /// The entry's number.
        found: u64,
    },
    /// An earlier write failed, so that the log may end inside a frame. Nothing was written.
    #[error("the log ends inside a frame, because an earlier write failed; begin another log")]
    Broken,
    /// The sink failed. It may have taken a part.
    #[error("the log's sink failed: {0}")]
    Sink(E),
}

impl core::error::Error for EntryError {}
impl core::error::Error for EntryFault {}
impl core::error::Error for FrameError {}
impl core::error::Error for SegmentError {}
impl core::error::Error for ReadError {}

impl<E: core::error::Error + 'static> core::error::Error for EncodeError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Sink(error) => Some(error),
            _ => None,
        }
    }
}

impl EncodeError<Infallible> {
    /// The same error for a sink of another type.
    pub(super) fn for_sink<E>(self) -> EncodeError<E> {
        match self {
            Self::TooLong { field, len, limit } => EncodeError::TooLong { field, len, limit },
            Self::WrongNumber { expected, found } => EncodeError::WrongNumber { expected, found },
            Self::Broken => EncodeError::Broken,
            Self::Sink(never) => match never {},
        }
    }
}

impl<E> EncodeError<E> {
    pub(super) const fn check_len(
        field: &'static str,
        len: usize,
        limit: u32,
    ) -> Result<u32, Self> {
        if len as u64 > limit as u64 {
            return Err(Self::TooLong { field, len, limit: limit as usize });
        }
        Ok(len as u32)
    }
}
