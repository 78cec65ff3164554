//! The values of fields, except enums and variable bytes.

use super::FixedBytes;
use crate::schema::FieldType;

/// A value with an encoding of fixed size: `bool`, `u8`, `u16`, `u32`, `u64`, `i32`, `i64`, `u128`
/// and [`FixedBytes`].
///
/// Every sequence of `SIZE` bytes is a value, so reading fails only if bytes are missing. The trait
/// is sealed: the ABI fixes the set of types. Enums implement [`EnumU8`](super::EnumU8) instead.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a field type",
    note = "fields are bool, u8, u16, u32, u64, i32, i64, u128, FixedBytes<N> and enums that derive EnumU8"
)]
pub trait Field: Copy + sealed::Sealed {
    /// The encoding in the schema.
    const TYPE: FieldType;
    /// The encoded size in bytes.
    const SIZE: usize;
    /// The value of a zeroed field.
    const ZERO: Self;

    /// Reads the value at the start of `bytes`, and returns the bytes behind it; none if `bytes` is
    /// too short.
    fn split_from(bytes: &[u8]) -> Option<(Self, &[u8])>;

    /// Writes the value at the start of `out`, and returns the bytes behind it; none, and nothing
    /// written, if `out` is too short.
    fn split_into(self, out: &mut [u8]) -> Option<&mut [u8]>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for bool {}
    impl<const N: usize> Sealed for super::FixedBytes<N> {}
}

macro_rules! integers {
    ($($ty:ident $encoding:ident)*) => {$(
        impl sealed::Sealed for $ty {}

        impl Field for $ty {
            const TYPE: FieldType = FieldType::$encoding;
            const SIZE: usize = size_of::<$ty>();
            const ZERO: Self = 0;

            #[inline]
            fn split_from(bytes: &[u8]) -> Option<(Self, &[u8])> {
                let (value, rest) = bytes.split_first_chunk()?;
                Some((Self::from_le_bytes(*value), rest))
            }

            #[inline]
            fn split_into(self, out: &mut [u8]) -> Option<&mut [u8]> {
                let (place, rest) = out.split_first_chunk_mut()?;
                *place = self.to_le_bytes();
                Some(rest)
            }
        }
    )*};
}

integers!(u8 U8  u16 U16  u32 U32  u64 U64  i32 I32  i64 I64  u128 U128);

impl Field for bool {
    const TYPE: FieldType = FieldType::Bool;
    const SIZE: usize = 1;
    const ZERO: Self = false;

    #[inline]
    fn split_from(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (value, rest) = bytes.split_first()?;
        Some((*value != 0, rest))
    }

    #[inline]
    fn split_into(self, out: &mut [u8]) -> Option<&mut [u8]> {
        let (place, rest) = out.split_first_mut()?;
        *place = u8::from(self);
        Some(rest)
    }
}

impl<const N: usize> Field for FixedBytes<N> {
    const TYPE: FieldType = FieldType::FixedBytes;
    const SIZE: usize = N + 2;
    const ZERO: Self = Self::EMPTY;

    /// A stated length above `N` reads as `N`; views and decoders refuse it before they read.
    #[inline]
    fn split_from(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (len, rest) = bytes.split_first_chunk()?;
        let (content, rest) = rest.split_first_chunk()?;
        let value = Self::from_encoded(u16::from_le_bytes(*len), content);
        Some((value, rest))
    }

    #[inline]
    fn split_into(self, out: &mut [u8]) -> Option<&mut [u8]> {
        let (place, rest) = out.split_at_mut_checked(Self::SIZE)?;
        let (len, content) = place.split_first_chunk_mut()?;
        *len = self.stated_len().to_le_bytes();
        content.copy_from_slice(self.padded_slice());
        Some(rest)
    }
}
