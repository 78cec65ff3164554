//! The store as a plugin's host: checks each call, and keeps an undo step before each write.

use super::{
    FixedStore, key,
    layout::{data_of, data_size, frozen_change},
    refusal,
    rows::{Slot, copy},
    undo::Step,
};
use crate::{
    abi::{RecordKey, RecordKind, SysId},
    boundary::{ErrorSlot, TxResult},
    host::{BytesMutVisitor, BytesVisitor, Host, KeyVisitor, refusal as host_refusal},
    schema::RecordDef,
};

impl Host for FixedStore<'_> {
    fn key_len(&self, kind: RecordKind) -> Option<usize> {
        let (position, record) = self.record_kind(kind)?;
        let kind = self.kinds.get(position).filter(|_| record.has_pk)?;
        Some(kind.pk_len)
    }

    fn read_by_id<'e>(
        &self,
        kind: RecordKind,
        sys_id: SysId,
        visitor: BytesVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        let (_, record) = self.known(kind, error)?;
        Ok(self.lend(record, self.rows.find(RecordKey { kind, sys_id }), visitor))
    }

    fn read_by_pk<'e>(
        &self,
        kind: RecordKind,
        pk: &[u8],
        visitor: BytesVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        let (_, record) = self.known(kind, error)?;
        Ok(self.lend(record, self.rows.find_pk(kind, data_size(record), pk), visitor))
    }

    fn create<'e>(
        &mut self,
        kind: RecordKind,
        init: BytesMutVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, RecordKey> {
        let (position, record) = self.writable(kind, error)?;
        // A full store refuses before the plugin fills the record, as the server's store does.
        let next = self.kinds.get_mut(position).filter(|kind| kind.next_id < SysId::MAX);
        let Some(next) = next else { return Err(refusal::numbers_used_up(record, error)) };
        if self.rows.len() >= self.rows.capacity() {
            return Err(refusal::records_full(record, self.rows.capacity(), error));
        }
        if self.undo.is_full() {
            return Err(refusal::changes_full(record, self.undo.capacity(), error));
        }

        self.staged.fill(0);
        let (data, rest) = split(self.staged, record);
        init.visit(data);
        let pk = rest.get_mut(..next.pk_len).unwrap_or_default();
        key::write(record, data, pk);
        if record.has_pk && self.rows.find_pk(kind, data_size(record), pk).is_some() {
            return Err(host_refusal::duplicate_key(record.name, key::fields(record), pk, error));
        }
        let key = RecordKey { kind, sys_id: next.next_id };
        next.next_id += 1;
        self.rows.insert(key, self.staged);
        self.undo.push(Step::Create, key, &[]);
        Ok(key)
    }

    fn update_by_pk<'e>(
        &mut self,
        kind: RecordKind,
        pk: &[u8],
        update: BytesMutVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        let (_, record) = self.writable(kind, error)?;
        let Some(slot) = self.rows.find_pk(kind, data_size(record), pk) else {
            return Ok(false);
        };
        let key = self.rows.key(slot);
        let is_first = !self.undo.covers(key);
        if is_first && self.undo.is_full() {
            return Err(refusal::changes_full(record, self.undo.capacity(), error));
        }

        let row = self.rows.row_mut(slot);
        copy(self.staged, row);
        update.visit(split(self.staged, record).0);
        if let Some(field) = frozen_change(record, row, self.staged) {
            return Err(host_refusal::frozen_field(
                record.name,
                field,
                key::fields(record),
                pk,
                error,
            ));
        }
        if is_first {
            self.undo.push(Step::Update, key, row);
        }
        copy(row, self.staged);
        Ok(true)
    }

    fn delete_by_pk<'e>(
        &mut self,
        kind: RecordKind,
        pk: &[u8],
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        let (_, record) = self.writable(kind, error)?;
        let Some(slot) = self.rows.find_pk(kind, data_size(record), pk) else {
            return Ok(false);
        };
        if self.undo.is_full() {
            return Err(refusal::changes_full(record, self.undo.capacity(), error));
        }
        let key = self.rows.key(slot);
        self.undo.push(Step::Delete, key, self.rows.row(slot));
        self.rows.remove(key);
        Ok(true)
    }

    fn emit_event<'e>(&mut self, kind: u8, payload: &[u8], error: ErrorSlot<'e>) -> TxResult<'e> {
        if !self.open {
            return Err(host_refusal::no_transaction(error));
        }
        if !self.schema.events.iter().any(|event| event.kind == kind) {
            return Err(host_refusal::no_event_kind(kind, error));
        }
        let pushed = self.events.push(kind, payload);
        pushed.map_err(|no_room| refusal::events_full(payload.len(), &no_room, error))
    }

    fn for_each_key<'e>(
        &self,
        kind: RecordKind,
        mut visitor: KeyVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e> {
        self.known(kind, error)?;
        for slot in self.rows.of_kind(kind) {
            visitor.visit(self.rows.key(*slot));
        }
        Ok(())
    }
}

impl<'m> FixedStore<'m> {
    /// The position of a kind in the schema, and its definition.
    fn known<'e>(
        &self,
        kind: RecordKind,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, (usize, &'m RecordDef<'m>)> {
        let known = self.record_kind(kind);
        known.ok_or_else(|| host_refusal::no_record_kind(kind, error))
    }

    /// [`known`](Self::known), in a transaction.
    fn writable<'e>(
        &self,
        kind: RecordKind,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, (usize, &'m RecordDef<'m>)> {
        if !self.open {
            return Err(host_refusal::no_transaction(error));
        }
        self.known(kind, error)
    }

    fn lend(&self, record: &RecordDef<'_>, slot: Option<Slot>, visitor: BytesVisitor<'_>) -> bool {
        let Some(slot) = slot else { return false };
        visitor.visit(data_of(record, self.rows.row(slot)));
        true
    }
}

/// Splits a row into the data and the rest.
fn split<'r>(row: &'r mut [u8], record: &RecordDef<'_>) -> (&'r mut [u8], &'r mut [u8]) {
    row.split_at_mut_checked(data_size(record)).unwrap_or_default()
}
