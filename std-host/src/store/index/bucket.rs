//! One bucket of an index.

use crate::store::rows::Slot;

/// Up to [`PLACES`] row numbers, each with a tag, in one cache line.
///
/// ```text
/// 0                12      16                               64
/// | tags           | next  | row numbers, 4 bytes each      |
/// ```
///
/// The places in use come first. The tag of an unused place is 0.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
pub(super) struct Bucket {
    tags: [u8; PLACES],
    /// The next bucket of the chain, or [`NEXT_NONE`].
    next: u32,
    slots: [Slot; PLACES],
}

/// How many entries a bucket holds.
const PLACES: usize = 12;

/// Stands for no next bucket.
pub(super) const NEXT_NONE: u32 = u32::MAX;

/// Hash bits of a key, kept beside its row's number; never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag(u8);

impl Tag {
    /// The upper bits. The lower ones choose the bucket.
    #[inline]
    pub(super) const fn of(hash: u64) -> Self {
        match (hash >> 56) as u8 {
            0 => Self(1),
            tag => Self(tag),
        }
    }
}

impl Bucket {
    pub(super) const EMPTY: Self = Self { tags: [0; PLACES], next: NEXT_NONE, slots: [0; PLACES] };

    #[inline]
    pub(super) const fn next(&self) -> u32 {
        self.next
    }

    pub(super) const fn set_next(&mut self, next: u32) {
        self.next = next;
    }

    /// The first row number beside a tag.
    #[inline]
    pub(super) fn first(&self, Tag(tag): Tag) -> Option<Slot> {
        let Places { lower, upper } = self.places_of(tag);
        match (lower, upper) {
            (0, 0) => None,
            (0, _) => Some(self.slots[8 + upper.trailing_zeros() as usize / 8]),
            _ => Some(self.slots[lower.trailing_zeros() as usize / 8]),
        }
    }

    /// Places of a tag.
    pub(super) fn places(&self, Tag(tag): Tag) -> Places {
        self.places_of(tag)
    }

    #[inline]
    pub(super) fn slot(&self, place: usize) -> Slot {
        self.slots[place]
    }

    /// The row numbers.
    pub(super) fn slots(&self) -> &[Slot] {
        &self.slots[..self.len()]
    }

    /// Adds an entry. Returns false if all places are in use.
    pub(super) fn push(&mut self, tag: Tag, slot: Slot) -> bool {
        let place = self.len();
        let is_free = place < PLACES;
        if is_free {
            self.set(place, tag, slot);
        }
        is_free
    }

    /// Removes the last entry.
    pub(super) fn pop(&mut self) -> Option<(Tag, Slot)> {
        let last = self.len().checked_sub(1)?;
        let tag = std::mem::take(&mut self.tags[last]);
        Some((Tag(tag), self.slots[last]))
    }

    /// Writes an entry to a place.
    pub(super) fn set(&mut self, place: usize, Tag(tag): Tag, slot: Slot) {
        self.tags[place] = tag;
        self.slots[place] = slot;
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.tags[0] == 0
    }

    fn len(&self) -> usize {
        self.places_of(0).next().unwrap_or(PLACES)
    }

    #[inline]
    fn places_of(&self, tag: u8) -> Places {
        let [a, b, c, d, e, f, g, h, upper @ ..] = self.tags;
        let lower = u64::from_le_bytes([a, b, c, d, e, f, g, h]) ^ u64::from_le_bytes([tag; 8]);
        let upper = u32::from_le_bytes(upper) ^ u32::from_le_bytes([tag; 4]);
        // The sum has a byte's upper bit if one of its lower bits is set. No byte carries.
        const LOWER: u64 = u64::from_le_bytes([0x7f; 8]);
        const UPPER: u32 = u32::from_le_bytes([0x7f; 4]);
        Places {
            lower: !(((lower & LOWER) + LOWER) | lower | LOWER),
            upper: !(((upper & UPPER) + UPPER) | upper | UPPER),
        }
    }
}

/// Iterates over places, in ascending order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places {
    /// The upper bit of byte `n` stands for place `n`.
    lower: u64,
    /// As `lower`, for the places from 8 on.
    upper: u32,
}

impl Iterator for Places {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        if self.lower != 0 {
            let place = self.lower.trailing_zeros() as usize / 8;
            self.lower &= self.lower - 1;
            Some(place)
        } else if self.upper != 0 {
            let place = 8 + self.upper.trailing_zeros() as usize / 8;
            self.upper &= self.upper - 1;
            Some(place)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Bucket, PLACES, Tag};

    #[test]
    fn a_bucket_is_one_cache_line() {
        assert_eq!((size_of::<Bucket>(), align_of::<Bucket>()), (64, 64));
    }

    #[test]
    fn every_tag_is_found_at_its_places_and_no_other_one_is() {
        for tag in 1..=255_u8 {
            let mut bucket = Bucket::EMPTY;
            let others = [tag ^ 1, tag.wrapping_add(1), tag ^ 0x80, tag.wrapping_sub(1)];
            let others = others.map(|other| other.max(1));
            for place in 0..PLACES as u32 {
                let other = others[place as usize % 4];
                let tag = if place % 3 == 0 { tag } else { other };
                assert!(bucket.push(Tag(tag), place));
            }
            assert!(!bucket.push(Tag(tag), 99), "it is full");
            for candidate in 1..=255 {
                let places = bucket.places(Tag(candidate));
                let found: Vec<_> = places.map(|place| bucket.slot(place)).collect();
                let expected: Vec<_> = (0..PLACES as u32)
                    .filter(|at| bucket.tags[*at as usize] == candidate)
                    .collect();
                assert_eq!(found, expected, "tag {candidate} of {bucket:?}");
            }
        }
    }

    #[test]
    fn removed_entries_are_not_found() {
        let mut bucket = Bucket::EMPTY;
        (0..5).for_each(|slot| assert!(bucket.push(Tag(9), slot)));
        while bucket.pop().is_some() {}
        assert!(bucket.is_empty());
        for tag in 1..=255 {
            assert_eq!(bucket.places(Tag(tag)).next(), None);
        }
    }
}
