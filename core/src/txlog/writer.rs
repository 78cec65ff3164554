//! Writes a log to a sink.

use embedded_io::Write;

use super::{
    Alignment, Chain, Crc32, EncodeError, EntryChange, EntryEvent, EnvironmentEntry,
    MigrationEntry, SegmentHeader, TransactionEntry, segment::write_padding, sink::Checksum,
};

/// Writes one segment to a sink, by default each entry in a frame of its own.
///
/// It needs no memory for an entry: it encodes each entry twice, once for the length and the CRC in
/// the frame header, and once into the sink. It does not flush the sink.
///
/// Each frame states that all entries before it were durable when it was written, although the
/// writer knows only that the sink took their bytes. A sink that buffers must write its bytes to
/// stable storage in their order. Otherwise a crash may lose a frame and keep a later one, and a
/// reader takes this for damage.
#[derive(Debug)]
pub struct LogWriter<W> {
    sink: W,
    alignment: Alignment,
    chain: Chain,
    /// True if a write failed.
    broken: bool,
}

impl<W: Write> LogWriter<W> {
    /// Begins a segment: writes its header.
    ///
    /// # Errors
    ///
    /// The sink fails, the header's first entry is 0, or a text of the header is too long.
    pub fn begin(mut sink: W, header: &SegmentHeader<'_>) -> Result<Self, EncodeError<W::Error>> {
        header.encode(&mut sink)?;
        let chain = Chain::after_segment(header);
        Ok(Self { sink, alignment: header.alignment, chain, broken: false })
    }

    /// Number of the next entry.
    #[must_use]
    pub const fn next_entry(&self) -> u64 {
        self.chain.next_entry
    }

    /// Writes a command and its result.
    ///
    /// # Errors
    ///
    /// The sink fails, the entry is too long, or its number is not the next one. After the sink
    /// failed, each further entry is refused with [`EncodeError::Broken`].
    pub fn write<'a, E, C>(
        &mut self,
        entry: &TransactionEntry<'a, E, C>,
    ) -> Result<(), EncodeError<W::Error>>
    where
        E: IntoIterator<Item: Into<EntryEvent<'a>>> + Clone,
        C: IntoIterator<Item: Into<EntryChange<'a>>> + Clone,
    {
        self.check(entry.number)?;
        let mut sum = Checksum::default();
        entry.encode(&mut sum).map_err(EncodeError::for_sink)?;
        self.put_frame(sum, 1, |sink| entry.encode(sink))
    }

    /// Writes a change of environment.
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write).
    pub fn write_environment(
        &mut self,
        entry: &EnvironmentEntry<'_>,
    ) -> Result<(), EncodeError<W::Error>> {
        self.check(entry.number)?;
        let mut sum = Checksum::default();
        entry.encode(&mut sum).map_err(EncodeError::for_sink)?;
        self.put_frame(sum, 1, |sink| entry.encode(sink))
    }

    /// Writes a migration.
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write).
    pub fn write_migration(
        &mut self,
        entry: &MigrationEntry<'_>,
    ) -> Result<(), EncodeError<W::Error>> {
        self.check(entry.number)?;
        let mut sum = Checksum::default();
        entry.encode(&mut sum).map_err(EncodeError::for_sink)?;
        self.put_frame(sum, 1, |sink| entry.encode(sink))
    }

    /// Writes entries that lie in memory, with their lengths, as one frame.
    ///
    /// # Errors
    ///
    /// The sink fails, or the entries are too long for a frame.
    pub fn write_frame(
        &mut self,
        payload: &[u8],
        entry_count: u32,
    ) -> Result<(), EncodeError<W::Error>> {
        self.check(self.chain.next_entry)?;
        let mut crc = Crc32::new();
        crc.update(payload);
        let sum = Checksum { len: payload.len(), crc };
        self.put_frame(sum, entry_count, |sink| sink.write_all(payload).map_err(EncodeError::Sink))
    }

    /// The sink.
    pub fn sink(&mut self) -> &mut W {
        &mut self.sink
    }

    /// Gives the sink back.
    pub fn into_sink(self) -> W {
        self.sink
    }

    /// Checks that the log can be continued, and with an entry of this number.
    fn check(&self, found: u64) -> Result<(), EncodeError<W::Error>> {
        let expected = self.chain.next_entry;
        match (self.broken, found == expected) {
            (true, _) => Err(EncodeError::Broken),
            (false, false) => Err(EncodeError::WrongNumber { expected, found }),
            (false, true) => Ok(()),
        }
    }

    fn put_frame(
        &mut self,
        Checksum { len, crc }: Checksum,
        entry_count: u32,
        payload: impl FnOnce(&mut W) -> Result<(), EncodeError<W::Error>>,
    ) -> Result<(), EncodeError<W::Error>> {
        let too_long = EncodeError::TooLong { field: "frame", len, limit: u32::MAX as usize };
        // Wraps only behind entry 2^64 - 1, where there is no next frame.
        let durable = self.chain.next_entry.wrapping_sub(1);
        let header = self.chain.frame_of(len, crc.finish(), entry_count, durable);
        let header = header.ok_or(too_long)?;
        // Also set while the sink is called, in case it panics.
        self.broken = true;
        self.sink.write_all(&header.to_bytes()).map_err(EncodeError::Sink)?;
        payload(&mut self.sink)?;
        write_padding(&mut self.sink, self.alignment, header.frame_len())
            .map_err(EncodeError::Sink)?;
        self.broken = false;
        self.chain = Chain::after(&header);
        Ok(())
    }
}
