//! The store as a plugin's host. Once buffers have grown, nothing is allocated here, on the error
//! paths either.

use std::ptr;

use statevec_abi::{
    abi::{
        RecordKey, RecordKind, SysId,
        runtime_error_kind::{HOST_INTERNAL_ERROR, HOST_REJECTED},
    },
    boundary::{ErrorSlot, ErrorWritten, TxResult},
    host::{BytesMutVisitor, BytesVisitor, Host, KeyVisitor, refusal},
};

use super::{
    Store,
    table::{CreateError, RecordTable},
    undo::{ENTRY_BYTES, Step, Undo},
};

/// Bytes of debug messages that are kept per transaction.
const LOG_BYTES: usize = 1 << 20;

impl Host for Store {
    #[inline]
    fn thread_token() -> usize {
        thread_local! {
            static HERE: u64 = const { 0 };
        }
        // Each live thread has its own copy. Their addresses differ above the two lowest bits.
        HERE.with(|here| ptr::from_ref(here).addr())
    }

    #[inline]
    fn key_len(&self, kind: RecordKind) -> Option<usize> {
        Some(self.tables.get(kind)?.layout().pk()?.pk_len())
    }

    #[inline]
    fn read_by_id<'e>(
        &self,
        kind: RecordKind,
        sys_id: SysId,
        visitor: BytesVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        let table = self.table(kind, error)?;
        let Some(slot) = table.find_by_id(sys_id) else { return Ok(false) };
        visitor.visit(table.data(slot));
        Ok(true)
    }

    #[inline]
    fn read_by_pk<'e>(
        &self,
        kind: RecordKind,
        pk: &[u8],
        visitor: BytesVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        let table = self.table(kind, error)?;
        let Some(place) = table.find_place(pk) else { return Ok(false) };
        visitor.visit(table.data_at(place));
        Ok(true)
    }

    #[inline]
    fn create<'e>(
        &mut self,
        kind: RecordKind,
        init: BytesMutVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, RecordKey> {
        self.take_room(0, error)?;
        // Adding the undo step must not fail once the record exists.
        if self.undo.reserve_entry().is_err() {
            return Err(self.no_memory(error));
        }
        let limit = self.limits.records_per_kind;
        let position = self.tables.position(kind);
        let Some(table) = self.tables.at_mut(position) else {
            return Err(refusal::no_record_kind(kind, error));
        };
        match table.create(limit, |data| init.visit(data)) {
            Ok((sys_id, claimed)) => {
                self.undo.push_tag(Undo { table: position, step: Step::Create(claimed) });
                Ok(RecordKey { kind, sys_id })
            }
            Err(reason) => Err(self.not_created(kind, &reason, error)),
        }
    }

    #[inline]
    fn update_by_pk<'e>(
        &mut self,
        kind: RecordKind,
        pk: &[u8],
        update: BytesMutVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        let position = self.tables.position(kind);
        let Some(table) = self.tables.at_mut(position) else {
            return Err(refusal::no_record_kind(kind, error));
        };
        let taken = table.layout().update_bytes();
        let Some(room) = self.room.checked_sub(taken) else { return Err(self.no_room(error)) };
        self.room = room;
        let Some(place) = table.find_place(pk) else { return Ok(false) };
        let (layout, data) = table.layout_and_data_mut(place);
        let step = Undo { table: position, step: Step::Update(place.slot) };
        let Ok(old) = self.undo.try_push(step, data) else { return Err(self.no_memory(error)) };
        update.visit(data);
        if let Some(field) = layout.frozen_change(old, data) {
            let field = (field.role(), field.name());
            let refused =
                refusal::frozen_field(layout.name(), field, layout.key_fields(), pk, error);
            self.undo.pop(|_, old| data.copy_from_slice(old));
            return Err(refused);
        }
        Ok(true)
    }

    #[inline]
    fn delete_by_pk<'e>(
        &mut self,
        kind: RecordKind,
        pk: &[u8],
        error: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        self.take_room(0, error)?;
        if self.undo.reserve_entry().is_err() {
            return Err(self.no_memory(error));
        }
        let position = self.tables.position(kind);
        let Some(table) = self.tables.at_mut(position) else {
            return Err(refusal::no_record_kind(kind, error));
        };
        let Some(slot) = table.delete(pk) else { return Ok(false) };
        self.undo.push_tag(Undo { table: position, step: Step::Delete(slot) });
        self.has_deleted = true;
        Ok(true)
    }

    #[inline]
    fn emit_event<'e>(&mut self, kind: u8, payload: &[u8], error: ErrorSlot<'e>) -> TxResult<'e> {
        self.take_room(payload.len(), error)?;
        if !self.has_event[usize::from(kind)] {
            return Err(refusal::no_event_kind(kind, error));
        }
        match self.events.try_push(kind, payload) {
            Ok(_) => Ok(()),
            Err(_) => Err(self.no_memory(error)),
        }
    }

    fn for_each_key<'e>(
        &self,
        kind: RecordKind,
        mut visitor: KeyVisitor<'_>,
        error: ErrorSlot<'e>,
    ) -> TxResult<'e> {
        for sys_id in self.table(kind, error)?.ids() {
            visitor.visit(RecordKey { kind, sys_id });
        }
        Ok(())
    }

    /// Keeps the message for [`Store::log`] while there is room. Debug messages are no part of the
    /// outcome, so too many of them are no error.
    fn debug_log<'e>(&mut self, message: &[u8], _error: ErrorSlot<'e>) -> TxResult<'e> {
        let size = self.log.size().saturating_add(message.len());
        if self.open && size <= LOG_BYTES {
            // A message for which there is no memory is left out.
            let _left_out = self.log.try_push((), message);
        }
        Ok(())
    }
}

impl Store {
    #[inline]
    fn table<'e>(&self, kind: RecordKind, error: ErrorSlot<'e>) -> TxResult<'e, &RecordTable> {
        self.tables.get(kind).ok_or_else(|| refusal::no_record_kind(kind, error))
    }

    /// Takes room from the running transaction. A write that is refused later does not give it
    /// back.
    #[inline]
    fn take_room<'e>(&mut self, size: usize, error: ErrorSlot<'e>) -> TxResult<'e> {
        match self.room.checked_sub(size.saturating_add(ENTRY_BYTES)) {
            Some(room) => {
                self.room = room;
                Ok(())
            }
            None => Err(self.no_room(error)),
        }
    }

    #[cold]
    fn not_created<'e>(
        &mut self,
        kind: RecordKind,
        reason: &CreateError,
        error: ErrorSlot<'e>,
    ) -> ErrorWritten<'e> {
        let limit = self.limits.records_per_kind;
        let Some(table) = self.tables.get(kind) else {
            return refusal::no_record_kind(kind, error);
        };
        let name = table.layout().name();
        match *reason {
            CreateError::Full => error.fail(
                HOST_REJECTED,
                format_args!("{name} is full: the store takes {limit} records of a kind"),
            ),
            CreateError::Memory => self.no_memory(error),
            CreateError::Duplicate(other) => {
                refusal::duplicate_key(name, table.layout().key_fields(), table.key(other), error)
            }
        }
    }

    /// Notes the failed allocation: the plugin may report an error of its own, or ignore this one.
    #[cold]
    fn no_memory<'e>(&mut self, error: ErrorSlot<'e>) -> ErrorWritten<'e> {
        self.ran_out_of_memory = true;
        error.fail(HOST_INTERNAL_ERROR, format_args!("the host has no memory left"))
    }

    #[cold]
    fn no_room<'e>(&self, error: ErrorSlot<'e>) -> ErrorWritten<'e> {
        if !self.open {
            return refusal::no_transaction(error);
        }
        let limit = self.limits.transaction_bytes;
        error.fail(
            HOST_REJECTED,
            format_args!(
                "the transaction is full: its events and undo steps may take {limit} bytes"
            ),
        )
    }
}
