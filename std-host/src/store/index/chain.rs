//! Chains of buckets.

use std::collections::TryReserveError;

use super::{
    Index,
    bucket::{Bucket, NEXT_NONE, Tag},
};
use crate::store::rows::Slot;

/// A bucket of a chain.
#[derive(Debug, Clone, Copy)]
pub(super) enum At {
    Home(usize),
    Spilled(u32),
}

impl Index {
    #[inline]
    pub(super) fn bucket(&self, at: At) -> &Bucket {
        match at {
            At::Home(home) => &self.buckets[home],
            At::Spilled(spilled) => &self.spilled[spilled as usize],
        }
    }

    pub(super) fn bucket_mut(&mut self, at: At) -> &mut Bucket {
        match at {
            At::Home(home) => &mut self.buckets[home],
            At::Spilled(spilled) => &mut self.spilled[spilled as usize],
        }
    }

    /// Adds an entry to the last bucket of a chain.
    pub(super) fn add(&mut self, home: usize, tag: Tag, slot: Slot) {
        let mut at = At::Home(home);
        while !self.bucket_mut(at).push(tag, slot) {
            let next = match self.bucket(at).next() {
                NEXT_NONE => {
                    let next = self.use_spilled();
                    self.bucket_mut(at).set_next(next);
                    next
                }
                next => next,
            };
            at = At::Spilled(next);
        }
    }

    /// Removes the last entry of a chain.
    pub(super) fn take_last(&mut self, home: usize) -> Option<(Tag, Slot)> {
        let (mut at, mut before) = (At::Home(home), None);
        loop {
            match self.bucket(at).next() {
                NEXT_NONE => break,
                next => (at, before) = (At::Spilled(next), Some(at)),
            }
        }
        let last = self.bucket_mut(at).pop();
        if let (At::Spilled(spilled), Some(before)) = (at, before)
            && self.bucket(at).is_empty()
        {
            self.bucket_mut(before).set_next(NEXT_NONE);
            self.put_back(spilled);
        }
        last
    }

    /// Empties a chain, and adds each of its entries to the chain that `target` tells for its row.
    ///
    /// Each bucket is free before its entries are added, so splitting one chain into two needs no
    /// further buckets.
    pub(super) fn distribute(&mut self, home: usize, target: impl Fn(&Self, Slot) -> (usize, Tag)) {
        let mut bucket = std::mem::replace(&mut self.buckets[home], Bucket::EMPTY);
        loop {
            for &slot in bucket.slots() {
                let (target, tag) = target(self, slot);
                self.add(target, tag, slot);
            }
            let next = bucket.next();
            if next == NEXT_NONE {
                break;
            }
            bucket = self.spilled[next as usize];
            self.put_back(next);
        }
    }

    /// Makes a spilled bucket for later use.
    #[cold]
    pub(super) fn reserve_spilled(&mut self) -> Result<(), TryReserveError> {
        self.spilled.reserve_one()?;
        let added = self.spilled.len() as u32;
        self.spilled.push(Bucket::EMPTY);
        self.put_back(added);
        Ok(())
    }

    fn use_spilled(&mut self) -> u32 {
        let spilled = self.unused;
        if spilled == NEXT_NONE {
            // Entries are added after room was reserved, or where others were taken from. So this
            // is not reached.
            self.spilled.push(Bucket::EMPTY);
            return (self.spilled.len() - 1) as u32;
        }
        let bucket = &mut self.spilled[spilled as usize];
        self.unused = bucket.next();
        *bucket = Bucket::EMPTY;
        spilled
    }

    fn put_back(&mut self, spilled: u32) {
        self.spilled[spilled as usize].set_next(self.unused);
        self.unused = spilled;
    }
}
