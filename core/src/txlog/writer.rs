//! Writes a log to a sink.

use core::convert::Infallible;

use embedded_io::Write;

use super::{
    Alignment, Chain, EncodeError, EntryChange, EntryEvent, EnvironmentEntry, FrameHeader,
    SegmentHeader, TransactionEntry, segment::write_padding, sink::Checksum,
};

/// Writes one segment to a sink, each entry in a frame of its own.
///
/// It needs no memory for an entry: it encodes each entry twice, once for the length and the CRC in
/// the frame header, and once into the sink. It does not flush the sink.
#[derive(Debug)]
pub struct LogWriter<W> {
    sink: W,
    alignment: Alignment,
    chain: Chain,
    /// Whether a write failed.
    broken: bool,
}

impl<W: Write> LogWriter<W> {
    /// Begins a segment: writes its header.
    ///
    /// # Errors
    ///
    /// The sink fails, or a text of the header is too long.
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
        let mut sum = Checksum::default();
        let summed = entry.encode(&mut sum);
        let header = self.header_for(entry.number, summed.map(|()| sum))?;
        self.write_frame(&header, |sink| entry.encode(sink))
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
        let mut sum = Checksum::default();
        let summed = entry.encode(&mut sum);
        let header = self.header_for(entry.number, summed.map(|()| sum))?;
        self.write_frame(&header, |sink| entry.encode(sink))
    }

    /// The sink.
    pub fn sink(&mut self) -> &mut W {
        &mut self.sink
    }

    /// Gives the sink back.
    pub fn into_sink(self) -> W {
        self.sink
    }

    /// The header of the frame with one entry.
    fn header_for(
        &self,
        number: u64,
        summed: Result<Checksum, EncodeError<Infallible>>,
    ) -> Result<FrameHeader, EncodeError<W::Error>> {
        if self.broken {
            return Err(EncodeError::Broken);
        }
        let expected = self.chain.next_entry;
        if number != expected {
            return Err(EncodeError::WrongNumber { expected, found: number });
        }
        let sum = summed.map_err(EncodeError::for_sink)?;
        let frame = self.chain.frame_of(sum.len, sum.crc.finish(), 1);
        let too_long =
            EncodeError::TooLong { field: "entry", len: sum.len, limit: u32::MAX as usize };
        frame.ok_or(too_long)
    }

    fn write_frame(
        &mut self,
        header: &FrameHeader,
        payload: impl FnOnce(&mut W) -> Result<(), EncodeError<W::Error>>,
    ) -> Result<(), EncodeError<W::Error>> {
        // Also set while the sink is called, in case it panics.
        self.broken = true;
        self.sink.write_all(&header.to_bytes()).map_err(EncodeError::Sink)?;
        payload(&mut self.sink)?;
        write_padding(&mut self.sink, self.alignment, header.frame_len())
            .map_err(EncodeError::Sink)?;
        self.broken = false;
        self.chain = Chain::after(header);
        Ok(())
    }
}
