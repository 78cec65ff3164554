//! The encodings that a field can have.

/// How a field is encoded (ABI.md section 5). Integers are little-endian. The list is closed: the
/// published contract fixes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldType {
    /// One byte; zero is false, anything else reads as true.
    Bool,
    /// One byte.
    U8,
    /// Two bytes.
    U16,
    /// Four bytes.
    U32,
    /// Eight bytes.
    U64,
    /// Four bytes, two's complement.
    I32,
    /// Eight bytes, two's complement.
    I64,
    /// Sixteen bytes.
    U128,
    /// A `u16` length and N bytes, zero padded: N + 2 bytes in all.
    FixedBytes,
    /// A `u16` length and that many bytes; in commands and events only.
    VarBytes,
    /// One byte, the value of an enum's variant.
    EnumU8,
}

impl FieldType {
    /// The number that stands for this encoding in a fingerprint.
    #[must_use]
    pub const fn tag(self) -> u8 {
        match self {
            Self::Bool => 1,
            Self::U8 => 2,
            Self::U16 => 3,
            Self::U32 => 4,
            Self::U64 => 5,
            Self::I32 => 6,
            Self::I64 => 7,
            Self::U128 => 8,
            Self::FixedBytes => 9,
            Self::VarBytes => 10,
            Self::EnumU8 => 11,
        }
    }

    /// The name in the schema JSON. `fixedBytes` and `enumU8` stand there as objects that carry a
    /// size or a name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::U8 => "u8",
            Self::U16 => "u16",
            Self::U32 => "u32",
            Self::U64 => "u64",
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::U128 => "u128",
            Self::FixedBytes => "fixedBytes",
            Self::VarBytes => "varBytes",
            Self::EnumU8 => "enumU8",
        }
    }

    /// The encoded size in bytes, if the encoding alone decides it: not for fixed and variable
    /// bytes.
    #[must_use]
    pub const fn fixed_size(self) -> Option<u32> {
        match self {
            Self::Bool | Self::U8 | Self::EnumU8 => Some(1),
            Self::U16 => Some(2),
            Self::U32 | Self::I32 => Some(4),
            Self::U64 | Self::I64 => Some(8),
            Self::U128 => Some(16),
            Self::FixedBytes | Self::VarBytes => None,
        }
    }

    /// Returns true if a primary key may hold such a field.
    #[must_use]
    pub const fn fits_primary_key(self) -> bool {
        !matches!(self, Self::U128 | Self::VarBytes)
    }
}
