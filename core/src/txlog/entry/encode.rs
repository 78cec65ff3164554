//! Entries as bytes.

use embedded_io::Write;

use super::{
    super::{
        EncodeError,
        block::Block,
        put::{put, put_sized},
        sink::Count,
    },
    COMMITTED, CREATED, CREATED_AND_DELETED, DELETED, END, ENVIRONMENT, EVENT, Entry, EntryChange,
    EntryEvent, EntryFailure, EntryOutcome, EnvironmentEntry, FAILED, MigrationEntry, REJECTED,
    TRANSACTION, TransactionEntry, UPDATED,
};
use crate::abi::RecordKey;

impl<'a, E, C> TransactionEntry<'a, E, C>
where
    E: IntoIterator<Item: Into<EntryEvent<'a>>> + Clone,
    C: IntoIterator<Item: Into<EntryChange<'a>>> + Clone,
{
    /// Writes the entry with its length before it.
    ///
    /// Events and changes are walked twice. A sink in memory can avoid the first walk: it writes 4
    /// bytes, then [`encode_body`](Self::encode_body), and then the body's length as a
    /// little-endian u32 into the 4 bytes.
    ///
    /// # Errors
    ///
    /// The sink fails, or a field or the whole entry is longer than its length can say.
    pub fn encode<W: Write>(&self, sink: &mut W) -> Result<(), EncodeError<W::Error>> {
        put_len(sink, self.body_len())?;
        self.encode_body(sink)
    }

    /// Writes the entry without its length.
    ///
    /// # Errors
    ///
    /// The sink fails, or a field is longer than its length can say.
    pub fn encode_body<W: Write>(&self, sink: &mut W) -> Result<(), EncodeError<W::Error>> {
        let len = EncodeError::check_len("command payload", self.payload.len(), u32::MAX)?;
        let head = Block::<30>::new()
            .put([TRANSACTION])
            .put(self.number.to_le_bytes())
            .put(self.ext_seq.to_le_bytes())
            .put(self.ref_ext_time_us.to_le_bytes())
            .put([self.command_kind])
            .put(len.to_le_bytes());
        put(sink, &head.bytes())?;
        put(sink, self.payload)?;
        match self.outcome {
            EntryOutcome::Committed { tx_seq } => {
                put(sink, &Block::<9>::new().put([COMMITTED]).put(tx_seq.to_le_bytes()).bytes())?;
            }
            EntryOutcome::Rejected(failure) => put_failure(sink, REJECTED, failure)?,
            EntryOutcome::Failed(failure) => put_failure(sink, FAILED, failure)?,
        }
        for event in self.events.clone() {
            let event: EntryEvent<'_> = event.into();
            let len = EncodeError::check_len("event payload", event.payload.len(), u32::MAX)?;
            let head = Block::<6>::new().put([EVENT, event.kind]).put(len.to_le_bytes());
            put(sink, &head.bytes())?;
            put(sink, event.payload)?;
        }
        for change in self.changes.clone() {
            put_change(sink, change.into())?;
        }
        let digest = self.digest.to_u128().to_le_bytes();
        put(sink, &Block::<17>::new().put([END]).put(digest).bytes())
    }

    /// Length of [`encode_body`](Self::encode_body) in bytes.
    fn body_len(&self) -> usize {
        let mut count = Count::default();
        // Fails for a field that is too long, which `encode_body` reports again.
        let _counted = self.encode_body(&mut count);
        count.0
    }
}

impl EnvironmentEntry<'_> {
    /// Writes the entry with its length before it.
    ///
    /// # Errors
    ///
    /// The sink fails, or the configuration is longer than its length can say.
    pub fn encode<W: Write>(&self, sink: &mut W) -> Result<(), EncodeError<W::Error>> {
        let mut count = Count::default();
        let _counted = self.encode_body(&mut count);
        put_len(sink, count.0)?;
        self.encode_body(sink)
    }

    fn encode_body<W: Write>(&self, sink: &mut W) -> Result<(), EncodeError<W::Error>> {
        let head = Block::<9>::new().put([ENVIRONMENT]).put(self.number.to_le_bytes());
        put(sink, &head.bytes())?;
        self.environment.encode(sink)
    }
}

impl MigrationEntry<'_> {
    /// Writes the entry with its length before it.
    ///
    /// # Errors
    ///
    /// The sink fails, or the configuration or the rules are longer than their length can say.
    pub fn encode<W: Write>(&self, sink: &mut W) -> Result<(), EncodeError<W::Error>> {
        let mut count = Count::default();
        let _counted = self.encode_body(&mut count);
        put_len(sink, count.0)?;
        self.encode_body(sink)
    }
}

impl Entry<'_> {
    /// Writes the entry with its length before it.
    ///
    /// # Errors
    ///
    /// The sink fails, or a field or the whole entry is longer than its length can say.
    pub fn encode<W: Write>(&self, sink: &mut W) -> Result<(), EncodeError<W::Error>> {
        match self {
            Self::Transaction(entry) => entry.encode(sink),
            Self::Environment(entry) => entry.encode(sink),
            Self::Migration(entry) => entry.encode(sink),
        }
    }
}

fn put_failure<W: Write>(
    sink: &mut W,
    tag: u8,
    failure: EntryFailure<'_>,
) -> Result<(), EncodeError<W::Error>> {
    put(sink, &Block::<3>::new().put([tag]).put(failure.kind.0.to_le_bytes()).bytes())?;
    put_sized(sink, "error text", failure.text.as_bytes())
}

#[inline]
fn put_change<W: Write>(
    sink: &mut W,
    change: EntryChange<'_>,
) -> Result<(), EncodeError<W::Error>> {
    match change {
        EntryChange::Created { key, data } => {
            let len = EncodeError::check_len("record data", data.len(), u32::MAX)?;
            let head = Block::<14>::new().put(keyed(CREATED, key)).put(len.to_le_bytes());
            put(sink, &head.bytes())?;
            put(sink, data)
        }
        EntryChange::Updated { key, offset, bytes } => {
            let len = EncodeError::check_len("changed bytes", bytes.len(), u32::MAX)?;
            let head = Block::<18>::new()
                .put(keyed(UPDATED, key))
                .put(offset.to_le_bytes())
                .put(len.to_le_bytes());
            put(sink, &head.bytes())?;
            put(sink, bytes)
        }
        EntryChange::Deleted { key } => put(sink, &keyed(DELETED, key)),
        EntryChange::CreatedAndDeleted { key } => put(sink, &keyed(CREATED_AND_DELETED, key)),
    }
}

#[inline]
fn keyed(tag: u8, key: RecordKey) -> [u8; 10] {
    Block::new().put([tag, key.kind]).put(key.sys_id.to_le_bytes()).bytes()
}

fn put_len<W: Write>(sink: &mut W, len: usize) -> Result<(), EncodeError<W::Error>> {
    let len = EncodeError::check_len("entry", len, u32::MAX)?;
    put(sink, &len.to_le_bytes())
}
