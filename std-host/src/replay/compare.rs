//! Compares a transaction that is about to be committed with its recorded entry.

use std::collections::{BTreeMap, TryReserveError};

use statevec_abi::{
    abi::{RecordKey, RecordKind, SysId},
    txlog::{Change, EntryChange, StateDigest, TransactionEntry},
};

use super::Difference;
use crate::Transaction;

/// The first difference. `before` is the digest of the state before the transaction.
pub(super) fn compare(
    transaction: &mut Transaction<'_>,
    entry: &TransactionEntry<'_>,
    before: StateDigest,
) -> Result<Option<Difference>, TryReserveError> {
    if let Some(difference) = compare_events(transaction, entry) {
        return Ok(Some(difference));
    }
    let changes = transaction.changes()?;
    let mut digest = before;
    for change in changes.clone() {
        digest.apply(&change);
    }
    if !changes.clone().map(EntryChange::from).eq(entry.changes) {
        // Another order of the same changes is no difference: the records decide.
        let touched = changes.map(|change| (place(change.key()), BeforeAfter::of(&change)));
        let touched: BTreeMap<_, _> = touched.collect();
        if let Some(difference) = compare_records(transaction, entry, &touched) {
            return Ok(Some(difference));
        }
    }
    let (recorded, replayed) = (entry.digest, digest);
    Ok((recorded != replayed).then_some(Difference::Digest { recorded, replayed }))
}

fn compare_events(
    transaction: &Transaction<'_>,
    entry: &TransactionEntry<'_>,
) -> Option<Difference> {
    let mut replayed = transaction.events().map(|event| (event.kind, event.payload));
    let mut recorded = entry.events.map(|event| (event.kind, event.payload));
    for place in 1.. {
        let (recorded, replayed) = (recorded.next(), replayed.next());
        if recorded != replayed {
            let owned =
                |event: Option<(u8, &[u8])>| event.map(|(kind, payload)| (kind, payload.into()));
            let (recorded, replayed) = (owned(recorded), owned(replayed));
            return Some(Difference::Event { place, recorded, replayed });
        }
        recorded?;
    }
    None
}

type Place = (RecordKind, SysId);

fn place(key: RecordKey) -> Place {
    (key.kind, key.sys_id)
}

/// A record that the transaction touched.
struct BeforeAfter {
    before: Option<Vec<u8>>,
    after: Option<Vec<u8>>,
}

impl BeforeAfter {
    fn of(change: &Change<'_>) -> Self {
        let (before, after) = match *change {
            Change::Created { data, .. } => (None, Some(data)),
            Change::Updated { old, new, .. } => (Some(old), Some(new)),
            Change::Deleted { old, .. } => (Some(old), None),
            Change::CreatedAndDeleted { .. } => (None, None),
        };
        Self { before: before.map(Into::into), after: after.map(Into::into) }
    }
}

fn compare_records(
    transaction: &Transaction<'_>,
    entry: &TransactionEntry<'_>,
    touched: &BTreeMap<Place, BeforeAfter>,
) -> Option<Difference> {
    let mut recorded = BTreeMap::new();
    for change in entry.changes {
        let key = change.key();
        let (before, replayed) = match touched.get(&place(key)) {
            Some(touched) => (touched.before.clone(), touched.after.clone()),
            None => {
                let data = transaction.get(key.kind, key.sys_id).map(<[u8]>::to_vec);
                (data.clone(), data)
            }
        };
        let after = match change {
            EntryChange::Created { data, .. } => Some(data.to_vec()),
            EntryChange::Updated { offset, bytes, .. } => {
                before.map(|before| patched(before, offset, bytes))
            }
            EntryChange::Deleted { .. } | EntryChange::CreatedAndDeleted { .. } => None,
        };
        if after != replayed {
            return Some(Difference::Record { key, recorded: after, replayed });
        }
        recorded.insert(place(key), ());
    }
    // Records that were not touched then have the data from before.
    let (place, extra) = touched.iter().find(|(place, touched)| {
        !recorded.contains_key(*place) && touched.before != touched.after
    })?;
    let key = RecordKey { kind: place.0, sys_id: place.1 };
    let (recorded, replayed) = (extra.before.clone(), extra.after.clone());
    Some(Difference::Record { key, recorded, replayed })
}

/// A record's data with other bytes from an offset on.
fn patched(mut data: Vec<u8>, offset: u32, bytes: &[u8]) -> Vec<u8> {
    let start = offset as usize;
    let end = start.saturating_add(bytes.len());
    match data.get_mut(start..end) {
        Some(place) => place.copy_from_slice(bytes),
        // The plugin of the log had longer records; the lengths show the difference.
        None => data = bytes.into(),
    }
    data
}
