//! Reads fields from bytes. Each length is compared with what is left before it is used.

use super::{EntryError, EntryFault};
use crate::schema::Fingerprints;

/// The bytes that are left, and how many were read before them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(bytes: &'a [u8], offset: usize) -> Self {
        Self { bytes, offset }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) const fn offset(&self) -> usize {
        self.offset
    }

    pub(super) const fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    /// The next `len` bytes.
    pub(super) fn bytes(
        &mut self,
        len: usize,
        field: &'static str,
    ) -> Result<&'a [u8], EntryError> {
        let Some((taken, rest)) = self.bytes.split_at_checked(len) else {
            return Err(self.truncated(len, field));
        };
        self.advance(rest, len);
        Ok(taken)
    }

    /// The next `N` bytes.
    pub(super) fn array<const N: usize>(
        &mut self,
        field: &'static str,
    ) -> Result<[u8; N], EntryError> {
        let Some((taken, rest)) = self.bytes.split_first_chunk() else {
            return Err(self.truncated(N, field));
        };
        self.advance(rest, N);
        Ok(*taken)
    }

    pub(super) fn u8(&mut self, field: &'static str) -> Result<u8, EntryError> {
        self.array(field).map(|[byte]| byte)
    }

    pub(super) fn u16(&mut self, field: &'static str) -> Result<u16, EntryError> {
        self.array(field).map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self, field: &'static str) -> Result<u32, EntryError> {
        self.array(field).map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self, field: &'static str) -> Result<u64, EntryError> {
        self.array(field).map(u64::from_le_bytes)
    }

    /// Bytes behind their length, a u32.
    pub(super) fn sized(&mut self, field: &'static str) -> Result<&'a [u8], EntryError> {
        let len = self.u32(field)?;
        // A length that does not fit a usize is longer than any slice.
        self.bytes(usize::try_from(len).unwrap_or(usize::MAX), field)
    }

    /// Text behind its length, a u32.
    pub(super) fn text(&mut self, field: &'static str) -> Result<&'a str, EntryError> {
        let offset = self.offset;
        let bytes = self.sized(field)?;
        str::from_utf8(bytes)
            .map_err(|_| EntryError { offset, fault: EntryFault::NotText { field } })
    }

    pub(super) fn fingerprints(&mut self) -> Result<Fingerprints, EntryError> {
        Ok(Fingerprints {
            records: self.array("fingerprint of records")?,
            commands: self.array("fingerprint of commands")?,
            events: self.array("fingerprint of events")?,
            types: self.array("fingerprint of types")?,
        })
    }

    pub(super) const fn error(&self, fault: EntryFault) -> EntryError {
        EntryError { offset: self.offset, fault }
    }

    /// The error of a number whose first byte lies here, and which means nothing.
    pub(super) fn unknown(&self, field: &'static str) -> EntryError {
        let value = self.bytes.first().copied().unwrap_or(0);
        self.error(EntryFault::UnknownValue { field, value })
    }

    const fn advance(&mut self, rest: &'a [u8], len: usize) {
        self.bytes = rest;
        self.offset += len;
    }

    #[cold]
    fn truncated(&self, needed: usize, field: &'static str) -> EntryError {
        self.error(EntryFault::Truncated { field, needed, left: self.bytes.len() })
    }
}
