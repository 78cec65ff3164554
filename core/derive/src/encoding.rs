//! Derives a field's encoding from the tokens of its type.

use crate::groups::{bare_expr, bare_type};
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Expr, ExprLit, GenericArgument, Ident, Lit, PathArguments, PathSegment, Type};

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// A number or `bool`.
    Scalar(Scalar),
    /// `FixedBytes<N>`
    FixedBytes(u16),
    /// `&'a [u8]`
    VarBytes,
    /// Any other path; the compiler checks that it is an `EnumU8`.
    Enum,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scalar {
    Bool,
    U8,
    U16,
    U32,
    U64,
    I32,
    I64,
    U128,
}

const FIELD_TYPES: &str = "fields are bool, u8, u16, u32, u64, i32, i64, u128, FixedBytes<N> and enums that derive EnumU8";

/// The error for a type that cannot be a field: the tokens it points at, and the broken rule.
pub(super) struct Refusal {
    place: TokenStream,
    rule: String,
}

impl Refusal {
    fn new(place: &impl ToTokens, rule: impl Into<String>) -> Self {
        Self { place: place.to_token_stream(), rule: rule.into() }
    }

    pub(super) fn of(self, field: &Ident) -> syn::Error {
        syn::Error::new_spanned(self.place, format!("field `{field}`: {}", self.rule))
    }
}

impl Encoding {
    pub(super) fn of(ty: &Type) -> Result<Self, Refusal> {
        match bare_type(ty) {
            Type::Path(path) if path.qself.is_none() => match path.path.segments.last() {
                Some(last) => Self::of_path(ty, last),
                None => Err(Refusal::new(ty, FIELD_TYPES)),
            },
            Type::Reference(reference) if is_byte_slice(&reference.elem) => {
                match reference.mutability {
                    None => Ok(Self::VarBytes),
                    Some(_) => {
                        let rule = "variable bytes are borrowed for reading; write `&'a [u8]`";
                        Err(Refusal::new(ty, rule))
                    }
                }
            }
            Type::Reference(_) => {
                let rule = "the only reference is `&'a [u8]`, and text travels as its UTF-8 bytes";
                Err(Refusal::new(ty, rule))
            }
            Type::Array(_) => {
                let rule = "arrays have no encoding; for bytes use FixedBytes<N>";
                Err(Refusal::new(ty, rule))
            }
            _ => Err(Refusal::new(ty, FIELD_TYPES)),
        }
    }

    fn of_path(ty: &Type, last: &PathSegment) -> Result<Self, Refusal> {
        let name = last.ident.to_string();
        if let Some(scalar) = Scalar::named(&name) {
            return Ok(Self::Scalar(scalar));
        }
        let rule = match name.as_str() {
            "FixedBytes" => return fixed_bytes(ty, last),
            "VarBytes" => {
                "variable bytes are written `&'a [u8]`, in commands and events".to_owned()
            }
            "Vec" | "String" | "str" | "Box" => format!(
                "`{name}` has no encoding; for variable bytes in a command or event write \
                 `&'a [u8]`, which borrows them from the payload, and in a record FixedBytes<N>"
            ),
            "i8" | "i16" | "i128" | "usize" | "isize" | "f32" | "f64" | "char" | "Option" => {
                format!("`{name}` has no encoding; {FIELD_TYPES}")
            }
            _ if !last.arguments.is_none() => format!("`{name}` has no encoding; {FIELD_TYPES}"),
            _ => return Ok(Self::Enum),
        };
        Err(Refusal::new(ty, rule))
    }
}

impl Scalar {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "bool" => Self::Bool,
            "u8" => Self::U8,
            "u16" => Self::U16,
            "u32" => Self::U32,
            "u64" => Self::U64,
            "i32" => Self::I32,
            "i64" => Self::I64,
            "u128" => Self::U128,
            _ => return None,
        })
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::U8 => "u8",
            Self::U16 => "u16",
            Self::U32 => "u32",
            Self::U64 => "u64",
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::U128 => "u128",
        }
    }

    pub(super) fn variant(self) -> &'static str {
        match self {
            Self::Bool => "Bool",
            Self::U8 => "U8",
            Self::U16 => "U16",
            Self::U32 => "U32",
            Self::U64 => "U64",
            Self::I32 => "I32",
            Self::I64 => "I64",
            Self::U128 => "U128",
        }
    }

    pub(super) fn size(self) -> u32 {
        match self {
            Self::Bool | Self::U8 => 1,
            Self::U16 => 2,
            Self::U32 | Self::I32 => 4,
            Self::U64 | Self::I64 => 8,
            Self::U128 => 16,
        }
    }
}

/// `N` must be a literal, because the derive computes offsets from tokens.
fn fixed_bytes(ty: &Type, last: &PathSegment) -> Result<Encoding, Refusal> {
    if let PathArguments::AngleBracketed(arguments) = &last.arguments
        && let Some(GenericArgument::Const(capacity)) = arguments.args.first()
        && let Expr::Lit(ExprLit { lit: Lit::Int(capacity), .. }) = bare_expr(capacity)
        && arguments.args.len() == 1
    {
        return match capacity.base10_parse::<u16>() {
            Ok(capacity) => Ok(Encoding::FixedBytes(capacity)),
            Err(_) => {
                let rule = "FixedBytes<N> holds at most 65535 bytes";
                Err(Refusal::new(capacity, rule))
            }
        };
    }
    let rule = "write the capacity as a number, as in FixedBytes<16>";
    Err(Refusal::new(ty, rule))
}

fn is_byte_slice(ty: &Type) -> bool {
    match bare_type(ty) {
        Type::Slice(slice) => bare_type(&slice.elem).to_token_stream().to_string() == "u8",
        _ => false,
    }
}
