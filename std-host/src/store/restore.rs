//! Records that come from a checkpoint or a log instead of a plugin.

mod error;
mod table;

use statevec_abi::{
    abi::{RecordKey, RecordKind, SysId},
    txlog::{Change, EntryChange, StateDigest},
};

use super::{Store, StoreLimits, table::RecordTable};

pub use error::RestoreError;

/// Fills a store with records from a checkpoint and with logged changes, and keeps the digest of
/// the state.
///
/// No plugin runs. Limits do not apply: they held when the transactions ran.
///
/// ```
/// # use statevec_abi::{abi::RecordKey, schema::Version, txlog::EntryChange};
/// # use statevec_abi_alloc::schema::{RecordDefinition, SchemaRegistry};
/// use statevec_host::{Store, store::Restorer};
/// # let record = RecordDefinition {
/// #     kind: 1, name: "Blob".into(), is_pk_idx: false, support_range_scan: false, data_size: 8, version: 1,
/// #     has_pk_encoder: false, fields: (&[]).into(), reserved_fields: (&[]).into(), pk_fields: (&[]).into(),
/// # };
/// # let schema = SchemaRegistry::with_records(Version::new(1, 0), &[record])?.into();
/// let mut restorer = Restorer::new(Store::new(schema)?);
/// restorer.record(RecordKey { kind: 1, sys_id: 4 }, &[0; 8])?;
/// restorer.next_sys_id(1, 9)?;
/// let key = RecordKey { kind: 1, sys_id: 4 };
/// restorer.apply(&EntryChange::Updated { key, offset: 2, bytes: &[7] })?;
/// let store = restorer.into_store();
/// assert_eq!(store.get(1, 4), Some(&[0, 0, 7, 0, 0, 0, 0, 0][..]));
/// assert_eq!(store.next_sys_id(1), Some(9));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Restorer {
    store: Store,
    /// Counts every record; the next number of the kind that is being filled may be an earlier one.
    digest: StateDigest,
    /// The kind that records are being added to, and its next number as the digest counts it.
    /// Changing that with every record would cost more than the record.
    filling: Option<(RecordKind, SysId)>,
    /// A record's data before a change.
    before: Vec<u8>,
    /// Primary keys of records to come.
    keys: Vec<u8>,
}

impl Restorer {
    /// Begins with the records of a store, usually none.
    #[must_use]
    pub fn new(store: Store) -> Self {
        let digest = store.digest();
        Self { store, digest, filling: None, before: Vec::new(), keys: Vec::new() }
    }

    /// Makes room for more records of a kind, so that restoring them allocates nothing.
    ///
    /// # Errors
    ///
    /// There is no such kind, or no memory.
    pub fn reserve(&mut self, kind: RecordKind, records: usize) -> Result<(), RestoreError> {
        let table = table(&mut self.store, kind)?;
        table.reserve(records).map_err(|_| RestoreError::Memory { record: name(table) })
    }

    /// Makes adding records faster, by the data of those that are added next. Some dozens at a time
    /// are best. Returns how many there are.
    pub(crate) fn expect<'r>(
        &mut self,
        kind: RecordKind,
        records: impl Iterator<Item = &'r [u8]>,
    ) -> usize {
        match table(&mut self.store, kind) {
            Ok(table) => table.expect(records, &mut self.keys),
            // Adding them fails.
            Err(_) => 0,
        }
    }

    /// Adds a record. Records of a kind come in ascending order of their numbers.
    ///
    /// # Errors
    ///
    /// The record does not fit the schema or contradicts those that are there.
    pub fn record(&mut self, key: RecordKey, data: &[u8]) -> Result<(), RestoreError> {
        if self.filling.is_none_or(|(kind, _)| kind != key.kind) {
            self.settle();
            let next = table(&mut self.store, key.kind)?.next_id();
            self.filling = Some((key.kind, next));
        }
        let table = table(&mut self.store, key.kind)?;
        table.restore_created(key.sys_id, data).map_err(|what| conflict(table, key, what))?;
        self.digest.add_record(key, data);
        Ok(())
    }

    /// Raises the number that the next record of a kind gets.
    ///
    /// # Errors
    ///
    /// There is no such kind, or numbers from there on are used.
    pub fn next_sys_id(&mut self, kind: RecordKind, next: SysId) -> Result<(), RestoreError> {
        self.settle();
        let table = table(&mut self.store, kind)?;
        let before = table.next_id();
        let key = RecordKey { kind, sys_id: next };
        table.raise_next_id(next).map_err(|what| conflict(table, key, what))?;
        self.digest.set_next_sys_id(kind, before, next);
        Ok(())
    }

    /// Applies a logged change.
    ///
    /// # Errors
    ///
    /// The change does not fit the schema or contradicts the records that are there. Nothing has
    /// changed then.
    pub fn apply(&mut self, change: &EntryChange<'_>) -> Result<(), RestoreError> {
        self.settle();
        self.store.apply_logged(change, &mut self.digest, &mut self.before)
    }

    /// The digest of the state.
    #[must_use]
    pub fn digest(&self) -> StateDigest {
        let mut digest = self.digest;
        if let Some((kind, counted)) = self.filling {
            let next = self.store.next_sys_id(kind).unwrap_or(counted);
            digest.set_next_sys_id(kind, counted, next);
        }
        digest
    }

    /// Counts the next number of the kind that was filled.
    fn settle(&mut self) {
        if self.filling.is_some() {
            self.digest = self.digest();
            self.filling = None;
        }
    }

    /// The records.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Gives back the store.
    #[must_use]
    pub fn into_store(self) -> Store {
        self.store
    }
}

impl Store {
    /// Applies a logged change outside of a transaction, and keeps a digest up to date. `before` is
    /// memory for a record's data before the change.
    pub(crate) fn apply_logged(
        &mut self,
        change: &EntryChange<'_>,
        digest: &mut StateDigest,
        before: &mut Vec<u8>,
    ) -> Result<(), RestoreError> {
        let key = change.key();
        let table = table(self, key.kind)?;
        let result = match *change {
            EntryChange::Created { data, .. } => table
                .restore_next_created(key.sys_id, data)
                .map(|()| digest.apply(&Change::Created { key, data })),
            EntryChange::Updated { offset, bytes, .. } => table
                .restore_updated(key.sys_id, offset as usize, bytes, before)
                .map(|new| digest.apply(&Change::Updated { key, old: before, new })),
            EntryChange::Deleted { .. } => table
                .restore_deleted(key.sys_id, before)
                .map(|()| digest.apply(&Change::Deleted { key, old: before })),
            EntryChange::CreatedAndDeleted { .. } => table
                .restore_skipped(key.sys_id)
                .map(|()| digest.apply(&Change::CreatedAndDeleted { key })),
        };
        result.map_err(|what| conflict(table, key, what))
    }

    /// Replaces the limits, between two transactions.
    pub(crate) fn set_limits(&mut self, limits: StoreLimits) {
        self.limits = limits;
    }
}

fn table(store: &mut Store, kind: RecordKind) -> Result<&mut RecordTable, RestoreError> {
    let position = store.tables.position(kind);
    store.tables.at_mut(position).ok_or(RestoreError::UnknownKind { kind })
}

fn name(table: &RecordTable) -> String {
    table.layout().name().into()
}

#[cold]
fn conflict(table: &RecordTable, key: RecordKey, what: &'static str) -> RestoreError {
    RestoreError::Conflict { record: name(table), sys_id: key.sys_id, what }
}
