//! The store as plugins see it.

use super::{
    FixedStore,
    changes::Step,
    key,
    layout::{data_size, frozen_change},
    refusal,
    rows::{Slot, copy},
};
use crate::{
    abi::{RecordKey, RecordKind, SysId},
    error_slot::{ErrorSlot, Rejected},
    host::{BytesMutVisitor, BytesVisitor, Host, KeyVisitor},
    schema::RecordDef,
};

impl Host for FixedStore<'_> {
    fn key_len(&self, kind: RecordKind) -> Option<usize> {
        key::len(self.record_def(kind)?)
    }

    fn read_by_id<'e>(
        &self,
        kind: RecordKind,
        sys_id: SysId,
        visitor: BytesVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> Result<bool, Rejected<'e>> {
        let (_, record) = self.known(kind, error)?;
        Ok(self.lend(record, self.rows.find(RecordKey { kind, sys_id }), visitor))
    }

    fn read_by_pk<'e>(
        &self,
        kind: RecordKind,
        pk: &[u8],
        visitor: BytesVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> Result<bool, Rejected<'e>> {
        let (_, record) = self.known(kind, error)?;
        Ok(self.lend(record, self.rows.find_pk(record, pk), visitor))
    }

    fn create<'e>(
        &mut self,
        kind: RecordKind,
        init: BytesMutVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> Result<RecordKey, Rejected<'e>> {
        let (position, record) = self.writable(kind, error)?;
        let sys_id = self.rows.next_id(position).unwrap_or(SysId::MAX);
        if self.rows.len() == self.rows.capacity() || sys_id == SysId::MAX {
            return Err(refusal::records_full(record, self.rows.capacity(), error));
        }
        self.room_for_change(record, error)?;

        let data = self.staged.get_mut(..data_size(record)).unwrap_or_default();
        data.fill(0);
        init.visit(data);
        if record.has_pk && self.rows.find_same_pk(record, data).is_some() {
            return Err(refusal::exists(record, data, error));
        }
        let key = RecordKey { kind, sys_id };
        self.rows.insert(key, record, data);
        self.rows.set_next_id(position, sys_id + 1);
        self.changes.push(Step::Create, key, &[]);
        Ok(key)
    }

    fn update_by_pk<'e>(
        &mut self,
        kind: RecordKind,
        pk: &[u8],
        update: BytesMutVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> Result<bool, Rejected<'e>> {
        let (_, record) = self.writable(kind, error)?;
        let Some(slot) = self.rows.find_pk(record, pk) else {
            return Ok(false);
        };
        let key = self.rows.key(slot);
        let is_first = !self.changes.covers(key);
        if is_first {
            self.room_for_change(record, error)?;
        }

        let size = data_size(record);
        let data = self.rows.data_mut(slot, size);
        let new = self.staged.get_mut(..size).unwrap_or_default();
        copy(new, data);
        update.visit(new);
        if let Some(field) = frozen_change(record, data, new) {
            return Err(refusal::frozen(record, field, data, error));
        }
        if is_first {
            self.changes.push(Step::Update, key, data);
        }
        copy(data, new);
        Ok(true)
    }

    fn delete_by_pk<'e>(
        &mut self,
        kind: RecordKind,
        pk: &[u8],
        error: ErrorSlot<'e>,
    ) -> Result<bool, Rejected<'e>> {
        let (_, record) = self.writable(kind, error)?;
        let Some(slot) = self.rows.find_pk(record, pk) else {
            return Ok(false);
        };
        self.room_for_change(record, error)?;
        let key = self.rows.key(slot);
        self.changes.push(Step::Delete, key, self.rows.data(slot, data_size(record)));
        self.rows.remove(key);
        Ok(true)
    }

    fn emit_event<'e>(
        &mut self,
        kind: u8,
        payload: &[u8],
        error: ErrorSlot<'e>,
    ) -> Result<(), Rejected<'e>> {
        if !self.open {
            return Err(refusal::no_transaction(error));
        }
        if !self.schema.events.iter().any(|event| event.kind == kind) {
            return Err(refusal::no_event_kind(kind, error));
        }
        let pushed = self.events.push(kind, payload);
        pushed.map_err(|no_room| refusal::events_full(payload.len(), &no_room, error))
    }

    fn for_each_key<'e>(
        &self,
        kind: RecordKind,
        mut visitor: KeyVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> Result<(), Rejected<'e>> {
        self.known(kind, error)?;
        for slot in self.rows.of_kind(kind) {
            visitor.visit(self.rows.key(slot));
        }
        Ok(())
    }
}

impl<'m> FixedStore<'m> {
    /// Where the schema lists a kind, and what it says of it.
    fn known<'e>(
        &self,
        kind: RecordKind,
        error: ErrorSlot<'e>,
    ) -> Result<(usize, &'m RecordDef<'m>), Rejected<'e>> {
        let known = self.record_kind(kind);
        known.ok_or_else(|| refusal::no_record_kind(kind, error))
    }

    /// [`known`](Self::known), in a transaction.
    fn writable<'e>(
        &self,
        kind: RecordKind,
        error: ErrorSlot<'e>,
    ) -> Result<(usize, &'m RecordDef<'m>), Rejected<'e>> {
        if !self.open {
            return Err(refusal::no_transaction(error));
        }
        self.known(kind, error)
    }

    /// That one more record can be changed in this transaction.
    fn room_for_change<'e>(
        &self,
        record: &RecordDef<'_>,
        error: ErrorSlot<'e>,
    ) -> Result<(), Rejected<'e>> {
        if self.changes.is_full() {
            return Err(refusal::changes_full(record, self.changes.capacity(), error));
        }
        Ok(())
    }

    fn lend(&self, record: &RecordDef<'_>, slot: Option<Slot>, visitor: BytesVisitor<'_>) -> bool {
        let Some(slot) = slot else { return false };
        visitor.visit(self.rows.data(slot, data_size(record)));
        true
    }
}
