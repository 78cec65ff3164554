//! The records of a plugin, in memory, and transactions on them.

mod changes;
mod consistency;
mod digest;
mod equal;
mod error;
mod event;
mod host;
mod ids;
mod image;
mod index;
mod key_order;
mod layer;
mod layout;
mod packed;
mod restore;
mod rollback;
mod rows;
mod segmented;
mod spare;
mod table;
mod tables;
mod touched;
mod transaction;
mod undo;

use std::{fmt, ops::Bound, sync::Arc};

use statevec_abi::abi::{RecordKind, SysId};
use statevec_abi_alloc::schema::SchemaRegistry;

pub use changes::Changes;
pub use error::StoreError;
pub use event::{EmittedEvent, Events};
pub use layer::StoreLayer;
pub use restore::{RestoreError, Restorer};
pub use transaction::Transaction;

use packed::Packed;
use tables::RecordTables;
use touched::Touched;
use undo::Undo;

/// The records of one plugin, shaped by its schema.
///
/// It is a [`Host`](statevec_abi::host::Host): plugins read and write it inside a [`Transaction`].
/// Outside of a transaction it refuses writes.
///
/// - Records lie in segments that never move, so no command waits while a table grows. Visitors get
///   the bytes in place, for reading and for writing.
/// - A write saves the old bytes first, so a rollback costs as much as the transaction touched.
/// - Record numbers count from 1 per kind. A rollback takes them back, and a delete never frees
///   them.
/// - No observable result depends on hash order, time or addresses: the same commands give the same
///   [`image`](Self::image).
/// - Once its buffers have grown, a transaction allocates nothing. Buffers that one transaction of
///   more than 1 MiB made grow are given back after it.
///
/// The store does not check the payloads of events against the schema. Their reader does.
///
/// # Example
///
/// ```
/// use std::sync::Arc;
///
/// use statevec_abi_alloc::schema::{SchemaRegistry, Version};
/// use statevec_host::{Store, StoreLimits};
///
/// let schema = Arc::new(SchemaRegistry::with_records(Version::new(1, 0), &[])?);
/// let limits = StoreLimits { records_per_kind: 1000, ..StoreLimits::default() };
/// let store = Store::with_limits(schema, limits)?;
/// assert!(store.is_empty());
/// assert_eq!(store.limits(), limits);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Store {
    schema: Arc<SchemaRegistry>,
    limits: StoreLimits,
    tables: RecordTables,
    /// For each event kind, true if the schema lists it.
    has_event: [bool; 256],
    /// True if a transaction is running.
    open: bool,
    /// How many bytes of events and undo steps the running transaction may still add; 0 outside of
    /// a transaction.
    room: usize,
    /// The undo log of the running transaction; empty outside of one.
    undo: Packed<Undo>,
    /// True if the running transaction deleted a record: a commit then has to free rows.
    has_deleted: bool,
    /// The records of the transaction whose changes were listed last.
    touched: Vec<Touched>,
    /// Events of the running or the last transaction, with their kinds.
    events: Packed<u8>,
    /// Debug messages of the plugin in the running or the last transaction.
    log: Packed<()>,
    /// True if the memory of the last transaction's events is to be given back.
    has_spare: bool,
    /// True if an allocation failed in the running or the last transaction.
    ran_out_of_memory: bool,
}

/// The limits of a [`Store`]. A command that reaches one is rejected with kind 4001, on every host
/// with the same limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreLimits {
    /// Records of one kind. The default is 2^32 - 1, the most that the store can number.
    pub records_per_kind: u32,
    /// Bytes of events and of undo steps in one transaction, each with 24 more. A plugin that never
    /// ends writing reaches this limit before the memory is used up. The default is 1 GiB.
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
    /// Its data, encoded as the schema says.
    pub data: &'s [u8],
}

/// Bytes of rows that a processor's caches hold, roughly: a core's second cache.
const CACHED_BYTES: usize = 1 << 20;

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
        let tables = RecordTables::new(&schema)?;
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

    /// Begins a transaction. Dropping it undoes its writes; [`commit`](Transaction::commit) keeps
    /// them.
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
        self.records_from(kind, 0)
    }

    /// As [`records`](Self::records), from a number on. The first one is found by a binary search.
    pub fn records_from(
        &self,
        kind: RecordKind,
        first: SysId,
    ) -> impl Iterator<Item = StoredRecord<'_>> {
        self.tables
            .get(kind)
            .into_iter()
            .flat_map(move |table| table.slots_from(first).map(|slot| table.record(slot)))
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

    /// The records whose primary keys lie between two bounds, in ascending order of the keys.
    ///
    /// `None` when there is no such kind, or its schema does not ask for range scans
    /// (`supportRangeScan`): only those kinds are kept in key order. Keys are encoded as ABI.md
    /// section 5 says, so their order is that of their fields.
    pub fn range<'s>(
        &'s self,
        kind: RecordKind,
        low: Bound<&[u8]>,
        high: Bound<&[u8]>,
    ) -> Option<impl DoubleEndedIterator<Item = StoredRecord<'s>> + use<'s>> {
        let table = self.tables.get(kind)?;
        Some(table.range(low, high)?.map(|slot| table.record(slot)))
    }

    /// How many records of a kind there are.
    #[must_use]
    pub fn len(&self, kind: RecordKind) -> usize {
        self.tables.get(kind).map_or(0, |table| table.len())
    }

    /// Returns true if a kind has so many records that most of them are not in the caches of a
    /// processor.
    pub(crate) fn outgrows_caches(&self, kind: RecordKind) -> bool {
        self.tables.get(kind).is_some_and(|table| table.row_bytes() > CACHED_BYTES)
    }

    /// Returns true if there is no record of any kind.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tables.iter().all(|table| table.len() == 0)
    }

    /// The number that the next record of a kind gets; `None` when there is no such kind.
    #[must_use]
    pub fn next_sys_id(&self, kind: RecordKind) -> Option<SysId> {
        self.tables.get(kind).map(|table| table.next_id())
    }

    /// The events of the last transaction, committed or not.
    pub(crate) fn events(&self) -> Events<'_> {
        Events::new(self.events.iter())
    }

    /// The plugin's debug messages in the last transaction, committed or not. They are not checked
    /// to be UTF-8. The first MiB of them is kept.
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
