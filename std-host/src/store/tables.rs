//! The tables of a store.

use statevec_abi::abi::RecordKind;
use statevec_abi_alloc::schema::SchemaRegistry;

use super::{StoreError, table::RecordTable};

/// One table for each record kind, in ascending order of the kinds.
#[derive(Debug)]
pub(super) struct RecordTables {
    tables: Vec<RecordTable>,
    /// By record kind: the position of its table, or [`NOWHERE`].
    positions: [u8; 256],
}

/// There are at most 255 tables, because kind 0 is reserved.
const NOWHERE: u8 = u8::MAX;

impl RecordTables {
    pub(super) fn new(schema: &SchemaRegistry) -> Result<Self, StoreError> {
        let mut all = Self { tables: Vec::new(), positions: [NOWHERE; 256] };
        for (position, record) in (0..NOWHERE).zip(schema.record_defs()) {
            all.tables.push(RecordTable::new(record, schema.pk_layout(record.kind).cloned())?);
            all.positions[usize::from(record.kind)] = position;
        }
        Ok(all)
    }

    #[inline]
    pub(super) fn get(&self, kind: RecordKind) -> Option<&RecordTable> {
        self.tables.get(usize::from(self.position(kind)))
    }

    /// Position of the table of a kind, for [`at_mut`](Self::at_mut).
    #[inline]
    pub(super) fn position(&self, kind: RecordKind) -> u8 {
        self.positions[usize::from(kind)]
    }

    pub(super) fn at(&self, position: u8) -> Option<&RecordTable> {
        self.tables.get(usize::from(position))
    }

    #[inline]
    pub(super) fn at_mut(&mut self, position: u8) -> Option<&mut RecordTable> {
        self.tables.get_mut(usize::from(position))
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut RecordTable> {
        self.tables.iter_mut()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &RecordTable> {
        self.tables.iter()
    }
}
