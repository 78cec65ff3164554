//! Walks through a log, entry by entry, across its segments.

mod bad_header;
mod end;
mod refresh;
mod walked;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use statevec_abi::txlog::FrameHeader;

use super::{
    Damage, LogError, LogHeader, LogPosition, Segment, SegmentStart, TornTail,
    frames::{FrameReader, FramesEnd},
    list_segments, segment_starts,
    tail::torn_tail,
};
use crate::storage::Storage;

pub use end::LogEnd;
pub(crate) use end::SegmentTail;
pub use walked::Walked;

use bad_header::{bad_header, first_entry_of_file, is_unfinished, open_segment};

/// Reads a log from an entry to its end. It checks everything on the way, and changes nothing.
#[derive(Debug)]
pub struct LogWalk {
    storage: Arc<dyn Storage>,
    /// Segments that were not opened yet, in order.
    segments: std::vec::IntoIter<Segment>,
    reader: Option<FrameReader>,
    header: LogHeader,
    position: LogPosition,
    from: u64,
    end: Option<LogEnd>,
}

impl LogWalk {
    /// Walks through the segments in a folder, from the one that holds an entry. Entries before it
    /// are checked, and not shown.
    ///
    /// # Errors
    ///
    /// The entry's segment is missing, or cannot be read.
    pub fn open(storage: Arc<dyn Storage>, dir: &Path, from: u64) -> Result<Self, LogError> {
        let mut segments = list_segments(&*storage, dir)?;
        if let Some(first) = segments.first()
            && first.first_entry > from
        {
            let (to, path) = (first.first_entry - 1, first.path.clone());
            return Err(LogError::Missing { from, to, path });
        }
        let start = segments.partition_point(|segment| segment.first_entry <= from);
        let before = segments.drain(..start.saturating_sub(1)).next_back();
        Self::of_segments(storage, before, segments, from)
    }

    /// Walks through the segments in a folder, from the one that holds a command, or would hold it.
    /// `None` if the log begins behind the command.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn to_command(
        storage: Arc<dyn Storage>,
        dir: &Path,
        ext_seq: u64,
    ) -> Result<Option<Self>, LogError> {
        let starts = segment_starts(&*storage, dir)?;
        let is_before = |start: &SegmentStart| start.ext_seq.is_none_or(|last| last < ext_seq);
        let Some(start) = starts.iter().rev().find(|start| is_before(start)) else {
            return Ok(None);
        };
        Self::open(storage, dir, start.first_entry).map(Some)
    }

    /// Walks through one file.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is no log.
    pub fn open_file(storage: Arc<dyn Storage>, path: &Path) -> Result<Self, LogError> {
        let first_entry = first_entry_of_file(&*storage, path)?;
        let segments = vec![Segment { first_entry, path: path.into() }];
        Self::of_segments(storage, None, segments, first_entry)
    }

    /// `before` is the segment before the others.
    fn of_segments(
        storage: Arc<dyn Storage>,
        before: Option<Segment>,
        segments: Vec<Segment>,
        from: u64,
    ) -> Result<Self, LogError> {
        let mut walk = Self {
            storage,
            segments: segments.into_iter(),
            reader: None,
            header: LogHeader::empty(),
            position: LogPosition::default(),
            from,
            end: None,
        };
        walk.open_first(before)?;
        Ok(walk)
    }

    /// Shows all entries from the start of the segment on, and not only from the entry that was
    /// asked for.
    pub fn show_all(&mut self) {
        self.from = 0;
    }

    /// The plugin and environment of the entries that come next.
    #[must_use]
    pub fn header(&self) -> &LogHeader {
        &self.header
    }

    /// The position behind the entry that was read last.
    #[must_use]
    pub fn position(&self) -> &LogPosition {
        &self.position
    }

    /// Bytes of the frame that was read last.
    pub(crate) fn frame_len(&self) -> u64 {
        self.reader.as_ref().map_or(0, |reader| reader.last().end - reader.last().start)
    }

    /// The end of the log, once all entries were read.
    #[must_use]
    pub fn end(&self) -> Option<&LogEnd> {
        self.end.as_ref()
    }

    /// Reads the next frame and shows its entries; `false` at the end of the log.
    ///
    /// # Errors
    ///
    /// The log is damaged, or `each` fails.
    pub fn next_frame<E: From<LogError>>(
        &mut self,
        mut each: impl FnMut(&Walked<'_>) -> Result<(), E>,
    ) -> Result<bool, E> {
        loop {
            if self.end.is_some() {
                return Ok(false);
            }
            let Some(reader) = &mut self.reader else { return Ok(false) };
            let (path, offset) = (reader.path().to_path_buf(), reader.last().end);
            let end = match reader.next_frame().map_err(LogError::from)? {
                Ok((header, entries)) => {
                    let mut next = header.first_entry;
                    for entry in entries {
                        let entry = entry.map_err(|error| LogError::Damaged {
                            path: path.clone(),
                            offset: offset + (FrameHeader::LEN + error.offset) as u64,
                            entry: next,
                            damage: Damage::Entry(error),
                        })?;
                        next = next.saturating_add(1);
                        self.header.advance(&entry);
                        self.position.advance(&entry);
                        if entry.number() >= self.from {
                            each(&Walked { entry, path: &path, offset })?;
                        }
                    }
                    return Ok(true);
                }
                Err(end) => end,
            };
            self.end_segment(end)?;
        }
    }

    /// Reads all entries that are left.
    ///
    /// # Errors
    ///
    /// As [`next_frame`](Self::next_frame).
    pub fn for_each<E: From<LogError>>(
        &mut self,
        mut each: impl FnMut(&Walked<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        while self.next_frame(&mut each)? {}
        Ok(())
    }

    fn open_first(&mut self, before: Option<Segment>) -> Result<(), LogError> {
        let Some(segment) = self.segments.next() else {
            self.end = Some(self.end_at(None, None, None));
            return Ok(());
        };
        match (open_segment(&*self.storage, &segment)?, before) {
            (Ok(reader), _) => self.begin_with(reader),
            // The entry that was asked for is the next one: the log ends in the segment before.
            (Err(bad), Some(before)) if self.is_last() && is_unfinished(&bad) => {
                let reader = open_segment(&*self.storage, &before)?;
                self.segments = vec![segment].into_iter();
                self.begin_with(reader.map_err(|bad| bad_header(&before, bad))?);
            }
            // The log was just being created.
            (Err(bad), None)
                if self.is_last() && is_unfinished(&bad) && segment.first_entry == 1 =>
            {
                self.end = Some(self.end_at(None, None, Some(segment.path)));
            }
            (Err(bad), _) => return Err(bad_header(&segment, bad)),
        }
        Ok(())
    }

    /// Returns true if no segment follows the one that was taken last.
    fn is_last(&self) -> bool {
        self.segments.as_slice().is_empty()
    }

    fn begin_with(&mut self, reader: FrameReader) {
        (self.header, self.position) = (reader.header().clone(), *reader.before());
        self.reader = Some(reader);
    }

    /// Goes on to the next segment, finds the end of the log, or finds a frame that a writer has
    /// completed since.
    fn end_segment(&mut self, end: FramesEnd) -> Result<(), LogError> {
        let next = self.segments.next();
        let mut unfinished = None;
        if let Some(segment) = next {
            match open_segment(&*self.storage, &segment)? {
                Ok(reader) => return self.continue_with(reader, end),
                Err(bad) if self.is_last() && is_unfinished(&bad) => {
                    unfinished = Some(segment.path);
                }
                Err(bad) => return Err(bad_header(&segment, bad)),
            }
        }
        let Some(reader) = &mut self.reader else { return Ok(()) };
        let torn = torn_tail(reader, end);
        if !matches!(torn, Ok(None)) && reader.is_whole_by_now()? {
            return Ok(()); // A frame behind it proves nothing then.
        }
        let torn = torn?;
        if let (Some(torn), Some(_)) = (&torn, &unfinished) {
            // A new segment is created only after all frames before it were synced.
            return Err(reader.damaged(torn.offset, torn.entry, Damage::Frame(end.error)));
        }
        let tail = SegmentTail::of(reader, end.offset)?;
        self.end = Some(self.end_at(Some(tail), torn, unfinished));
        Ok(())
    }

    fn continue_with(&mut self, next: FrameReader, end: FramesEnd) -> Result<(), LogError> {
        let Some(reader) = &mut self.reader else { return Ok(()) };
        let (expected, found) = (self.position.entry + 1, next.chain().next_entry);
        if found > expected {
            // Either the frames up to there are damaged, or their segment is gone.
            return Err(if reader.is_zero_from(end.offset)? {
                LogError::Missing { from: expected, to: found - 1, path: next.path().into() }
            } else {
                reader.damaged(end.offset, expected, Damage::Frame(end.error))
            });
        }
        let differs = if next.before() != &self.position {
            Some("starting position")
        } else if next.previous() != reader.chain().previous {
            Some("predecessor")
        } else if next.header() != &self.header {
            Some("plugin or environment")
        } else {
            None
        };
        if let Some(field) = differs {
            return Err(next.damaged(0, expected, Damage::Discontinuous { field }));
        }
        self.reader = Some(next);
        Ok(())
    }

    fn end_at(
        &self,
        tail: Option<SegmentTail>,
        torn: Option<TornTail>,
        unfinished: Option<PathBuf>,
    ) -> LogEnd {
        LogEnd { position: self.position, torn, unfinished, tail }
    }
}
