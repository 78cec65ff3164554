//! Bytes with a length and a fixed capacity.

use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use thiserror_no_std::Error;

/// Up to `N` bytes in a field that always takes `N + 2` (ABI.md section 5: a `u16` length, then `N`
/// zero padded bytes).
///
/// `N` is at most 65535. Values compare by content; the padding does not count.
#[derive(Clone, Copy)]
pub struct FixedBytes<const N: usize> {
    len: u16,
    content: [u8; N],
}

/// More bytes than a [`FixedBytes`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{len} bytes do not fit into FixedBytes<{capacity}>")]
pub struct FixedBytesError {
    /// The capacity.
    pub capacity: usize,
    /// The number of bytes that were given.
    pub len: usize,
}

impl core::error::Error for FixedBytesError {}

impl<const N: usize> FixedBytes<N> {
    /// No bytes.
    pub const EMPTY: Self = {
        assert!(N <= u16::MAX as usize, "FixedBytes<N> needs N <= 65535");
        Self { len: 0, content: [0; N] }
    };

    /// A copy of `bytes`.
    ///
    /// # Errors
    /// `bytes` is longer than `N`.
    pub const fn new(bytes: &[u8]) -> Result<Self, FixedBytesError> {
        let mut value = Self::EMPTY;
        match value.content.split_at_mut_checked(bytes.len()) {
            Some((content, _)) => {
                content.copy_from_slice(bytes);
                value.len = bytes.len() as u16;
                Ok(value)
            }
            None => Err(FixedBytesError { capacity: N, len: bytes.len() }),
        }
    }

    /// The number of bytes, 0 to `N`.
    #[must_use]
    #[inline]
    pub const fn len(&self) -> usize {
        self.len as usize
    }

    /// Returns true if there are no bytes.
    #[must_use]
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bytes.
    #[must_use]
    #[inline]
    pub const fn as_slice(&self) -> &[u8] {
        match self.content.split_at_checked(self.len()) {
            Some((content, _)) => content,
            // Unreachable: the length is at most `N`. A value instead of a panic keeps panic code
            // out of firmware.
            None => &self.content,
        }
    }

    /// The bytes and their padding, as they stand in a primary key.
    ///
    /// The padding is zero, unless the value was read from a record with other bytes there: a
    /// stored key does not change. Commands and events with such bytes do not decode.
    #[must_use]
    #[inline]
    pub const fn padded_slice(&self) -> &[u8; N] {
        &self.content
    }

    #[inline]
    pub(super) fn is_zero_padded(&self) -> bool {
        self.content.iter().skip(self.len()).all(|byte| *byte == 0)
    }

    #[inline]
    pub(super) const fn stated_len(&self) -> u16 {
        self.len
    }

    #[inline]
    pub(super) const fn from_encoded(stated_len: u16, content: &[u8; N]) -> Self {
        let len = if stated_len as usize > N { N as u16 } else { stated_len };
        Self { len, content: *content }
    }
}

impl<const N: usize> Default for FixedBytes<N> {
    fn default() -> Self {
        Self::EMPTY
    }
}

/// An array longer than `N` does not compile.
impl<const N: usize, const M: usize> From<&[u8; M]> for FixedBytes<N> {
    fn from(bytes: &[u8; M]) -> Self {
        const { assert!(M <= N, "the array is longer than FixedBytes<N> holds") };
        let mut value = Self::EMPTY;
        for (place, byte) in value.content.iter_mut().zip(bytes) {
            *place = *byte;
        }
        value.len = M as u16;
        value
    }
}

impl<const N: usize> TryFrom<&[u8]> for FixedBytes<N> {
    type Error = FixedBytesError;

    fn try_from(bytes: &[u8]) -> Result<Self, FixedBytesError> {
        Self::new(bytes)
    }
}

impl<const N: usize> AsRef<[u8]> for FixedBytes<N> {
    fn as_ref(&self) -> &[u8] {
        self.as_slice()
    }
}

impl<const N: usize> PartialEq for FixedBytes<N> {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl<const N: usize> Eq for FixedBytes<N> {}

impl<const N: usize> PartialOrd for FixedBytes<N> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<const N: usize> Ord for FixedBytes<N> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_slice().cmp(other.as_slice())
    }
}

impl<const N: usize> Hash for FixedBytes<N> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_slice().hash(state);
    }
}

impl<const N: usize> fmt::Debug for FixedBytes<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FixedBytes(b\"{}\")", self.as_slice().escape_ascii())
    }
}
