//! Finds rows by primary key.

use std::hash::{BuildHasher as _, Hasher as _};

use hashbrown::{DefaultHashBuilder, HashTable, TryReserveError, hash_table::Entry};

use super::{
    equal::equal,
    rows::{Rows, Slot},
    spare::kept_capacity,
};

/// The rows of one table by primary key. It stores row numbers and compares the keys in the rows.
/// Each operation hashes once.
///
/// The hash is seeded anew in every process, so a sender of commands cannot choose keys that
/// collide. Its order is never observable.
#[derive(Debug, Default)]
pub(super) struct Index {
    slots: HashTable<Slot>,
    hash: DefaultHashBuilder,
}

impl Index {
    /// Makes room for more, so that the next calls of [`insert`](Self::insert) do not allocate.
    pub(super) fn reserve(&mut self, more: usize, rows: &Rows) -> Result<(), TryReserveError> {
        let hash = &self.hash;
        self.slots.try_reserve(more, |&slot| hash_key(hash, rows.key(slot)))
    }

    pub(super) fn find(&self, rows: &Rows, key: &[u8]) -> Option<Slot> {
        let hash = hash_key(&self.hash, key);
        self.slots.find(hash, |&slot| equal(rows.key(slot), key)).copied()
    }

    /// Adds a row, or returns the row that has its key already.
    pub(super) fn insert(&mut self, rows: &Rows, slot: Slot) -> Result<(), Slot> {
        let (hash, key) = (&self.hash, rows.key(slot));
        let rehash = |&slot: &Slot| hash_key(hash, rows.key(slot));
        match self.slots.entry(hash_key(hash, key), |&other| equal(rows.key(other), key), rehash) {
            Entry::Occupied(other) => Err(*other.get()),
            Entry::Vacant(place) => {
                place.insert(slot);
                Ok(())
            }
        }
    }

    /// Removes the row of a key.
    pub(super) fn take(&mut self, rows: &Rows, key: &[u8]) -> Option<Slot> {
        let hash = hash_key(&self.hash, key);
        let entry = self.slots.find_entry(hash, |&slot| equal(rows.key(slot), key)).ok()?;
        Some(entry.remove().0)
    }

    /// Gives back memory that the entries do not need.
    pub(super) fn release_spare(&mut self, rows: &Rows) {
        let kept = kept_capacity(self.slots.len(), size_of::<Slot>());
        if self.slots.capacity() / 2 > kept {
            let hash = &self.hash;
            self.slots.shrink_to(kept, |&slot| hash_key(hash, rows.key(slot)));
        }
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }
}

/// Hashes a key. All keys of a table have the same length, so the length is not hashed, and eight
/// bytes, the usual length, take a shorter path.
#[inline]
fn hash_key(hash: &DefaultHashBuilder, key: &[u8]) -> u64 {
    let mut hasher = hash.build_hasher();
    match <[u8; 8]>::try_from(key) {
        Ok(key) => hasher.write_u64(u64::from_ne_bytes(key)),
        Err(_) => hasher.write(key),
    }
    hasher.finish()
}
