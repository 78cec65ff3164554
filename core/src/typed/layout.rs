//! Fields at fixed offsets, for the code that the derives generate.
//!
//! Offsets are constants and the bytes are arrays, so the compiler checks that fields lie inside.
//! An access compiles to one load or store.

use super::{DecodeError, Field, FixedBytes};

/// Reads the field at `AT`.
#[must_use]
#[inline(always)]
pub fn read<F: Field, const AT: usize, const SIZE: usize>(bytes: &[u8; SIZE]) -> F {
    const { assert!(AT + F::SIZE <= SIZE, "the field lies outside its record") };
    // The assertion makes `None` unreachable. A value instead of a panic keeps panic code out of
    // firmware.
    match bytes.get(AT..).and_then(F::split_from) {
        Some((value, _)) => value,
        None => F::ZERO,
    }
}

/// Writes the field at `AT`.
#[inline(always)]
pub fn write<F: Field, const AT: usize, const SIZE: usize>(bytes: &mut [u8; SIZE], value: F) {
    const { assert!(AT + F::SIZE <= SIZE, "the field lies outside its record") };
    if let Some(place) = bytes.get_mut(AT..) {
        value.split_into(place);
    }
}

/// The bytes as an array, if their number is `SIZE`.
///
/// # Errors
/// They are fewer or more.
#[inline(always)]
pub fn exactly<'b, const SIZE: usize>(
    bytes: &'b [u8],
    name: &'static str,
) -> Result<&'b [u8; SIZE], DecodeError> {
    match <&[u8; SIZE]>::try_from(bytes) {
        Ok(bytes) => Ok(bytes),
        Err(_) => Err(wrong_length(name, SIZE, bytes.len())),
    }
}

#[cold]
#[inline(never)]
fn wrong_length(name: &'static str, size: usize, found: usize) -> DecodeError {
    if found < size {
        DecodeError::Short { name, needed: size, found }
    } else {
        DecodeError::Long { name, expected: size, found }
    }
}

/// Refuses fixed bytes at `AT` whose length exceeds their capacity.
///
/// # Errors
/// They state too great a length.
#[inline(always)]
pub fn check_fixed_bytes<const N: usize, const AT: usize, const SIZE: usize>(
    bytes: &[u8; SIZE],
    name: &'static str,
    field: &'static str,
) -> Result<(), DecodeError> {
    fixed_bytes::<N>(read::<u16, AT, SIZE>(bytes), name, field)
}

/// Reads the fixed bytes at `AT` of a command or event.
///
/// # Errors
/// They state too great a length, or have bytes other than zero behind it.
#[inline(always)]
pub fn decode_fixed_bytes<const N: usize, const AT: usize, const SIZE: usize>(
    bytes: &[u8; SIZE],
    name: &'static str,
    field: &'static str,
) -> Result<FixedBytes<N>, DecodeError> {
    check_fixed_bytes::<N, AT, SIZE>(bytes, name, field)?;
    zero_padded(read::<FixedBytes<N>, AT, SIZE>(bytes), name, field)
}

/// Writes `part` at `AT` of a key.
#[inline(always)]
pub const fn write_key<const AT: usize, const LEN: usize, const SIZE: usize>(
    key: &mut [u8; SIZE],
    part: &[u8; LEN],
) {
    const { assert!(AT + LEN <= SIZE, "the field lies outside its key") };
    let (_, tail) = key.split_at_mut(AT);
    let (place, _) = tail.split_at_mut(LEN);
    place.copy_from_slice(part);
}

/// An `i32` in a key: big-endian with the sign bit flipped, so that bytes order as numbers do.
#[must_use]
#[inline(always)]
pub const fn i32_key(value: i32) -> [u8; 4] {
    (value ^ i32::MIN).to_be_bytes()
}

/// An `i64` in a key: big-endian with the sign bit flipped, so that bytes order as numbers do.
#[must_use]
#[inline(always)]
pub const fn i64_key(value: i64) -> [u8; 8] {
    (value ^ i64::MIN).to_be_bytes()
}

#[inline(always)]
pub(super) fn fixed_bytes<const N: usize>(
    stated_len: u16,
    name: &'static str,
    field: &'static str,
) -> Result<(), DecodeError> {
    let len = usize::from(stated_len);
    if len > N {
        return Err(DecodeError::FixedBytesTooLong { name, field, len, capacity: N });
    }
    Ok(())
}

/// Refuses padding that is not zero: padding is part of a key, so equal values would have two keys.
#[inline(always)]
pub(super) fn zero_padded<const N: usize>(
    value: FixedBytes<N>,
    name: &'static str,
    field: &'static str,
) -> Result<FixedBytes<N>, DecodeError> {
    if value.is_zero_padded() {
        Ok(value)
    } else {
        Err(DecodeError::FixedBytesPadding { name, field })
    }
}
