//! Byte strings in one allocation, each with a tag: a stack and a list that allocate nothing once
//! they have grown.

use std::collections::TryReserveError;

use super::spare::release_spare;

/// The strings. Clearing it keeps the memory.
#[derive(Debug)]
pub(super) struct Packed<T> {
    bytes: Vec<u8>,
    entries: Vec<Entry<T>>,
}

#[derive(Debug, Clone, Copy)]
struct Entry<T> {
    tag: T,
    /// End of the string. It starts at the end of the one before.
    end: usize,
}

impl<T: Copy> Packed<T> {
    pub(super) const fn new() -> Self {
        Self { bytes: Vec::new(), entries: Vec::new() }
    }

    /// Adds a string at the end, and returns the copy.
    ///
    /// # Errors
    ///
    /// There is no memory for it.
    #[inline]
    pub(super) fn try_push(&mut self, tag: T, string: &[u8]) -> Result<&[u8], TryReserveError> {
        let has_room = self.bytes.capacity() - self.bytes.len() >= string.len()
            && self.entries.len() < self.entries.capacity();
        if !has_room {
            self.reserve(string.len())?;
        }
        let start = self.bytes.len();
        self.bytes.extend_from_slice(string);
        self.entries.push(Entry { tag, end: self.bytes.len() });
        Ok(self.bytes.get(start..).unwrap_or_default())
    }

    /// Makes room for the next [`push_tag`](Self::push_tag).
    #[inline]
    pub(super) fn reserve_entry(&mut self) -> Result<(), TryReserveError> {
        if self.entries.len() < self.entries.capacity() { Ok(()) } else { self.reserve(0) }
    }

    /// Adds an empty string. It allocates if there is no room.
    #[inline]
    pub(super) fn push_tag(&mut self, tag: T) {
        self.entries.push(Entry { tag, end: self.bytes.len() });
    }

    /// Makes room for one more string of this length.
    #[cold]
    fn reserve(&mut self, len: usize) -> Result<(), TryReserveError> {
        self.bytes.try_reserve(len)?;
        self.entries.try_reserve(1)
    }

    /// Passes the last string to `show`, and removes it.
    pub(super) fn pop<R>(&mut self, show: impl FnOnce(T, &[u8]) -> R) -> Option<R> {
        let last = self.entries.pop()?;
        let start = self.entries.last().map_or(0, |before| before.end);
        let shown = show(last.tag, self.bytes.get(start..last.end).unwrap_or_default());
        self.bytes.truncate(start);
        Some(shown)
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.entries.clear();
    }

    /// Gives back memory that the strings do not need.
    pub(super) fn release_spare(&mut self) {
        release_spare(&mut self.bytes);
        release_spare(&mut self.entries);
    }

    /// Bytes that the strings and their entries take.
    pub(super) fn size(&self) -> usize {
        self.bytes.len().saturating_add(self.entries.len().saturating_mul(size_of::<Entry<T>>()))
    }

    /// The string at a position, with its tag.
    pub(super) fn get(&self, position: usize) -> Option<(T, &[u8])> {
        let entry = self.entries.get(position)?;
        let start = position.checked_sub(1).and_then(|before| self.entries.get(before));
        let string = self.bytes.get(start.map_or(0, |before| before.end)..entry.end)?;
        Some((entry.tag, string))
    }

    pub(super) fn iter(&self) -> Iter<'_, T> {
        Iter { bytes: &self.bytes, start: 0, entries: self.entries.iter() }
    }
}

/// Iterates over the strings, first to last.
#[derive(Debug, Clone)]
pub(super) struct Iter<'p, T> {
    bytes: &'p [u8],
    start: usize,
    entries: std::slice::Iter<'p, Entry<T>>,
}

impl<'p, T: Copy> Iterator for Iter<'p, T> {
    type Item = (T, &'p [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.entries.next()?;
        let string = self.bytes.get(self.start..entry.end)?;
        self.start = entry.end;
        Some((entry.tag, string))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }
}

impl<T: Copy> ExactSizeIterator for Iter<'_, T> {}

#[cfg(test)]
mod tests {
    use super::Packed;

    #[test]
    fn strings_come_back_in_order_and_pop_in_reverse() {
        let mut packed = Packed::new();
        for (tag, string) in [(1, &b"one"[..]), (2, b""), (3, b"three")] {
            packed.try_push(tag, string).unwrap();
        }
        let listed: Vec<_> = packed.iter().collect();
        assert_eq!(listed, [(1, &b"one"[..]), (2, b""), (3, b"three")]);
        let one_by_one: Vec<_> = (0..4).map(|position| packed.get(position)).collect();
        assert_eq!(one_by_one, [Some(listed[0]), Some(listed[1]), Some(listed[2]), None]);

        let mut popped = Vec::new();
        while let Some(last) = packed.pop(|tag, string| (tag, string.to_vec())) {
            popped.push(last);
        }
        assert_eq!(popped, [(3, b"three".to_vec()), (2, Vec::new()), (1, b"one".to_vec())]);
        assert_eq!(packed.size(), 0);
    }

    #[test]
    fn an_empty_string_after_a_long_one_is_the_last_one() {
        let mut packed = Packed::new();
        assert_eq!(packed.try_push((), b"long").unwrap(), b"long");
        assert_eq!(packed.try_push((), b"").unwrap(), b"");
    }
}
