//! A list that grows without moving its elements.

use std::{
    collections::TryReserveError,
    ops::{Index, IndexMut},
};

/// A stack of elements in segments, each twice as large as the one before.
///
/// A `Vec` copies all its elements when it grows: with ten million of them, one push takes
/// milliseconds. Here a push allocates at most one segment and copies nothing. The system gives
/// memory when it is first written, so an allocation takes the same time at any size. As in a
/// `Vec`, up to half of the memory may be unused.
#[derive(Debug)]
pub(super) struct Segmented<T> {
    /// Those before the last element are full. Those behind it are empty, and kept for elements to
    /// come. Each has the capacity of its place.
    segments: Vec<Vec<T>>,
    len: usize,
}

/// The segment of a position, and the position in it.
#[inline]
pub(super) const fn place(position: usize) -> (usize, usize) {
    // Segment `n` has `2^n` elements, and begins at position `2^n - 1`.
    let bit = (usize::BITS - 1) ^ ((position + 1) | 1).leading_zeros();
    (bit as usize, (position + 1) ^ (1 << bit))
}

/// How many elements a segment has.
pub(super) const fn segment_len(segment: usize) -> usize {
    1 << segment
}

/// How many segments so many elements take.
pub(super) const fn segments(len: usize) -> usize {
    match len.checked_sub(1) {
        Some(last) => place(last).0 + 1,
        None => 0,
    }
}

impl<T> Segmented<T> {
    /// Makes room for one more element, so that the next [`push`](Self::push) does not allocate.
    #[inline]
    pub(super) fn reserve_one(&mut self) -> Result<(), TryReserveError> {
        if self.has_room() { Ok(()) } else { self.reserve(1) }
    }

    /// Returns true if the next [`push`](Self::push) does not allocate.
    #[inline]
    pub(super) fn has_room(&self) -> bool {
        place(self.len).0 < self.segments.len()
    }

    /// Makes room for more elements.
    #[cold]
    pub(super) fn reserve(&mut self, more: usize) -> Result<(), TryReserveError> {
        let len = self.len.saturating_add(more).min(u32::MAX as usize);
        let needed = segments(len);
        self.segments.try_reserve(needed.saturating_sub(self.segments.len()))?;
        for at in self.segments.len()..needed {
            let mut segment = Vec::new();
            segment.try_reserve_exact(segment_len(at))?;
            self.segments.push(segment);
        }
        Ok(())
    }

    /// Adds an element at the end. It allocates if there is no room.
    #[inline]
    pub(super) fn push(&mut self, element: T) {
        let (at, _) = place(self.len);
        if at == self.segments.len() {
            self.segments.push(Vec::with_capacity(segment_len(at)));
        }
        self.segments[at].push(element);
        self.len += 1;
    }

    /// Removes the last element. Its memory is kept.
    #[inline]
    pub(super) fn pop(&mut self) -> Option<T> {
        self.len = self.len.checked_sub(1)?;
        self.segments.get_mut(place(self.len).0)?.pop()
    }

    #[inline]
    pub(super) fn get(&self, position: usize) -> Option<&T> {
        let (at, position) = place(position);
        self.segments.get(at)?.get(position)
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.segments.iter().flatten()
    }

    /// Gives back the segments that have no elements, but for one.
    pub(super) fn release_spare(&mut self) {
        self.segments.truncate(segments(self.len) + 1);
    }
}

impl<T> Default for Segmented<T> {
    fn default() -> Self {
        Self { segments: Vec::new(), len: 0 }
    }
}

impl<T> Index<usize> for Segmented<T> {
    type Output = T;

    #[inline]
    fn index(&self, position: usize) -> &T {
        let (at, position) = place(position);
        &self.segments[at][position]
    }
}

impl<T> IndexMut<usize> for Segmented<T> {
    #[inline]
    fn index_mut(&mut self, position: usize) -> &mut T {
        let (at, position) = place(position);
        &mut self.segments[at][position]
    }
}

#[cfg(test)]
mod tests {
    use super::{Segmented, place, segment_len, segments};

    const MANY: u64 = 100_000;

    #[test]
    fn positions_fill_each_segment_before_the_next() {
        let (mut at, mut within) = (0, 0);
        for position in 0..1000 {
            assert_eq!(place(position), (at, within), "position {position}");
            assert_eq!(segments(position + 1), at + 1);
            within += 1;
            if within == segment_len(at) {
                (at, within) = (at + 1, 0);
            }
        }
        assert_eq!(segments(0), 0);
    }

    #[test]
    fn elements_stay_where_they_are_while_the_list_grows() {
        let mut list = Segmented::default();
        list.push(0);
        let before = std::ptr::from_ref(&list[0]);
        (1..MANY).for_each(|element| list.push(element));
        assert!(std::ptr::eq(before, &raw const list[0]));
        assert!(list.iter().copied().eq(0..MANY));
        assert_eq!((list.len(), list.get(MANY as usize)), (MANY as usize, None));
        assert!((0..MANY).rev().all(|element| list.pop() == Some(element)));
        assert_eq!(list.pop(), None);
    }

    #[test]
    fn reserved_room_is_used_and_given_back() {
        let mut list = Segmented::<u64>::default();
        list.reserve(MANY as usize).unwrap();
        let segments = list.segments.len();
        for element in 0..MANY {
            assert!(list.has_room());
            list.push(element);
        }
        assert_eq!(list.segments.len(), segments);
        while list.len() > 1 {
            list.pop();
        }
        list.release_spare();
        assert_eq!((list.segments.len(), list.get(0)), (2, Some(&0)));
    }
}
