//! Errors of values that a field does not take.

use statevec_abi_alloc::schema::FieldType;
use thiserror::Error;

use super::{Bytes, KnownNames};

/// A value that a field does not take.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ValueError {
    /// Another type, or a number out of range.
    #[error("expected {}, found {found}", expectation(*.ty))]
    Unexpected {
        /// The field's type.
        ty: FieldType,
        /// The value in the line.
        found: String,
    },
    /// A name that no variant of the enum has.
    #[error("unknown variant {found:?} of enum {enum_name:?}; it has {known}")]
    UnknownVariant {
        /// The enum.
        enum_name: String,
        /// The name, cut at 64 bytes.
        found: String,
        /// The variants of the enum.
        known: KnownNames,
    },
    /// A variant by name, of an enum whose names are not in the schema.
    #[error(
        "enum {enum_name:?} is not in the schema, so its variants have no names: expected a number from 0 to 255, found {found:?}"
    )]
    UnknownEnum {
        /// The enum.
        enum_name: String,
        /// The name, cut at 64 bytes.
        found: String,
    },
    /// Too many bytes.
    #[error("{} {} too long; at most {max} fit", Bytes(*.len), if *.len == 1 { "is" } else { "are" })]
    TooLong {
        /// Length of the value in bytes.
        len: usize,
        /// Longest value in bytes.
        max: usize,
    },
    /// Not a whole number of bytes in hexadecimal digits.
    #[error("expected two hexadecimal digits for each byte, found {found:?}")]
    NotHex {
        /// The text in the line, cut at 64 bytes.
        found: String,
    },
}

/// Describes the values that a field of this type takes.
pub(super) const fn expectation(ty: FieldType) -> &'static str {
    match ty {
        FieldType::Bool => "true or false",
        FieldType::U8 => "a whole number from 0 to 255",
        FieldType::U16 => "a whole number from 0 to 65535",
        FieldType::U32 => "a whole number from 0 to 4294967295",
        FieldType::U64 => "a whole number from 0 to 18446744073709551615",
        FieldType::I32 => "a whole number from -2147483648 to 2147483647",
        FieldType::I64 => "a whole number from -9223372036854775808 to 9223372036854775807",
        FieldType::U128 => {
            "decimal digits in a string, up to \"340282366920938463463374607431768211455\", or a whole number up to 18446744073709551615"
        }
        FieldType::FixedBytes | FieldType::VarBytes => r#"a string, or {"hex":"…"}"#,
        FieldType::EnumU8 => "a variant's name, or a whole number from 0 to 255",
    }
}
