//! Borrowed bytes, as they cross the boundary.

use core::ptr;

use super::layout::assert_layout;

/// Bytes that the sender owns. They are valid for reads during the call or visit.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuntimeBytesRef {
    /// First byte; may be null when `len` is 0.
    pub ptr: *const u8,
    /// Number of bytes.
    pub len: usize,
}

assert_layout!(RuntimeBytesRef {
    size: [16, 8, 8],
    align: [8, 4, 4],
    ptr: [0, 0, 0],
    len: [8, 4, 4]
});

impl RuntimeBytesRef {
    /// No bytes.
    #[must_use]
    pub const fn empty() -> Self {
        Self { ptr: ptr::null(), len: 0 }
    }

    /// The bytes of a slice.
    #[must_use]
    #[inline]
    pub const fn from_slice(bytes: &[u8]) -> Self {
        Self { ptr: bytes.as_ptr(), len: bytes.len() }
    }
}

/// Bytes that the sender owns. They are valid for reads and writes during the visit, and no other
/// code accesses them.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuntimeBytesMutRef {
    /// First byte; may be null when `len` is 0.
    pub ptr: *mut u8,
    /// Number of bytes.
    pub len: usize,
}

assert_layout!(RuntimeBytesMutRef {
    size: [16, 8, 8],
    align: [8, 4, 4],
    ptr: [0, 0, 0],
    len: [8, 4, 4]
});

impl RuntimeBytesMutRef {
    /// No bytes.
    #[must_use]
    pub const fn empty() -> Self {
        Self { ptr: ptr::null_mut(), len: 0 }
    }

    /// The bytes of a slice.
    #[must_use]
    #[inline]
    pub const fn from_slice(bytes: &mut [u8]) -> Self {
        Self { ptr: bytes.as_mut_ptr(), len: bytes.len() }
    }
}
