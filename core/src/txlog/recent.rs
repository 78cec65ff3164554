//! The last entries in a fixed amount of memory.

use core::convert::Infallible;

use embedded_io::Write;

use super::{
    EncodeError, Entries, Entry, EntryChange, EntryEvent, EntryOutcome, LogWriter, SegmentHeader,
    TransactionEntry, sink::Count,
};

/// The last transactions of a log, as many as fit into `N` bytes.
///
/// A device without storage keeps them to report later which commands led to a fault.
/// [`write`](Self::write) makes them a log of their own, which starts from the state before the
/// oldest of them.
#[derive(Debug, Clone)]
pub struct RecentEntries<'a, const N: usize> {
    /// Describes the state before the oldest entry.
    header: SegmentHeader<'a>,
    /// Complete entries with their lengths.
    bytes: [u8; N],
    len: usize,
    count: u32,
}

impl<'a, const N: usize> RecentEntries<'a, N> {
    /// No entries yet. `header` describes the state before the first one.
    ///
    /// The environment stays the same for all entries.
    #[must_use]
    pub const fn new(header: SegmentHeader<'a>) -> Self {
        Self { header, bytes: [0; N], len: 0, count: 0 }
    }

    /// Adds an entry, and drops as many of the oldest ones as it takes.
    ///
    /// # Errors
    ///
    /// The entry's number is not the next one, and nothing has changed. Or the entry takes more
    /// than `N` bytes: then it is left out, and all entries before it are dropped.
    pub fn push<'e, E, C>(
        &mut self,
        entry: &TransactionEntry<'e, E, C>,
    ) -> Result<(), EncodeError<Infallible>>
    where
        E: IntoIterator<Item: Into<EntryEvent<'e>>> + Clone,
        C: IntoIterator<Item: Into<EntryChange<'e>>> + Clone,
    {
        let (expected, found) = (self.next_entry(), entry.number);
        if found != expected {
            return Err(EncodeError::WrongNumber { expected, found });
        }
        let mut measured = Count::default();
        entry.encode(&mut measured)?;
        let len = measured.0;
        let too_long = EncodeError::TooLong { field: "entry", len, limit: N };
        if len > N {
            self.header = self.header_after(self.next_entry(), entry);
            (self.len, self.count) = (0, 0);
            return Err(too_long);
        }
        while N - self.len < len {
            self.drop_oldest();
        }
        let mut room = self.bytes.get_mut(self.len..).unwrap_or_default();
        // Cannot fail: the room was measured.
        entry.encode(&mut room).map_err(|_| too_long)?;
        self.len += len;
        self.count += 1;
        Ok(())
    }

    /// Number of the next entry.
    #[must_use]
    pub const fn next_entry(&self) -> u64 {
        self.header.first_entry.wrapping_add(self.count as u64)
    }

    /// Describes the state before the oldest entry that is kept.
    #[must_use]
    pub const fn header(&self) -> &SegmentHeader<'a> {
        &self.header
    }

    /// The entries that are kept, the oldest first.
    #[must_use]
    pub fn entries(&self) -> Entries<'_> {
        Entries::new(self.payload(), self.header.first_entry, self.count)
    }

    /// Writes the entries as a log of one frame.
    ///
    /// # Errors
    ///
    /// The sink fails, or a text of the header is too long.
    pub fn write<W: Write>(&self, sink: W) -> Result<(), EncodeError<W::Error>> {
        let mut log = LogWriter::begin(sink, &self.header)?;
        if self.count > 0 {
            log.write_frame(self.payload(), self.count)?;
        }
        Ok(())
    }

    fn payload(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    fn drop_oldest(&mut self) {
        let Some(Ok(Entry::Transaction(oldest))) = self.entries().next() else {
            // Cannot happen: all entries are transactions, and were encoded here.
            (self.len, self.count) = (0, 0);
            return;
        };
        let mut measured = Count::default();
        let _measured = oldest.encode(&mut measured);
        let len = measured.0.min(self.len);
        self.header = self.header_after(oldest.number, &oldest);
        self.bytes.copy_within(len..self.len, 0);
        self.len -= len;
        self.count -= 1;
    }

    /// The header, with the state behind an entry.
    const fn header_after<E, C>(
        &self,
        number: u64,
        entry: &TransactionEntry<'_, E, C>,
    ) -> SegmentHeader<'a> {
        let tx_seq = match entry.outcome {
            EntryOutcome::Committed { tx_seq } => tx_seq,
            EntryOutcome::Rejected(_) | EntryOutcome::Failed(_) => self.header.tx_seq,
        };
        SegmentHeader {
            first_entry: number.wrapping_add(1),
            tx_seq,
            last_ext_seq: Some(entry.ext_seq),
            digest: entry.digest,
            previous: 0,
            ..self.header
        }
    }
}
