//! The memory of a store.

use heapless::Vec;

use super::{
    FixedStore, FixedStoreError,
    events::EventList,
    key,
    kind::Kind,
    layout,
    rows::{NO_RECORD, Rows},
    undo::{Undo, UndoLog},
};
use crate::{abi::RecordKey, schema::SchemaDef};

/// The memory of one [`FixedStore`]. It is all zero until it is used, so a `static` takes no flash.
///
/// - `RECORDS`: the most records at a time, of all kinds together; at most 65,535.
/// - `RECORD_SIZE`: bytes that the largest record takes; [`record_size`](super::record_size)
///   computes it.
/// - `EVENT_BYTES`: bytes for the events of one transaction. Each takes its payload and [5
///   bytes](Self::EVENT_OVERHEAD).
/// - `CHANGES`: the most records that one transaction may create, change or delete.
/// - `KINDS`: the most record kinds of the schema.
///
/// A record takes `RECORD_SIZE` + 18 bytes, a change `RECORD_SIZE` + 24, a kind 16.
#[derive(Debug)]
pub struct FixedMemory<
    const RECORDS: usize,
    const RECORD_SIZE: usize,
    const EVENT_BYTES: usize,
    const CHANGES: usize = 8,
    const KINDS: usize = 4,
> {
    keys: [RecordKey; RECORDS],
    rows: [[u8; RECORD_SIZE]; RECORDS],
    order: [u16; RECORDS],
    kinds: [Kind; KINDS],
    undo: Vec<Undo, CHANGES>,
    old: [[u8; RECORD_SIZE]; CHANGES],
    staged: [u8; RECORD_SIZE],
    events: Vec<u8, EVENT_BYTES>,
}

impl<
    const RECORDS: usize,
    const RECORD_SIZE: usize,
    const EVENT_BYTES: usize,
    const CHANGES: usize,
    const KINDS: usize,
> FixedMemory<RECORDS, RECORD_SIZE, EVENT_BYTES, CHANGES, KINDS>
{
    /// Bytes that an event takes besides its payload.
    pub const EVENT_OVERHEAD: usize = EventList::OVERHEAD;

    /// Memory for a store.
    #[must_use]
    pub const fn new() -> Self {
        const { assert!(RECORDS <= u16::MAX as usize, "at most 65,535 records") };
        Self {
            keys: [NO_RECORD; RECORDS],
            rows: [[0; RECORD_SIZE]; RECORDS],
            order: [0; RECORDS],
            kinds: [Kind::UNUSED; KINDS],
            undo: Vec::new(),
            old: [[0; RECORD_SIZE]; CHANGES],
            staged: [0; RECORD_SIZE],
            events: Vec::new(),
        }
    }

    fn store<'m, 'd: 'm>(
        &'m mut self,
        schema: &'d SchemaDef<'d>,
    ) -> Result<FixedStore<'m>, FixedStoreError<'d>> {
        layout::check(schema, RECORD_SIZE, KINDS)?;
        for (kind, record) in self.kinds.iter_mut().zip(schema.records) {
            *kind = Kind { next_id: 1, pk_len: key::len(record) };
        }
        let rows = self.rows.as_flattened_mut();
        Ok(FixedStore {
            schema,
            kinds: &mut self.kinds,
            rows: Rows::new(&mut self.keys, rows, RECORD_SIZE, &mut self.order),
            undo: UndoLog::new(&mut self.undo, self.old.as_flattened_mut(), RECORD_SIZE),
            events: EventList::new(&mut self.events),
            staged: &mut self.staged,
            open: false,
        })
    }
}

impl<
    const RECORDS: usize,
    const RECORD_SIZE: usize,
    const EVENT_BYTES: usize,
    const CHANGES: usize,
    const KINDS: usize,
> Default for FixedMemory<RECORDS, RECORD_SIZE, EVENT_BYTES, CHANGES, KINDS>
{
    fn default() -> Self {
        Self::new()
    }
}

impl<'m> FixedStore<'m> {
    /// An empty store. The memory's earlier content is lost.
    ///
    /// # Errors
    ///
    /// The schema does not fit the memory, or contradicts itself; one made by
    /// [`schema!`](crate::schema!) does not.
    pub fn new<
        'd: 'm,
        const RECORDS: usize,
        const RECORD_SIZE: usize,
        const EVENT_BYTES: usize,
        const CHANGES: usize,
        const KINDS: usize,
    >(
        schema: &'d SchemaDef<'d>,
        memory: &'m mut FixedMemory<RECORDS, RECORD_SIZE, EVENT_BYTES, CHANGES, KINDS>,
    ) -> Result<Self, FixedStoreError<'d>> {
        memory.store(schema)
    }
}
