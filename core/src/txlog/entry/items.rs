//! Events and changes in an entry.

use super::{
    super::{Change, EntryError, EntryFault, cursor::Cursor},
    CREATED, CREATED_AND_DELETED, DELETED, END, EVENT, UPDATED,
};
use crate::abi::RecordKey;

/// An event of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryEvent<'a> {
    /// The event's kind.
    pub kind: u8,
    /// The event's payload.
    pub payload: &'a [u8],
}

/// The net effect of a transaction on one record, as much of it as recovery needs. The list is
/// closed: another kind of change would be another version of the log's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryChange<'a> {
    /// The record is new.
    Created {
        /// The record's kind and number.
        key: RecordKey,
        /// Its data.
        data: &'a [u8],
    },
    /// The record has other bytes in one range of its data.
    Updated {
        /// The record's kind and number.
        key: RecordKey,
        /// Offset of the range in the record's data.
        offset: u32,
        /// The bytes of the range, as they are now. The first and the last of them differ from
        /// those before.
        bytes: &'a [u8],
    },
    /// The record is gone.
    Deleted {
        /// The record's kind and number.
        key: RecordKey,
    },
    /// The record was created and deleted. No later record gets its number.
    CreatedAndDeleted {
        /// The record's kind and number.
        key: RecordKey,
    },
}

impl EntryChange<'_> {
    /// The record's kind and number.
    #[must_use]
    pub const fn key(&self) -> RecordKey {
        match *self {
            Self::Created { key, .. }
            | Self::Updated { key, .. }
            | Self::Deleted { key }
            | Self::CreatedAndDeleted { key } => key,
        }
    }
}

impl<'a> From<&EntryEvent<'a>> for EntryEvent<'a> {
    fn from(event: &EntryEvent<'a>) -> Self {
        *event
    }
}

impl<'a> From<&EntryChange<'a>> for EntryChange<'a> {
    fn from(change: &EntryChange<'a>) -> Self {
        *change
    }
}

impl<'a> From<&Change<'a>> for EntryChange<'a> {
    fn from(change: &Change<'a>) -> Self {
        Self::from(*change)
    }
}

impl<'a> From<Change<'a>> for EntryChange<'a> {
    fn from(change: Change<'a>) -> Self {
        match change {
            Change::Created { key, data } => Self::Created { key, data },
            Change::Updated { key, old, new } => {
                let (offset, bytes) = changed_range(old, new);
                Self::Updated { key, offset, bytes }
            }
            Change::Deleted { key, .. } => Self::Deleted { key },
            Change::CreatedAndDeleted { key } => Self::CreatedAndDeleted { key },
        }
    }
}

/// Offset and new bytes of the range from the first byte that differs to the last.
fn changed_range<'a>(old: &[u8], new: &'a [u8]) -> (u32, &'a [u8]) {
    let mut start = equal_words(old, new);
    start += equal_bytes(rest_of(old, start).iter().zip(rest_of(new, start)));
    let (old, new) = (rest_of(old, start), rest_of(new, start));
    let same = equal_bytes(old.iter().rev().zip(new.iter().rev()));
    let bytes = new.get(..new.len() - same).unwrap_or_default();
    // A record has at most `limits::RECORD` bytes.
    (start as u32, bytes)
}

/// How many bytes are equal before the first word of 8 bytes that differs.
fn equal_words(old: &[u8], new: &[u8]) -> usize {
    let (old, new) = (old.as_chunks::<8>().0, new.as_chunks::<8>().0);
    8 * old.iter().zip(new).take_while(|(old, new)| old == new).count()
}

fn equal_bytes<'b>(pairs: impl Iterator<Item = (&'b u8, &'b u8)>) -> usize {
    pairs.take_while(|(old, new)| old == new).count()
}

fn rest_of(bytes: &[u8], start: usize) -> &[u8] {
    bytes.get(start..).unwrap_or_default()
}

/// One event or change.
enum Item<'a> {
    Event(EntryEvent<'a>),
    Change(EntryChange<'a>),
}

/// The events of an entry that was read, in the order of their emission. The default has none.
#[derive(Debug, Clone, Copy, Default)]
pub struct EntryEvents<'a>(Items<'a>);

impl<'a> Iterator for EntryEvents<'a> {
    type Item = EntryEvent<'a>;

    fn next(&mut self) -> Option<EntryEvent<'a>> {
        match self.0.next()? {
            Item::Event(event) => Some(event),
            Item::Change(_) => None,
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.0.left, Some(self.0.left))
    }
}

impl ExactSizeIterator for EntryEvents<'_> {}

/// The changes of an entry that was read. The default has none.
#[derive(Debug, Clone, Copy, Default)]
pub struct EntryChanges<'a>(Items<'a>);

impl<'a> Iterator for EntryChanges<'a> {
    type Item = EntryChange<'a>;

    fn next(&mut self) -> Option<EntryChange<'a>> {
        match self.0.next()? {
            Item::Change(change) => Some(change),
            Item::Event(_) => None,
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.0.left, Some(self.0.left))
    }
}

impl ExactSizeIterator for EntryChanges<'_> {}

/// Items of one sort, which were read once to check them.
#[derive(Debug, Clone, Copy, Default)]
struct Items<'a> {
    /// Begins with the items; other bytes may follow.
    bytes: &'a [u8],
    left: usize,
}

impl<'a> Items<'a> {
    /// No items yet.
    fn starting_at(fields: &Cursor<'a>) -> Self {
        Self { bytes: fields.rest(), left: 0 }
    }

    fn next(&mut self) -> Option<Item<'a>> {
        self.left = self.left.checked_sub(1)?;
        let mut fields = Cursor::new(self.bytes, 0);
        // Cannot fail: `decode` has read the same bytes.
        let item = decode_item(&mut fields).ok()?;
        self.bytes = fields.rest();
        item
    }
}

/// Reads all items up to their end, and checks them.
pub(super) fn decode<'a>(
    fields: &mut Cursor<'a>,
) -> Result<(EntryEvents<'a>, EntryChanges<'a>), EntryError> {
    let (mut events, mut changes) = (Items::starting_at(fields), Items::starting_at(fields));
    loop {
        let start = *fields;
        match decode_item(fields)? {
            None => return Ok((EntryEvents(events), EntryChanges(changes))),
            Some(Item::Event(_)) if changes.left > 0 => {
                return Err(start.error(EntryFault::EventAfterChange));
            }
            Some(Item::Event(_)) => {
                events.left += 1;
                changes = Items::starting_at(fields);
            }
            Some(Item::Change(_)) => changes.left += 1,
        }
    }
}

/// Reads one item; `None` at the end of all items.
fn decode_item<'a>(fields: &mut Cursor<'a>) -> Result<Option<Item<'a>>, EntryError> {
    let start = *fields;
    let tag = fields.u8("item")?;
    let change = match tag {
        END => return Ok(None),
        EVENT => {
            let kind = fields.u8("event kind")?;
            let payload = fields.sized("event payload")?;
            return Ok(Some(Item::Event(EntryEvent { kind, payload })));
        }
        CREATED => {
            EntryChange::Created { key: decode_key(fields)?, data: fields.sized("record data")? }
        }
        UPDATED => EntryChange::Updated {
            key: decode_key(fields)?,
            offset: fields.u32("offset of changed bytes")?,
            bytes: fields.sized("changed bytes")?,
        },
        DELETED => EntryChange::Deleted { key: decode_key(fields)? },
        CREATED_AND_DELETED => EntryChange::CreatedAndDeleted { key: decode_key(fields)? },
        _ => return Err(start.unknown("item tag")),
    };
    Ok(Some(Item::Change(change)))
}

fn decode_key(fields: &mut Cursor<'_>) -> Result<RecordKey, EntryError> {
    Ok(RecordKey { kind: fields.u8("record kind")?, sys_id: fields.u64("sys_id")? })
}

#[cfg(test)]
mod tests {
    use super::changed_range;

    #[test]
    fn the_changed_range_is_the_shortest_one() {
        let old: [u8; 40] = core::array::from_fn(|at| at as u8);
        for first in 0..old.len() {
            for last in first..old.len() {
                let mut new = old;
                new[first] ^= 0x80;
                new[last] = 0xff;
                let (offset, bytes) = changed_range(&old, &new);
                assert_eq!((offset as usize, bytes), (first, &new[first..=last]));
            }
        }
        assert_eq!(changed_range(&old, &old).1, b"");
    }
}
