//! Reads a log that lies in memory.

use super::{Chain, Entries, FrameError, FrameHeader, ReadError, SegmentError, SegmentHeader};

/// Reads one segment from its start, frame by frame. It stops for good at the first fault.
#[derive(Debug, Clone)]
pub struct LogReader<'a> {
    header: SegmentHeader<'a>,
    bytes: &'a [u8],
    offset: usize,
    chain: Chain,
}

impl<'a> LogReader<'a> {
    /// Reads the segment header at the start of `bytes`.
    ///
    /// # Errors
    ///
    /// There is no complete header of this version, or it is damaged.
    pub fn new(bytes: &'a [u8]) -> Result<Self, SegmentError> {
        let header = SegmentHeader::decode(bytes)?;
        let len = header.encoded_len();
        let offset = len + header.alignment.padding(len);
        Ok(Self { header, bytes, offset, chain: Chain::after_segment(&header) })
    }

    /// The segment header.
    #[must_use]
    pub const fn header(&self) -> &SegmentHeader<'a> {
        &self.header
    }

    /// Offset of the next frame.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// The chain that the next frame must continue.
    #[must_use]
    pub const fn chain(&self) -> Chain {
        self.chain
    }

    /// Reads the next frame, with its payload and padding; `None` where the bytes end, or are all
    /// zero from here on.
    ///
    /// # Errors
    ///
    /// The frame is damaged, incomplete, or not the next one. The same error comes again.
    pub fn next_frame(&mut self) -> Result<Option<(FrameHeader, Entries<'a>)>, ReadError> {
        let rest = self.bytes.get(self.offset..).unwrap_or_default();
        if rest.iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        match self.read(rest) {
            Ok((header, entries, len)) => {
                self.offset += len;
                self.chain = Chain::after(&header);
                Ok(Some((header, entries)))
            }
            Err(error) => {
                let (offset, entry) = (self.offset, self.chain.next_entry);
                Err(ReadError::Frame { offset, entry, error })
            }
        }
    }

    fn read(&self, rest: &'a [u8]) -> Result<(FrameHeader, Entries<'a>, usize), FrameError> {
        let header = FrameHeader::decode(rest)?;
        self.chain.check(&header)?;
        let len = header.frame_len();
        let needed = len.saturating_add(self.header.alignment.padding(len));
        let left = rest.len();
        let frame = rest.get(..needed).ok_or(FrameError::Truncated { needed, left })?;
        let (frame, padding) = frame.split_at_checked(len).unwrap_or_default();
        let entries = header.check_payload(frame.get(FrameHeader::LEN..).unwrap_or_default())?;
        if padding.iter().any(|byte| *byte != 0) {
            return Err(FrameError::Padding);
        }
        Ok((header, entries, needed))
    }
}
