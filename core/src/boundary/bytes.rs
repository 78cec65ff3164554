//! Foreign bytes become slices: pointer and length are checked once (rule 1).

use core::slice;

use super::ShortText;
use crate::abi::{RuntimeBytesMutRef, RuntimeBytesRef};

/// A fault of foreign bytes: their pointer and length make no valid slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror_no_std::Error)]
#[non_exhaustive]
pub enum BytesError {
    /// A null pointer with a length.
    #[error("bytes pointer is null but len is non-zero")]
    Null,
    /// Longer than the limit for such bytes.
    #[error("{len} bytes are more than the limit of {limit}")]
    TooLong {
        /// The length given.
        len: usize,
        /// The limit ([`limits`](crate::boundary::limits)).
        limit: usize,
    },
}

impl core::error::Error for BytesError {}

impl ShortText for BytesError {
    fn short_text(&self) -> &'static str {
        match self {
            Self::Null => "null bytes",
            Self::TooLong { .. } => "too many bytes",
        }
    }
}

impl BytesError {
    /// The error of [`check`](Self::check), recomputed from the length of bytes that it refused.
    pub(crate) const fn of(len: usize, limit: usize) -> Self {
        if len > limit { Self::TooLong { len, limit } } else { Self::Null }
    }

    /// Checks pointer and length of foreign bytes against a limit, without looking at the bytes
    /// (rule 1).
    #[inline]
    pub(crate) fn check(is_null: bool, len: usize, limit: usize) -> Result<(), Self> {
        if len > limit {
            return Err(Self::TooLong { len, limit });
        }
        // Two jumps, the second of which is rarely reached, cost less than arithmetic on two flags.
        if is_null && cold(len != 0) {
            return Err(Self::Null);
        }
        Ok(())
    }
}

/// Marks a condition as rarely evaluated.
#[cold]
#[inline(never)]
const fn cold(condition: bool) -> bool {
    condition
}

/// The most bytes that one object of Rust may have; the limit where the contract sets none.
const ANY: usize = isize::MAX as usize;

/// The bytes as a slice. Length 0 is an empty slice, also with a null pointer.
///
/// # Errors
///
/// The published text when the pointer is null and the length is not 0; a text when the length is
/// above `isize::MAX`.
///
/// # Safety
///
/// A non-null pointer is valid for reads of `len` bytes for `'a`, and no other code writes them.
pub unsafe fn runtime_bytes_slice<'a>(bytes: RuntimeBytesRef) -> Result<&'a [u8], &'static str> {
    // SAFETY: the caller promised that a non-null pointer is valid for reads of `len` bytes for
    // `'a`, and that no other code writes them (rule 10).
    unsafe { slice_within(bytes, ANY) }.map_err(published_text)
}

/// The bytes as a mutable slice. Length 0 is an empty slice, also with a null pointer.
///
/// # Errors
///
/// As [`runtime_bytes_slice`].
///
/// # Safety
///
/// A non-null pointer is valid for reads and writes of `len` bytes for `'a`, and no other code
/// accesses them.
pub unsafe fn runtime_bytes_slice_mut<'a>(
    bytes: RuntimeBytesMutRef,
) -> Result<&'a mut [u8], &'static str> {
    // SAFETY: the caller promised that a non-null pointer is valid for reads and writes of `len`
    // bytes for `'a`, and that no other code accesses them (rule 10).
    unsafe { slice_mut_within(bytes, ANY) }.map_err(published_text)
}

fn published_text(error: BytesError) -> &'static str {
    match error {
        BytesError::Null => "bytes pointer is null but len is non-zero",
        BytesError::TooLong { .. } => "bytes len is above isize::MAX",
    }
}

/// [`runtime_bytes_slice`] with a limit.
///
/// # Safety
///
/// As [`runtime_bytes_slice`].
#[inline]
pub(crate) unsafe fn slice_within<'a>(
    bytes: RuntimeBytesRef,
    limit: usize,
) -> Result<&'a [u8], BytesError> {
    BytesError::check(bytes.ptr.is_null(), bytes.len, limit)?;
    // SAFETY: `check` accepted pointer and length; a non-null pointer is valid as the contract says
    // (rules 1 and 10).
    Ok(unsafe { checked_slice(bytes) })
}

/// The slice of bytes whose pointer and length were checked.
///
/// # Safety
///
/// [`BytesError::check`] accepted them. A non-null pointer is valid for reads of `len` bytes for
/// `'a`, and no other code writes them.
#[inline]
pub(crate) const unsafe fn checked_slice<'a>(bytes: RuntimeBytesRef) -> &'a [u8] {
    if bytes.ptr.is_null() {
        return &[];
    }
    // SAFETY: not null, and so valid for reads of `len` bytes, which is within the limit (rule 10).
    unsafe { slice::from_raw_parts(bytes.ptr, bytes.len) }
}

/// [`runtime_bytes_slice_mut`] with a limit.
///
/// # Safety
///
/// As [`runtime_bytes_slice_mut`].
#[inline]
pub(crate) unsafe fn slice_mut_within<'a>(
    bytes: RuntimeBytesMutRef,
    limit: usize,
) -> Result<&'a mut [u8], BytesError> {
    BytesError::check(bytes.ptr.is_null(), bytes.len, limit)?;
    // SAFETY: `check` accepted pointer and length; a non-null pointer is valid as the contract says
    // (rules 1 and 10).
    Ok(unsafe { checked_slice_mut(bytes) })
}

/// The mutable slice of bytes whose pointer and length were checked.
///
/// # Safety
///
/// [`BytesError::check`] accepted them. A non-null pointer is valid for reads and writes of `len`
/// bytes for `'a`, and no other code accesses them.
#[inline]
pub(crate) const unsafe fn checked_slice_mut<'a>(bytes: RuntimeBytesMutRef) -> &'a mut [u8] {
    if bytes.ptr.is_null() {
        return &mut [];
    }
    // SAFETY: not null, and so valid and unshared for `len` bytes, which is within the limit
    // (rule 10).
    unsafe { slice::from_raw_parts_mut(bytes.ptr, bytes.len) }
}
