//! Writes bytes to a sink, with their length or without.

use embedded_io::Write;

use super::EncodeError;

/// Writes bytes and their length before them, a u32.
#[inline]
pub(super) fn put_sized<W: Write>(
    sink: &mut W,
    field: &'static str,
    bytes: &[u8],
) -> Result<(), EncodeError<W::Error>> {
    let len = EncodeError::check_len(field, bytes.len(), u32::MAX)?;
    put(sink, &len.to_le_bytes())?;
    put(sink, bytes)
}

/// Writes bytes.
#[inline]
pub(super) fn put<W: Write>(sink: &mut W, bytes: &[u8]) -> Result<(), EncodeError<W::Error>> {
    sink.write_all(bytes).map_err(EncodeError::Sink)
}
