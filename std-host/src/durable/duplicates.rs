//! Finds the entry of a command that was submitted before.

use std::{ops::Range, path::PathBuf, sync::Arc};

use statevec_abi::txlog::{Entries, Entry, TransactionEntry};

use crate::{
    storage::Storage,
    txlog::{LogError, LogHeader, LogWalk},
};

/// Looks up entries by `ext_seq`. It remembers the frame that it found last, because a source that
/// submits a file again asks for one command after another.
#[derive(Debug)]
pub(super) struct Duplicates {
    storage: Arc<dyn Storage>,
    dir: PathBuf,
    walk: Option<LogWalk>,
    frame: Frame,
    /// The schema of results that may be shown.
    header: LogHeader,
}

/// The commands of one frame.
#[derive(Debug, Default)]
struct Frame {
    bytes: Vec<u8>,
    /// In ascending order of `ext_seq`.
    entries: Vec<SubmittedCommand>,
    /// True if another schema describes them.
    is_foreign: bool,
}

#[derive(Debug, Clone)]
struct SubmittedCommand {
    ext_seq: u64,
    number: u64,
    bytes: Range<usize>,
}

impl Duplicates {
    /// Results that were recorded under another schema than the header's are not shown.
    pub(super) fn new(storage: Arc<dyn Storage>, dir: PathBuf, header: LogHeader) -> Self {
        Self { storage, dir, walk: None, frame: Frame::default(), header }
    }

    /// The entry of a command, as it lies in the log: `None` if it was never submitted, is not in
    /// the log any more, or was recorded under another schema. Its entry is durable.
    pub(super) fn find(&mut self, ext_seq: u64) -> Result<Option<Logged<'_>>, LogError> {
        if !self.frame.may_hold(ext_seq) {
            self.seek(ext_seq)?;
        }
        Ok(self.frame.get(ext_seq))
    }

    /// Reads on until a frame ends with a command that is not before the one that is looked for.
    fn seek(&mut self, ext_seq: u64) -> Result<(), LogError> {
        let is_behind = self.frame.last().is_some_and(|last| last < ext_seq);
        match &mut self.walk {
            // Entries may have come since. What was read ahead then no longer agrees with the file.
            Some(walk) if is_behind => walk.refresh(&self.dir)?,
            _ => {
                self.frame = Frame::default();
                let storage = Arc::clone(&self.storage);
                self.walk = LogWalk::to_command(storage, &self.dir, ext_seq)?;
            }
        }
        let Some(walk) = &mut self.walk else { return Ok(()) };
        let frame = &mut self.frame;
        loop {
            let mut next = Frame::default();
            if !walk.next_frame(|walked| next.add(&walked.entry))? {
                return Ok(());
            }
            next.is_foreign = !walk.header().is_same_schema(&self.header);
            if next.last().is_some() {
                *frame = next;
            }
            if frame.last().is_some_and(|last| last >= ext_seq) {
                return Ok(());
            }
        }
    }
}

impl Frame {
    fn add(&mut self, entry: &Entry<'_>) -> Result<(), LogError> {
        if let Entry::Transaction(transaction) = entry {
            let start = self.bytes.len();
            let encoded = transaction.encode(&mut self.bytes);
            encoded.map_err(|error| LogError::TooLong {
                entry: transaction.number,
                reason: error.to_string(),
            })?;
            let bytes = start..self.bytes.len();
            let (ext_seq, number) = (transaction.ext_seq, transaction.number);
            self.entries.push(SubmittedCommand { ext_seq, number, bytes });
        }
        Ok(())
    }

    fn last(&self) -> Option<u64> {
        self.entries.last().map(|entry| entry.ext_seq)
    }

    fn may_hold(&self, ext_seq: u64) -> bool {
        let first = self.entries.first().map(|entry| entry.ext_seq);
        first.is_some_and(|first| first <= ext_seq) && self.last() >= Some(ext_seq)
    }

    fn get(&self, ext_seq: u64) -> Option<Logged<'_>> {
        if self.is_foreign {
            return None;
        }
        let place = self.entries.binary_search_by_key(&ext_seq, |entry| entry.ext_seq).ok()?;
        let found = self.entries.get(place)?;
        Some(Logged::new(self.bytes.get(found.bytes.clone())?, found.number))
    }
}

/// A command with its result, as the log has it.
#[derive(Debug, Clone, Copy)]
pub struct Logged<'l> {
    bytes: &'l [u8],
    number: u64,
}

impl<'l> Logged<'l> {
    /// Encoded bytes of an entry with a number.
    pub(super) fn new(bytes: &'l [u8], number: u64) -> Self {
        Self { bytes, number }
    }

    /// Number of the entry.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The entry. Reading it costs time in proportion to its length.
    ///
    /// # Panics
    ///
    /// Never: the bytes were written by the encoder of the same version.
    #[must_use]
    pub fn entry(&self) -> TransactionEntry<'l> {
        match Entries::new(self.bytes, self.number, 1).next() {
            Some(Ok(Entry::Transaction(entry))) => entry,
            other => unreachable!("the bytes are an encoded transaction, and not {other:?}"),
        }
    }
}
