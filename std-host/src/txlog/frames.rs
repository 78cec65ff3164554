//! Reads the frames of one segment from a file.

use std::{
    collections::VecDeque,
    io,
    ops::Range,
    path::{Path, PathBuf},
};

use statevec_abi::txlog::{
    Alignment, Chain, Entries, FrameError, FrameHeader, SegmentError, SegmentHeader,
};

use super::{Damage, LogError, LogHeader, LogPosition};
use crate::storage::{Access, Context as _, Storage, StorageError, StorageFile, read_exact_at};

/// Bytes that are read together.
pub(super) const CHUNK: u64 = 1 << 20;

/// One segment that is being read, frame by frame. A stated length beyond the file's end allocates
/// no memory.
#[derive(Debug)]
pub(crate) struct FrameReader {
    file: Box<dyn StorageFile>,
    path: PathBuf,
    len: u64,
    header: LogHeader,
    before: LogPosition,
    previous: u32,
    alignment: Alignment,
    chain: Chain,
    /// Offset of the frame or header that was read last.
    start: u64,
    /// Offset of the next frame.
    offset: u64,
    /// The last frames: no frame states that their entries were durable.
    unproven: VecDeque<FrameStart>,
    /// Bytes of the file from `buffered` on.
    buffer: Vec<u8>,
    buffered: u64,
}

/// The start of a frame.
#[derive(Debug, Clone, Copy)]
struct FrameStart {
    last_entry: u64,
    offset: u64,
}

/// A segment whose header cannot be read.
#[derive(Debug)]
pub(crate) struct BadHeader {
    pub(crate) error: SegmentError,
    /// True if the file holds a frame all the same.
    pub(crate) has_frames: bool,
    /// True if the first bytes are neither zeros nor the start of any segment.
    pub(crate) is_foreign: bool,
}

/// The end of a segment's frames, and the reason why no other frame follows there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FramesEnd {
    pub(crate) offset: u64,
    pub(crate) error: FrameError,
}

impl FrameReader {
    /// Opens a segment and reads its header.
    pub(crate) fn open(
        storage: &dyn Storage,
        path: &Path,
    ) -> Result<Result<Self, BadHeader>, StorageError> {
        let file = storage.open(path, Access::Read).context("open", path)?;
        let len = file.len().context("read", path)?;
        let mut reader = Self {
            file,
            path: path.into(),
            len,
            header: LogHeader::empty(),
            before: LogPosition::default(),
            previous: 0,
            alignment: Alignment::Sector,
            chain: Chain { previous: 0, next_entry: 0 },
            start: 0,
            offset: 0,
            unproven: VecDeque::new(),
            buffer: Vec::new(),
            buffered: 0,
        };
        match reader.read_header()? {
            Ok(()) => Ok(Ok(reader)),
            Err(error) => {
                let start = reader.window(0, SegmentHeader::MAGIC.len())?;
                let is_foreign =
                    !SegmentHeader::MAGIC.starts_with(start) && start.iter().any(|byte| *byte != 0);
                let has_frames = reader.find_frame(0, |_| true)?.is_some();
                Ok(Err(BadHeader { error, has_frames, is_foreign }))
            }
        }
    }

    fn read_header(&mut self) -> Result<Result<(), SegmentError>, StorageError> {
        let prefix = self.window(0, SegmentHeader::PREFIX_LEN)?;
        let len = match SegmentHeader::len_of(prefix) {
            // The padding is part of what is decoded.
            Ok(len) => len + Alignment::Sector.padding(len),
            Err(error) => return Ok(Err(error)),
        };
        let bytes = self.window(0, len)?;
        let header = match SegmentHeader::decode(bytes) {
            Ok(header) => header,
            Err(error) => return Ok(Err(error)),
        };
        let owned = LogHeader::of_segment(&header);
        let (before, chain) = (LogPosition::before(&header), Chain::after_segment(&header));
        let (alignment, previous, len) = (header.alignment, header.previous, header.encoded_len());
        (self.header, self.before, self.chain) = (owned, before, chain);
        (self.alignment, self.previous) = (alignment, previous);
        self.offset = (len + alignment.padding(len)) as u64;
        Ok(Ok(()))
    }

    /// Forgets what was read ahead, because the file may have more frames by now.
    pub(crate) fn refresh(&mut self) -> Result<(), StorageError> {
        self.buffer = Vec::new();
        self.len = self.file.len().context("read", &self.path)?;
        Ok(())
    }

    /// The header.
    pub(crate) fn header(&self) -> &LogHeader {
        &self.header
    }

    /// The position that the segment starts from.
    pub(crate) fn before(&self) -> &LogPosition {
        &self.before
    }

    /// CRC of the last frame header of the segment before this one.
    pub(crate) fn previous(&self) -> u32 {
        self.previous
    }

    /// The header and entry that the next frame must continue.
    pub(crate) fn chain(&self) -> Chain {
        self.chain
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn alignment(&self) -> Alignment {
        self.alignment
    }

    /// Length of the file.
    pub(crate) fn file_len(&self) -> u64 {
        self.len
    }

    /// The range of the frame that was read last; of the header if there was no frame.
    pub(crate) fn last(&self) -> Range<u64> {
        self.start..self.offset
    }

    /// Reads and checks the next frame. Where there is none, the same answer comes again.
    pub(crate) fn next_frame(
        &mut self,
    ) -> Result<Result<(FrameHeader, Entries<'_>), FramesEnd>, StorageError> {
        let offset = self.offset;
        let header = match self.check_frame(offset)? {
            Ok(header) => header,
            Err(error) => return Ok(Err(FramesEnd { offset, error })),
        };
        let len = header.frame_len();
        self.start = offset;
        self.offset = self.end_of(&header, offset);
        self.chain = Chain::after(&header);
        while self.unproven.front().is_some_and(|frame| frame.last_entry <= header.durable) {
            self.unproven.pop_front();
        }
        let last_entry = header.next_entry().wrapping_sub(1);
        self.unproven.push_back(FrameStart { last_entry, offset });
        let payload = self.buffered_bytes(offset, len).get(FrameHeader::LEN..).unwrap_or_default();
        Ok(Ok((header, Entries::new(payload, header.first_entry, header.entry_count))))
    }

    /// Checks that a whole frame lies at an offset which continues those that were read.
    fn check_frame(
        &mut self,
        offset: u64,
    ) -> Result<Result<FrameHeader, FrameError>, StorageError> {
        let header = match FrameHeader::decode(self.window(offset, FrameHeader::LEN)?) {
            Ok(header) => header,
            Err(error) => return Ok(Err(error)),
        };
        if let Err(error) = self.chain.check(&header) {
            return Ok(Err(error));
        }
        let frame = self.window(offset, header.frame_len())?;
        let payload = frame.get(FrameHeader::LEN..).unwrap_or_default();
        Ok(header.check_payload(payload).map(|_| header))
    }

    /// Looks again for the next frame, which was not whole: a writer beside this reader may have
    /// completed it since.
    pub(crate) fn is_whole_by_now(&mut self) -> Result<bool, StorageError> {
        self.refresh()?;
        Ok(self.check_frame(self.offset)?.is_ok())
    }

    /// Offset behind a frame and its padding.
    pub(crate) fn end_of(&self, header: &FrameHeader, offset: u64) -> u64 {
        let len = header.frame_len();
        offset.saturating_add((len + self.alignment.padding(len)) as u64)
    }

    /// Returns true if only zeros lie between the frame that was read last and the next sector.
    pub(crate) fn is_padded(&mut self, header: &FrameHeader) -> Result<bool, StorageError> {
        let padding = self.bytes(self.last())?.get(header.frame_len()..).unwrap_or_default();
        Ok(padding.iter().all(|byte| *byte == 0))
    }

    /// The range of the last frames that may not be durable although they can be read; of the header
    /// if there was no frame.
    pub(crate) fn unproven(&self) -> Range<u64> {
        let start = self.unproven.front().map_or(self.start, |frame| frame.offset);
        start..self.offset
    }

    /// Bytes of the file.
    pub(crate) fn bytes(&mut self, range: Range<u64>) -> Result<&[u8], StorageError> {
        self.window(range.start, (range.end - range.start) as usize)
    }

    pub(crate) fn damaged(&self, offset: u64, entry: u64, damage: Damage) -> LogError {
        LogError::Damaged { path: self.path.clone(), offset, entry, damage }
    }

    /// Bytes of the file from an offset on, as many as wanted or as there are.
    pub(super) fn window(&mut self, offset: u64, wanted: usize) -> Result<&[u8], StorageError> {
        let wanted = self.left(offset).min(wanted as u64);
        let is_buffered =
            offset >= self.buffered && offset + wanted <= self.buffered + self.buffer.len() as u64;
        if !is_buffered {
            self.fill(offset, wanted.max(CHUNK))?;
        }
        Ok(self.buffered_bytes(offset, self.left(offset).min(wanted) as usize))
    }

    /// Reads bytes of the file into the buffer, as many as wanted or as there are.
    fn fill(&mut self, offset: u64, wanted: u64) -> Result<(), StorageError> {
        self.buffered = offset;
        loop {
            // At most the rest of the file.
            self.buffer.resize(self.left(offset).min(wanted) as usize, 0);
            let Err(error) = read_exact_at(&*self.file, &mut self.buffer, offset) else {
                return Ok(());
            };
            // A writer beside this reader cuts off the room that a segment's frames left.
            let len = self.file.len().context("read", &self.path)?;
            if error.kind() != io::ErrorKind::UnexpectedEof || len >= self.len {
                return Err(error).context("read", &self.path);
            }
            self.len = len;
        }
    }

    /// Bytes of the file from an offset on.
    fn left(&self, offset: u64) -> u64 {
        self.len.saturating_sub(offset)
    }

    fn buffered_bytes(&self, offset: u64, len: usize) -> &[u8] {
        let start = (offset - self.buffered) as usize;
        self.buffer.get(start..start + len).unwrap_or_default()
    }
}
