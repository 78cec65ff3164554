//! Finds rows by primary key.

mod bucket;
mod chain;

use std::{
    collections::TryReserveError,
    hash::{BuildHasher as _, Hasher as _},
    hint::black_box,
};

use foldhash::fast::RandomState;

use super::{
    equal::equal,
    rows::{Place, Rows, Slot},
    segmented::Segmented,
    spare::KEPT_BYTES,
};
use bucket::{Bucket, NEXT_NONE, Tag};
use chain::At;

/// The rows of one table by primary key: a hash table that grows by one bucket at a time (linear
/// hashing), so that no insertion pays for the growth of a whole table.
///
/// A bucket is one cache line. It holds row numbers, and eight hash bits of each key, so that a
/// lookup reads one bucket and then, but for one in thirty, only the row that it finds. The keys
/// are compared in the rows. Each operation hashes once.
///
/// Entries that do not fit their bucket lie in spilled buckets, linked to it. Only the last bucket
/// of such a chain has free places.
///
/// The hash is seeded anew in every process, so a sender of commands cannot choose keys that
/// collide. Its order is never observable.
#[derive(Debug)]
pub(super) struct Index {
    buckets: Segmented<Bucket>,
    spilled: Segmented<Bucket>,
    /// The first unused spilled bucket. They are linked.
    unused: u32,
    /// All ones, as many as the positions of the buckets have bits.
    mask: usize,
    len: usize,
    hash: RandomState,
}

/// Entries per bucket, on average, above which a bucket is added.
///
/// A bucket that is still to be split holds up to twice as many. With 7, about 3 % of the entries
/// are in spilled buckets, and an entry takes 10 bytes.
const LOAD: usize = 7;

impl Default for Index {
    fn default() -> Self {
        Self {
            buckets: Segmented::default(),
            spilled: Segmented::default(),
            unused: NEXT_NONE,
            mask: 0,
            len: 0,
            hash: RandomState::default(),
        }
    }
}

impl Index {
    /// Makes room for one more, so that the next [`insert`](Self::insert) does not allocate.
    #[inline]
    pub(super) fn reserve_one(&mut self) -> Result<(), TryReserveError> {
        if self.buckets.len() == 0 {
            self.buckets.reserve_one()?;
            self.buckets.push(Bucket::EMPTY);
        }
        self.buckets.reserve_one()?;
        if self.unused == NEXT_NONE { self.reserve_spilled() } else { Ok(()) }
    }

    /// Makes room for more. An empty index gets all its buckets at once, so that no insertion has
    /// to split one: that reads the keys of other rows.
    pub(super) fn reserve(&mut self, more: usize) -> Result<(), TryReserveError> {
        let buckets = self.len.saturating_add(more).div_ceil(LOAD);
        self.buckets.reserve(buckets.saturating_sub(self.buckets.len()))?;
        if self.len == 0 {
            while self.buckets.len() < buckets {
                self.buckets.push(Bucket::EMPTY);
            }
            self.mask = self.buckets.len().next_power_of_two() - 1;
        }
        Ok(())
    }

    #[inline]
    pub(super) fn find(&self, rows: &Rows, key: &[u8]) -> Option<Place> {
        self.find_hashed(rows, key, hash_key(&self.hash, key))
    }

    /// Reads the buckets of keys that are added next. So the processor fetches all of them from
    /// memory at the same time, and not one after another.
    pub(super) fn expect<'k>(&self, keys: impl Iterator<Item = &'k [u8]>) {
        let buckets = keys.filter_map(|key| self.buckets.get(self.home(hash_key(&self.hash, key))));
        // The compiler must not leave out the reading.
        black_box(buckets.fold(0, |all, bucket| all ^ bucket.next()));
    }

    /// Adds a row, or returns the row that has its key already.
    pub(super) fn insert(&mut self, rows: &Rows, slot: Slot) -> Result<(), Slot> {
        let key = rows.key(slot);
        let hash = hash_key(&self.hash, key);
        if let Some(other) = self.find_hashed(rows, key, hash) {
            return Err(other.slot);
        }
        self.add(self.home(hash), Tag::of(hash), slot);
        self.len += 1;
        if self.len > self.buckets.len() * LOAD && self.buckets.has_room() {
            self.split(rows);
        }
        Ok(())
    }

    /// Removes the row of a key.
    pub(super) fn take(&mut self, rows: &Rows, key: &[u8]) -> Option<Slot> {
        let hash = hash_key(&self.hash, key);
        let (home, tag) = (self.home(hash), Tag::of(hash));
        self.buckets.get(home)?;
        let mut at = At::Home(home);
        loop {
            let bucket = self.bucket(at);
            let is_found = |place: &usize| equal(rows.key(bucket.slot(*place)), key);
            if let Some(place) = bucket.places(tag).find(is_found) {
                let slot = bucket.slot(place);
                // The last entry takes its place.
                if let Some((tag, last)) = self.take_last(home)
                    && last != slot
                {
                    self.bucket_mut(at).set(place, tag, last);
                }
                self.len -= 1;
                return Some(slot);
            }
            match bucket.next() {
                NEXT_NONE => return None,
                next => at = At::Spilled(next),
            }
        }
    }

    /// Gives back memory that the entries do not need, in at most `steps` steps.
    pub(super) fn release_spare(&mut self, steps: usize, rows: &Rows) {
        let kept = 2 * self.len.div_ceil(LOAD) + KEPT_BYTES / size_of::<Bucket>();
        for _ in 0..steps {
            if self.buckets.len() <= kept || !self.merge(rows) {
                break;
            }
        }
        self.buckets.release_spare();
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    #[inline(always)]
    fn find_hashed(&self, rows: &Rows, key: &[u8], hash: u64) -> Option<Place> {
        let bucket = self.buckets.get(self.home(hash))?;
        match bucket.first(Tag::of(hash)) {
            Some(slot) => {
                let place = rows.place(slot);
                if equal(rows.key_at(place), key) {
                    return Some(place);
                }
            }
            None if bucket.next() == NEXT_NONE => return None,
            None => {}
        }
        self.find_further(rows, key, hash)
    }

    /// Finds a row whose entry may not be the first one with its tag in its bucket.
    #[cold]
    fn find_further(&self, rows: &Rows, key: &[u8], hash: u64) -> Option<Place> {
        let mut bucket = self.buckets.get(self.home(hash))?;
        loop {
            let slots = bucket.places(Tag::of(hash)).map(|place| bucket.slot(place));
            let places = slots.map(|slot| rows.place(slot));
            if let Some(place) = { places }.find(|place| equal(rows.key_at(*place), key)) {
                return Some(place);
            }
            match bucket.next() {
                NEXT_NONE => return None,
                next => bucket = self.spilled.get(next as usize)?,
            }
        }
    }

    /// The bucket that a hash belongs to.
    #[inline]
    fn home(&self, hash: u64) -> usize {
        let home = hash as usize & self.mask;
        if home < self.buckets.len() { home } else { home & (self.mask >> 1) }
    }

    /// Adds a bucket, and moves to it the entries of another one that belong there now.
    fn split(&mut self, rows: &Rows) {
        let added = self.buckets.len();
        self.buckets.push(Bucket::EMPTY);
        self.mask = self.buckets.len().next_power_of_two() - 1;
        self.distribute(added & (self.mask >> 1), |index, slot| {
            let hash = hash_key(&index.hash, rows.key(slot));
            (index.home(hash), Tag::of(hash))
        });
    }

    /// Removes the last bucket, and moves its entries to the one that it was split from. Returns
    /// false if it cannot.
    fn merge(&mut self, rows: &Rows) -> bool {
        let Some(last) = self.buckets.len().checked_sub(1).filter(|last| *last > 0) else {
            return false;
        };
        if self.unused == NEXT_NONE && self.reserve_spilled().is_err() {
            return false;
        }
        let into = last & (self.mask >> 1);
        self.distribute(last, |index, slot| (into, Tag::of(hash_key(&index.hash, rows.key(slot)))));
        self.buckets.pop();
        self.mask = last.next_power_of_two() - 1;
        true
    }
}

/// Hashes a key. All keys of a table have the same length, so the length is not hashed, and eight
/// bytes, the usual length, take a shorter path. They are read as the big-endian integer that they
/// mostly are: bits that differ at the lower end reach all bits of the product that the hash is.
#[inline]
fn hash_key(hash: &RandomState, key: &[u8]) -> u64 {
    let mut hasher = hash.build_hasher();
    match <[u8; 8]>::try_from(key) {
        Ok(key) => hasher.write_u64(u64::from_be_bytes(key)),
        Err(_) => hasher.write(key),
    }
    hasher.finish()
}

#[cfg(test)]
mod tests;
