//! A host store in a fixed amount of memory, for firmware: no allocator, no `unsafe`, no panic.
//!
//! It behaves like the server's store, so the same commands give the same bytes. Numbers count from
//! 1 per kind, are rolled back with their transaction, and are not reused after a delete. Keys and
//! immutable fields cannot be changed. A rollback is exact. When memory is full, the store refuses
//! with kind 4001 and a text that names the memory, its size, and the constant to enlarge.
//!
//! ```
//! use statevec_abi::fixed_store::{FixedMemory, FixedStore, FixedStoreError, record_size};
//! # use statevec_abi::{schema, typed::Record};
//! # #[derive(Record)]
//! # #[record(kind = 1, len = 64, pk(account_id))]
//! # struct Account { #[field(immutable)] account_id: u64, balance: i64 }
//! # schema! { const SCHEMA = { version: "1.0", records: [Account] }; }
//! // 32 records, and 256 bytes of events per transaction.
//! let mut memory: FixedMemory<32, { record_size(SCHEMA.def) }, 256> = FixedMemory::new();
//! let mut store = FixedStore::new(SCHEMA.def, &mut memory)?;
//! let transaction = store.begin();
//! // PluginRuntime::run_tx(transaction.host(), …), and then, if the plugin accepted:
//! transaction.commit();
//! assert_eq!(store.events().count(), 0);
//! # Ok::<(), FixedStoreError>(())
//! ```
//!
//! A lookup by key compares the keys of all records of its kind, because fixed stores are small.

mod changes;
mod error;
mod events;
mod host;
mod key;
mod kind;
mod layout;
mod memory;
mod refusal;
mod rollback;
mod rows;
mod transaction;
mod undo;

pub use error::FixedStoreError;
pub use events::{Event, Events};
pub use layout::record_size;
pub use memory::FixedMemory;
pub use transaction::Transaction;

use core::fmt;

use crate::{
    abi::{RecordKey, RecordKind, SysId},
    schema::{RecordDef, SchemaDef},
    txlog::StateDigest,
};
use events::EventList;
use kind::Kind;
use rows::Rows;
use undo::UndoLog;

/// The records of one plugin, in a [`FixedMemory`] and under the plugin's schema.
///
/// It is a [`Host`](crate::host::Host): plugins read and write it inside a [`Transaction`]. Outside
/// of one, writes are refused. The type does not depend on the capacities, so all stores of an
/// image share their code.
///
/// It is for targets with one thread. A context that a plugin carried to another thread is not
/// detected ([`Host::thread_token`](crate::host::Host::thread_token)).
///
/// ```
/// # use statevec_abi::prelude::*;
/// use statevec_abi::fixed_store::{FixedMemory, FixedStore, FixedStoreError, record_size};
///
/// # #[derive(Record)]
/// # #[record(kind = 1, len = 64, pk(account_id))]
/// # struct Account { #[field(immutable)] account_id: u64, balance: i64 }
/// # schema! { const SCHEMA = { version: "1.0", records: [Account] }; }
/// let mut memory: FixedMemory<32, { record_size(SCHEMA.def) }, 256> = FixedMemory::new();
/// let mut store = FixedStore::new(SCHEMA.def, &mut memory)?;
/// assert!(store.is_empty());
/// // A transaction that is dropped without `commit` changes nothing.
/// drop(store.begin());
/// assert_eq!(store.records(Account::KIND).count(), 0);
/// # Ok::<(), FixedStoreError>(())
/// ```
pub struct FixedStore<'m> {
    schema: &'m SchemaDef<'m>,
    kinds: &'m mut [Kind],
    rows: Rows<'m>,
    undo: UndoLog<'m>,
    events: EventList<'m>,
    /// The buffer for a new record before it is checked and stored.
    staged: &'m mut [u8],
    /// True if a transaction is running.
    open: bool,
}

/// A record in the store's memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'s> {
    /// Its number.
    pub sys_id: SysId,
    /// Its data, in the schema's layout.
    pub data: &'s [u8],
}

impl<'m> FixedStore<'m> {
    /// Begins a transaction. Dropping it undoes what it did; [`commit`](Transaction::commit) keeps
    /// it.
    pub fn begin(&mut self) -> Transaction<'_, 'm> {
        Transaction::begin(self)
    }

    /// The events of the last transaction, in the order of their emission; none when it was rolled
    /// back.
    #[must_use]
    pub fn events(&self) -> Events<'_> {
        self.events.iter()
    }

    /// The records of a kind, in ascending order of their numbers; none when there is no such kind.
    pub fn records(&self, kind: RecordKind) -> impl Iterator<Item = Record<'_>> {
        let size = self.record_def(kind).map_or(0, layout::data_size);
        let slots = self.rows.of_kind(kind).iter();
        slots.map(move |slot| Record {
            sys_id: self.rows.key(*slot).sys_id,
            data: self.rows.row(*slot).get(..size).unwrap_or_default(),
        })
    }

    /// The data of a record.
    #[must_use]
    pub fn get(&self, kind: RecordKind, sys_id: SysId) -> Option<&[u8]> {
        let record = self.record_def(kind)?;
        let slot = self.rows.find(RecordKey { kind, sys_id })?;
        Some(layout::data_of(record, self.rows.row(slot)))
    }

    /// The record of a primary key, encoded as ABI.md section 5 says.
    #[must_use]
    pub fn get_by_pk(&self, kind: RecordKind, pk: &[u8]) -> Option<Record<'_>> {
        let (position, record) = self.record_kind(kind)?;
        self.kinds.get(position).filter(|kind| record.has_pk && kind.pk_len == pk.len())?;
        let slot = self.rows.find_pk(kind, layout::data_size(record), pk)?;
        let data = layout::data_of(record, self.rows.row(slot));
        Some(Record { sys_id: self.rows.key(slot).sys_id, data })
    }

    /// How many records of a kind there are.
    #[must_use]
    pub fn len(&self, kind: RecordKind) -> usize {
        self.rows.of_kind(kind).len()
    }

    /// Returns true if there is no record of any kind.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows.len() == 0
    }

    /// The number that the next record of a kind gets; `None` when there is no such kind.
    #[must_use]
    pub fn next_sys_id(&self, kind: RecordKind) -> Option<SysId> {
        let (position, _) = self.record_kind(kind)?;
        self.kinds.get(position).map(|kind| kind.next_id)
    }

    /// The digest of all records and next sys_ids. A server's store in the same state has the same.
    ///
    /// It reads all records. [`StateDigest::apply`] keeps a digest up to date in time proportional
    /// to a transaction's changes.
    #[must_use]
    pub fn digest(&self) -> StateDigest {
        let mut digest = StateDigest::EMPTY;
        for (record, kind) in self.schema.records.iter().zip(&*self.kinds) {
            digest.set_next_sys_id(record.kind, 1, kind.next_id);
            for Record { sys_id, data } in self.records(record.kind) {
                digest.add_record(RecordKey { kind: record.kind, sys_id }, data);
            }
        }
        digest
    }

    /// The position of a kind in the schema, and its definition.
    fn record_kind(&self, kind: RecordKind) -> Option<(usize, &'m RecordDef<'m>)> {
        let mut records = self.schema.records.iter().enumerate();
        records.find(|(_, record)| record.kind == kind)
    }

    fn record_def(&self, kind: RecordKind) -> Option<&'m RecordDef<'m>> {
        self.record_kind(kind).map(|(_, record)| record)
    }
}

impl fmt::Debug for FixedStore<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FixedStore").field("records", &self.rows.len()).finish_non_exhaustive()
    }
}
