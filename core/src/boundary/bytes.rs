//! Foreign bytes become slices: pointer and length are checked once (rule 1).

use core::slice;

use crate::abi::{RuntimeBytesMutRef, RuntimeBytesRef};

/// Why foreign bytes did not become a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror_no_std::Error)]
#[non_exhaustive]
pub enum BytesError {
    /// A null pointer with a length.
    #[error("bytes pointer is null but len is non-zero")]
    Null,
    /// Longer than the limit for what it is.
    #[error("{len} bytes are more than the limit of {limit}")]
    TooLong {
        /// The length given.
        len: usize,
        /// The most that is believed ([`limits`](crate::boundary::limits)).
        limit: usize,
    },
}

impl core::error::Error for BytesError {}

impl BytesError {
    /// What [`check`](Self::check) has against bytes of that length that it refused.
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
        // Two jumps, of which the second is hardly ever reached, instead of arithmetic on two
        // flags.
        if is_null && cold(len != 0) {
            return Err(Self::Null);
        }
        Ok(())
    }
}

/// A condition on a path that hardly any call takes.
#[cold]
#[inline(never)]
const fn cold(condition: bool) -> bool {
    condition
}

/// The most bytes that one object of Rust may have; the limit where the contract sets none.
const ANY: usize = isize::MAX as usize;

/// The slice that `bytes` speaks of; length 0 is an empty slice, whatever the pointer.
///
/// # Errors
///
/// The published text when the pointer is null and the length is not 0; a text when the length is
/// above `isize::MAX`.
///
/// # Safety
///
/// A non-null pointer is valid for reads of `len` bytes, which nobody writes, for `'a`.
pub unsafe fn runtime_bytes_slice<'a>(bytes: RuntimeBytesRef) -> Result<&'a [u8], &'static str> {
    // SAFETY: the caller's promise about the pointer is ours (rule 10).
    unsafe { slice_within(bytes, ANY) }.map_err(published_text)
}

/// The mutable slice that `bytes` speaks of; length 0 is an empty slice, whatever the pointer.
///
/// # Errors
///
/// As [`runtime_bytes_slice`].
///
/// # Safety
///
/// A non-null pointer is valid for reads and writes of `len` bytes, which nobody else touches, for
/// `'a`.
pub unsafe fn runtime_bytes_slice_mut<'a>(
    bytes: RuntimeBytesMutRef,
) -> Result<&'a mut [u8], &'static str> {
    // SAFETY: the caller's promise about the pointer is ours (rule 10).
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
    // SAFETY: both just checked, and the caller's promise about the pointer (rules 1 and 10).
    Ok(unsafe { checked_slice(bytes) })
}

/// The slice of bytes whose pointer and length were checked.
///
/// # Safety
///
/// [`BytesError::check`] has nothing against them, and a non-null pointer is valid for reads of
/// `len` bytes, which nobody writes, for `'a`.
#[inline]
pub(crate) const unsafe fn checked_slice<'a>(bytes: RuntimeBytesRef) -> &'a [u8] {
    if bytes.ptr.is_null() {
        return &[];
    }
    // SAFETY: not null, and valid for reads by the caller's promise (rule 10).
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
    // SAFETY: both just checked, and the caller's promise about the pointer (rules 1 and 10).
    Ok(unsafe { checked_slice_mut(bytes) })
}

/// The mutable slice of bytes whose pointer and length were checked.
///
/// # Safety
///
/// [`BytesError::check`] has nothing against them, and a non-null pointer is valid for reads and
/// writes of `len` bytes, which nobody else touches, for `'a`.
#[inline]
pub(crate) const unsafe fn checked_slice_mut<'a>(bytes: RuntimeBytesMutRef) -> &'a mut [u8] {
    if bytes.ptr.is_null() {
        return &mut [];
    }
    // SAFETY: not null, and valid and unshared by the caller's promise (rule 10).
    unsafe { slice::from_raw_parts_mut(bytes.ptr, bytes.len) }
}
