//! Fixed-size fields, put together before they are written in one call.

/// `N` bytes, filled from the start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Block<N> {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; N], len: 0 }
    }

    /// Adds a field. `N` is the sum of the lengths of all fields.
    #[inline]
    pub(super) fn put<const M: usize>(mut self, field: [u8; M]) -> Self {
        let rest = self.bytes.get_mut(self.len..).unwrap_or_default();
        if let Some(place) = rest.first_chunk_mut() {
            *place = field;
        }
        self.len += M;
        self
    }

    /// The bytes. Those without a field are zero.
    #[inline]
    pub(super) fn bytes(self) -> [u8; N] {
        debug_assert_eq!(self.len, N, "the fields fill the block");
        self.bytes
    }
}
