//! Entries that will be written together.

use std::convert::Infallible;

use statevec_abi::txlog::{
    Chain, EncodeError, EntryChange, EntryEvent, EnvironmentEntry, FrameHeader, MigrationEntry,
    SECTOR_LEN, TransactionEntry,
};

use super::{LogError, LogPosition};

/// Encoded entries behind room for a frame header.
#[derive(Debug)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    count: u32,
    /// Offset of the last entry.
    last: usize,
    /// The position behind the last entry.
    position: LogPosition,
}

impl Batch {
    pub(crate) fn new() -> Self {
        Self {
            bytes: vec![0; FrameHeader::LEN],
            count: 0,
            last: FrameHeader::LEN,
            position: LogPosition::default(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Bytes of the frame.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The position behind the last entry.
    pub(crate) fn position(&self) -> &LogPosition {
        &self.position
    }

    pub(crate) fn first_entry(&self) -> u64 {
        (self.position.entry + 1).saturating_sub(self.count.into())
    }

    /// Adds a command with its result, after which the log is at a position.
    pub(crate) fn push<'a, E, C>(
        &mut self,
        entry: &TransactionEntry<'a, E, C>,
        position: LogPosition,
    ) -> Result<(), LogError>
    where
        E: IntoIterator<Item = EntryEvent<'a>> + Clone,
        C: IntoIterator<Item: Into<EntryChange<'a>>> + Clone,
    {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&[0; 4]);
        let encoded = entry.encode_body(&mut self.bytes);
        let len = u32::try_from(self.bytes.len() - start - 4);
        match (encoded, len) {
            (Ok(()), Ok(len)) => {
                self.bytes[start..start + 4].copy_from_slice(&len.to_le_bytes());
                self.added(start, position);
                Ok(())
            }
            (encoded, _) => {
                self.bytes.truncate(start);
                let reason = match encoded {
                    Err(error) => error.to_string(),
                    Ok(()) => "it is longer than 4 GiB".into(),
                };
                Err(LogError::TooLong { entry: entry.number, reason })
            }
        }
    }

    /// Adds a change of environment.
    pub(crate) fn push_environment(
        &mut self,
        entry: &EnvironmentEntry<'_>,
        position: LogPosition,
    ) -> Result<(), LogError> {
        let start = self.bytes.len();
        let encoded = entry.encode(&mut self.bytes);
        self.push_encoded(start, encoded, position)
    }

    /// Adds a migration.
    pub(crate) fn push_migration(
        &mut self,
        entry: &MigrationEntry<'_>,
        position: LogPosition,
    ) -> Result<(), LogError> {
        let start = self.bytes.len();
        let encoded = entry.encode(&mut self.bytes);
        self.push_encoded(start, encoded, position)
    }

    /// Adds the entry that was encoded from an offset on.
    fn push_encoded(
        &mut self,
        start: usize,
        encoded: Result<(), EncodeError<Infallible>>,
        position: LogPosition,
    ) -> Result<(), LogError> {
        encoded.map_err(|error| {
            self.bytes.truncate(start);
            LogError::TooLong { entry: position.entry, reason: error.to_string() }
        })?;
        self.added(start, position);
        Ok(())
    }

    fn added(&mut self, start: usize, position: LogPosition) {
        self.last = start;
        self.count += 1;
        self.position = position;
    }

    /// Number and bytes of the entry that was added last.
    pub(crate) fn last(&self) -> Option<(u64, &[u8])> {
        let bytes = self.bytes.get(self.last..).filter(|_| self.count > 0)?;
        Some((self.position.entry, bytes))
    }

    /// Bytes that the frame has once it is sealed; 0 if there is nothing to write.
    pub(crate) fn sealed_len(&self) -> usize {
        if self.is_empty() { 0 } else { self.bytes.len().next_multiple_of(SECTOR_LEN) }
    }

    /// Completes the frame: its header, and zeros up to the next sector. Entries up to `durable` are
    /// durable. `None` if the frame is too long.
    pub(crate) fn seal(&mut self, chain: Chain, durable: u64) -> Option<FrameHeader> {
        let payload = self.bytes.get(FrameHeader::LEN..)?;
        let header = chain.frame(payload, self.count, durable)?;
        self.bytes.get_mut(..FrameHeader::LEN)?.copy_from_slice(&header.to_bytes());
        self.bytes.resize(self.sealed_len(), 0);
        Some(header)
    }

    /// Adds zeros behind the sealed frame.
    pub(crate) fn pad(&mut self, zeros: usize) {
        self.bytes.resize(self.bytes.len() + zeros, 0);
    }

    /// The sealed frame.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Removes everything, and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.bytes.truncate(FrameHeader::LEN);
        self.count = 0;
        self.last = FrameHeader::LEN;
    }
}
