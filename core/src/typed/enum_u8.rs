//! Enums that are one byte.

use super::DecodeError;
use crate::schema::EnumDef;
use thiserror_no_std::Error;

/// A fieldless enum whose variants are bytes; see [`derive(EnumU8)`](macro@crate::typed::EnumU8).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a field type nor an enum that derives EnumU8",
    note = "fields are bool, u8, u16, u32, u64, i32, i64, u128, FixedBytes<N> and enums that derive EnumU8"
)]
pub trait EnumU8: Copy + Eq + 'static {
    /// The enum's definition.
    const DEF: EnumDef<'static>;

    /// The byte of this variant.
    fn to_u8(self) -> u8;

    /// The variant of this byte.
    ///
    /// # Errors
    /// No variant has this byte.
    fn try_from_u8(raw: u8) -> Result<Self, EnumDecodeError>;

    /// The variant of a byte that [`try_from_u8`](EnumU8::try_from_u8) accepted. Views check once
    /// and then read with this function. Any other byte gives an arbitrary variant, without a panic
    /// and without undefined behaviour.
    fn from_checked_u8(raw: u8) -> Self;
}

/// A byte that no variant of an enum has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{raw} is no value of {type_name}")]
pub struct EnumDecodeError {
    /// The enum.
    pub type_name: &'static str,
    /// The byte.
    pub raw: u8,
}

impl core::error::Error for EnumDecodeError {}

impl EnumDecodeError {
    /// The same error with the field that holds the byte.
    #[must_use]
    pub const fn in_field(self, name: &'static str, field: &'static str) -> DecodeError {
        DecodeError::UnknownVariant { name, field, enum_name: self.type_name, raw: self.raw }
    }
}
