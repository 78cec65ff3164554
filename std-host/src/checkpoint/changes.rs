//! The net changes of a part of the log, record by record.

use std::collections::BTreeMap;

use statevec_abi::abi::{RecordKind, SysId};

/// Changes collected from entries, one net change per record, in order of kind and number.
#[derive(Debug, Default)]
pub struct NetChanges {
    records: BTreeMap<(RecordKind, SysId), NetChange>,
    next_sys_ids: BTreeMap<RecordKind, SysId>,
    bytes: usize,
}

/// Everything that happened to one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NetChange {
    /// It was created, and has this data.
    Created(Vec<u8>),
    /// These bytes were replaced, in this order.
    Patched(Vec<(usize, Vec<u8>)>),
    Deleted,
}

/// A change that does not fit the changes before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("record {sys_id} of kind {kind} {what}")]
pub struct ChangeConflict {
    /// The record's kind.
    pub kind: RecordKind,
    /// The record's number.
    pub sys_id: SysId,
    /// The conflict.
    pub what: &'static str,
}

/// Memory of a change without its bytes, approximately.
const OVERHEAD: usize = 96;

impl NetChanges {
    /// No changes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How much memory the changes take, approximately.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Adds the creation of a record.
    ///
    /// # Errors
    ///
    /// The record was there before.
    pub fn created(
        &mut self,
        kind: RecordKind,
        sys_id: SysId,
        data: &[u8],
    ) -> Result<(), ChangeConflict> {
        let created = NetChange::Created(data.into());
        if self.records.insert((kind, sys_id), created).is_some() {
            return Err(ChangeConflict { kind, sys_id, what: "was created twice" });
        }
        self.bytes += data.len() + OVERHEAD;
        self.numbered(kind, sys_id.saturating_add(1));
        Ok(())
    }

    /// Adds an update that replaced the bytes from `offset`.
    ///
    /// # Errors
    ///
    /// The record was deleted before, or is shorter.
    pub fn updated(
        &mut self,
        kind: RecordKind,
        sys_id: SysId,
        offset: usize,
        bytes: &[u8],
    ) -> Result<(), ChangeConflict> {
        let conflict = |what| Err(ChangeConflict { kind, sys_id, what });
        let change = self.records.entry((kind, sys_id)).or_insert_with(|| {
            self.bytes += OVERHEAD;
            NetChange::Patched(Vec::new())
        });
        match change {
            NetChange::Created(data) => match data.get_mut(offset..offset + bytes.len()) {
                Some(place) => place.copy_from_slice(bytes),
                None => return conflict("was updated behind its end"),
            },
            NetChange::Patched(patches) => {
                // A record is usually updated in the same fields again and again.
                let same = patches
                    .last_mut()
                    .filter(|(at, patch)| *at == offset && patch.len() == bytes.len());
                match same {
                    Some((_, patch)) => patch.copy_from_slice(bytes),
                    None => {
                        patches.push((offset, bytes.into()));
                        self.bytes += bytes.len() + OVERHEAD;
                    }
                }
            }
            NetChange::Deleted => return conflict("was updated after it was deleted"),
        }
        Ok(())
    }

    /// Adds the deletion of a record.
    ///
    /// # Errors
    ///
    /// The record was deleted before.
    pub fn deleted(&mut self, kind: RecordKind, sys_id: SysId) -> Result<(), ChangeConflict> {
        match self.records.insert((kind, sys_id), NetChange::Deleted) {
            Some(NetChange::Deleted) => {
                Err(ChangeConflict { kind, sys_id, what: "was deleted twice" })
            }
            Some(NetChange::Created(_)) => {
                self.records.remove(&(kind, sys_id));
                Ok(())
            }
            Some(NetChange::Patched(_)) => Ok(()),
            None => {
                self.bytes += OVERHEAD;
                Ok(())
            }
        }
    }

    /// Raises the number that the next record of a kind gets.
    pub fn numbered(&mut self, kind: RecordKind, next_sys_id: SysId) {
        let next = self.next_sys_ids.entry(kind).or_insert(next_sys_id);
        *next = next_sys_id.max(*next);
    }

    pub(super) fn next_sys_ids(&self) -> &BTreeMap<RecordKind, SysId> {
        &self.next_sys_ids
    }

    pub(super) fn into_records(self) -> impl Iterator<Item = ((RecordKind, SysId), NetChange)> {
        self.records.into_iter()
    }
}

impl NetChange {
    /// The record after the change: `None` when it is gone.
    pub(super) fn apply<'r>(
        &'r self,
        before: Option<&[u8]>,
        buffer: &'r mut Vec<u8>,
    ) -> Result<Option<&'r [u8]>, &'static str> {
        match (self, before) {
            (Self::Created(data), None) => Ok(Some(data)),
            (Self::Created(_), Some(_)) => Err("was created although it exists"),
            (Self::Deleted, Some(_)) => Ok(None),
            (Self::Deleted, None) => Err("was deleted although it does not exist"),
            (Self::Patched(_), None) => Err("was updated although it does not exist"),
            (Self::Patched(patches), Some(before)) => {
                buffer.clear();
                buffer.extend_from_slice(before);
                for (offset, patch) in patches {
                    let place = buffer.get_mut(*offset..offset + patch.len());
                    place.ok_or("was updated behind its end")?.copy_from_slice(patch);
                }
                Ok(Some(buffer))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(changes: NetChanges) -> Vec<((RecordKind, SysId), NetChange)> {
        changes.into_records().collect()
    }

    #[test]
    fn record_that_was_created_and_deleted_leaves_its_number_only() {
        let mut changes = NetChanges::new();
        changes.created(1, 5, b"data").unwrap();
        changes.updated(1, 5, 1, b"x").unwrap();
        changes.deleted(1, 5).unwrap();
        assert_eq!(changes.next_sys_ids().get(&1), Some(&6));
        assert_eq!(records(changes), []);
    }

    #[test]
    fn updates_of_a_new_record_are_in_its_data() {
        let mut changes = NetChanges::new();
        changes.created(1, 1, b"data").unwrap();
        changes.updated(1, 1, 2, b"XY").unwrap();
        assert_eq!(records(changes), [((1, 1), NetChange::Created(b"daXY".into()))]);
    }

    #[test]
    fn many_updates_of_the_same_bytes_take_the_room_of_one() {
        let mut changes = NetChanges::new();
        for byte in 0..100 {
            changes.updated(1, 1, 8, &[byte; 8]).unwrap();
        }
        assert!(changes.bytes() < 300, "{}", changes.bytes());
        assert_eq!(records(changes), [((1, 1), NetChange::Patched(vec![(8, vec![99; 8])]))]);
    }

    #[test]
    fn overlapping_updates_are_applied_in_their_order() {
        let mut changes = NetChanges::new();
        for (offset, bytes) in [(0, &b"aaaa"[..]), (2, b"bb"), (3, b"c")] {
            changes.updated(1, 1, offset, bytes).unwrap();
        }
        let (_, change) = records(changes).remove(0);
        let mut buffer = Vec::new();
        assert_eq!(change.apply(Some(b"......"), &mut buffer), Ok(Some(&b"aabc.."[..])));
        assert!(change.apply(Some(b"..."), &mut buffer).is_err());
        assert!(change.apply(None, &mut buffer).is_err());
    }

    #[test]
    fn change_that_does_not_fit_is_refused() {
        let mut changes = NetChanges::new();
        changes.created(1, 1, b"data").unwrap();
        changes.deleted(1, 2).unwrap();
        let error = changes.created(1, 1, b"data").unwrap_err();
        assert_eq!(error.to_string(), "record 1 of kind 1 was created twice");
        assert!(changes.deleted(1, 2).is_err());
        assert!(changes.updated(1, 2, 0, b"x").is_err());
        assert!(changes.updated(1, 1, 4, b"x").is_err());
        assert!(NetChange::Deleted.apply(None, &mut Vec::new()).is_err());
        assert!(NetChange::Created(vec![1]).apply(Some(&[1]), &mut Vec::new()).is_err());
    }
}
