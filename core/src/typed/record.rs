//! Records: fixed layouts that the host stores.

use super::DecodeError;
use crate::schema::RecordDef;

/// A record type; see [`derive(Record)`](macro@crate::typed::Record).
///
/// The type itself is a plain value. In place, a record is read through a [`View`](Record::View)
/// and changed through an [`Update`](Record::Update): making one checks the bytes once, and the
/// accessors then read and write without further checks.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a record",
    note = "declare it with #[derive(Record)] and #[record(kind = …, len = …)]"
)]
pub trait Record: Sized + 'static {
    /// The record kind, 1 to 255.
    const KIND: u8;
    /// The whole length in bytes, with the host's header: 64·2^k.
    const RECORD_LEN: usize;
    /// The bytes of data, without the host's header.
    const DATA_SIZE: usize;
    /// The definition. Its version is 1.0 until [`schema!`](crate::schema!) gives it the schema's
    /// own.
    const DEF: RecordDef<'static>;

    /// The encoded record, an array `[u8; DATA_SIZE]`.
    type Bytes: AsRef<[u8]> + AsMut<[u8]> + Copy;
    /// Reads fields in place.
    type View<'a>: Copy;
    /// Reads fields and writes the mutable ones in place.
    type Update<'a>;

    /// Reads `data` in place. Bytes behind the layout are ignored.
    ///
    /// # Errors
    /// `data` is shorter than the layout, an enum's byte is unknown, or fixed bytes state too great
    /// a length.
    fn view(data: &[u8]) -> Result<Self::View<'_>, DecodeError>;

    /// Changes `data` in place. Bytes behind the layout stay as they are.
    ///
    /// # Errors
    /// As [`view`](Record::view).
    fn update(data: &mut [u8]) -> Result<Self::Update<'_>, DecodeError>;

    /// Reads the whole value. Reserved fields are read as zero.
    ///
    /// # Errors
    /// As [`view`](Record::view).
    fn decode(data: &[u8]) -> Result<Self, DecodeError>;

    /// The whole value as bytes. Reserved fields and padding are written as zero.
    fn to_bytes(&self) -> Self::Bytes;

    /// Writes the whole value to the start of `data`, and returns the written bytes. Bytes behind
    /// the layout stay as they are.
    ///
    /// # Errors
    /// `data` is shorter than the layout.
    #[inline]
    fn write_to<'d>(&self, data: &'d mut [u8]) -> Result<&'d mut [u8], DecodeError> {
        let found = data.len();
        let place = data.get_mut(..Self::DATA_SIZE).ok_or(DecodeError::Short {
            name: Self::DEF.name,
            needed: Self::DATA_SIZE,
            found,
        })?;
        place.copy_from_slice(self.to_bytes().as_ref());
        Ok(place)
    }
}
