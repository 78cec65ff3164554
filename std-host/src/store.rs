//! The records of a plugin, in memory, and transactions on them.

mod changes;
mod digest;
mod equal;
mod error;
mod event;
mod host;
mod ids;
mod image;
mod index;
mod layer;
mod layout;
mod packed;
mod restore;
mod rows;
mod spare;
mod table;
mod tables;
mod transaction;
mod undo;

use std::{fmt, sync::Arc};

use statevec_abi::abi::{RecordKind, SysId};
use statevec_abi_alloc::schema::SchemaRegistry;

pub use changes::Changes;
pub use error::StoreError;
pub use event::{EmittedEvent, Events};
pub use layer::StoreLayer;
pub use restore::{RestoreError, Restorer};
pub use transaction::Transaction;

use changes::Touched;
use packed::Packed;
use tables::Tables;
use undo::Undo;

/// The records of one plugin, shaped by its schema.
///
/// It is a [`Host`](statevec_abi::host::Host): plugins read and write it inside a [`Transaction`]. Outside of one, writes are refused.
///
/// - Records lie in one flat allocation per kind, and are lent to visitors where they lie, for reading and for writing.
/// - A write keeps the old bytes first, so that a rollback costs what the transaction touched.
/// - Record numbers count from 1 per kind, are rolled back with their transaction, and are never used again after a delete.
/// - Nothing that can be observed depends on hash order, time or addresses: the same commands give the same [`image`](Self::image).
/// - Once its buffers have grown to what the commands need, a transaction allocates nothing. Buffers
///   that one transaction of more than 1 MiB made grow are given back after it.
///
/// Payloads of events are kept as they come: whether they fit the schema is for whoever decodes them to say.
pub struct Store {
    schema: Arc<SchemaRegistry>,
    limits: StoreLimits,
    tables: Tables,
    /// By event kind, whether the schema has it.
    has_event: [bool; 256],
    /// Whether a transaction is running.
    open: bool,
    /// How many bytes of events and undo steps the running transaction may still add; 0 when there is none.
    room: usize,
    /// How to undo the running transaction; empty when there is none.
    undo: Packed<Undo>,
    /// Whether the running transaction has deleted anything: only then is there something to do to keep it.
    has_deleted: bool,
    /// The records of the transaction whose changes were listed last.
    touched: Vec<Touched>,
    /// Events of the running or the last transaction, with their kinds.
    events: Packed<u8>,
    /// Debug messages of the plugin in the running or the last transaction.
    log: Packed<()>,
    /// Whether the last transaction was so large that the memory of its events is to be given back.
    has_spare: bool,
    /// Whether an allocation failed in the running or the last transaction.
    ran_out_of_memory: bool,
}

/// How much a [`Store`] takes in. A command that reaches a limit is rejected with kind 4001: with the same limits it is rejected everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreLimits {
    /// Records of one kind. The default is 2^32 - 1, the most that the store can number.
    pub records_per_kind: u32,
    /// Bytes of events and of undo steps in one transaction, each with 24 more, so that a plugin that runs wild fails before memory is
    /// gone. The default is 1 GiB.
    pub transaction_bytes: usize,
}

impl Default for StoreLimits {
    fn default() -> Self {
        Self { records_per_kind: u32::MAX, transaction_bytes: 1 << 30 }
    }
}

/// A record of a [`Store`], borrowed from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredRecord<'s> {
    /// Its number.
    pub sys_id: SysId,
    /// Its data; the schema says what it means.
    pub data: &'s [u8],
}

impl Store {
    /// An empty store for a schema.
    ///
    /// # Errors
    ///
    /// A record of the schema is too large for this machine.
    pub fn new(schema: Arc<SchemaRegistry>) -> Result<Self, StoreError> {
        Self::with_limits(schema, StoreLimits::default())
    }

    /// An empty store with limits of its own.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn with_limits(
        schema: Arc<SchemaRegistry>,
        limits: StoreLimits,
    ) -> Result<Self, StoreError> {
        let tables = Tables::new(&schema)?;
        let mut has_event = [false; 256];
        for event in schema.event_defs() {
            has_event[usize::from(event.kind)] = true;
        }
        Ok(Self {
            schema,
            limits,
            tables,
            has_event,
            open: false,
            room: 0,
            undo: Packed::new(),
            has_deleted: false,
            touched: Vec::new(),
            events: Packed::new(),
            log: Packed::new(),
            has_spare: false,
            ran_out_of_memory: false,
        })
    }

    /// Begins a transaction. Dropping it undoes what it did; [`commit`](Transaction::commit) keeps it.
    #[inline]
    pub fn begin(&mut self) -> Transaction<'_> {
        Transaction::begin(self)
    }

    /// The limits.
    #[must_use]
    pub fn limits(&self) -> StoreLimits {
        self.limits
    }

    /// The schema.
    #[must_use]
    pub fn schema(&self) -> &Arc<SchemaRegistry> {
        &self.schema
    }

    /// The records of a kind, in ascending order of their numbers; none when there is no such kind.
    pub fn records(&self, kind: RecordKind) -> impl Iterator<Item = StoredRecord<'_>> {
        self.tables
            .get(kind)
            .into_iter()
            .flat_map(|table| table.slots().map(|slot| table.record(slot)))
    }

    /// The data of a record.
    #[must_use]
    pub fn get(&self, kind: RecordKind, sys_id: SysId) -> Option<&[u8]> {
        let table = self.tables.get(kind)?;
        Some(table.data(table.find_by_id(sys_id)?))
    }

    /// The record of a primary key, encoded as ABI.md section 5 says.
    #[must_use]
    pub fn get_by_pk(&self, kind: RecordKind, pk: &[u8]) -> Option<StoredRecord<'_>> {
        let table = self.tables.get(kind)?;
        Some(table.record(table.find(pk)?))
    }

    /// How many records of a kind there are.
    #[must_use]
    pub fn len(&self, kind: RecordKind) -> usize {
        self.tables.get(kind).map_or(0, |table| table.len())
    }

    /// Whether there is no record of any kind.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tables.iter().all(|table| table.len() == 0)
    }

    /// The number that the next record of a kind gets; `None` when there is no such kind.
    #[must_use]
    pub fn next_sys_id(&self, kind: RecordKind) -> Option<SysId> {
        self.tables.get(kind).map(|table| table.next_id())
    }

    /// What the plugin logged in the last transaction, whatever became of it: texts, but nobody checked. The first MiB of it is kept.
    pub fn log(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.log.iter().map(|(_, message)| message)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lens = f.debug_map();
        for table in self.tables.iter() {
            lens.entry(&table.layout().name(), &table.len());
        }
        lens.finish()
    }
}
