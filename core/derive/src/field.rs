//! Parses the fields of a record, command or event.

pub(crate) use crate::encoding::{Encoding, Scalar};

use crate::attribute::FieldOptions;
use crate::errors::Errors;
use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Fields, Ident, Type, Visibility};

pub(crate) struct Field<'i> {
    pub(crate) ident: &'i Ident,
    pub(crate) vis: &'i Visibility,
    pub(crate) ty: &'i Type,
    pub(crate) docs: Vec<&'i Attribute>,
    pub(crate) options: FieldOptions,
    pub(crate) encoding: Encoding,
    /// Position in the declaration, from 1.
    pub(crate) index: u32,
}

/// Parses the fields of a struct, or returns an error for each broken rule.
pub(crate) fn parse_fields(input: &DeriveInput) -> syn::Result<Vec<Field<'_>>> {
    let Data::Struct(data) = &input.data else {
        let text = "this derive is for structs";
        return Err(syn::Error::new(input.ident.span(), text));
    };
    if let Fields::Unnamed(fields) = &data.fields {
        let text = "fields need names: the schema states them";
        return Err(syn::Error::new_spanned(fields, text));
    }
    let mut errors = Errors::default();
    let mut fields = Vec::new();
    for (field, index) in data.fields.iter().zip(1..) {
        let Some(ident) = &field.ident else { continue };
        let options = errors.take(FieldOptions::parse(field));
        let encoding = errors.take(Encoding::of(&field.ty).map_err(|refusal| refusal.of(ident)));
        if let (Some(options), Some(encoding)) = (options, encoding) {
            fields.push(Field {
                ident,
                vis: &field.vis,
                ty: &field.ty,
                docs: documentation(&field.attrs),
                options,
                encoding,
                index,
            });
        }
    }
    errors.check()?;
    Ok(fields)
}

impl Field<'_> {
    pub(crate) fn name(&self) -> String {
        self.ident.to_string()
    }

    pub(crate) fn is_reserved(&self) -> bool {
        self.options.reserved.is_some()
    }

    /// Encoded size in bytes. Variable bytes count with their 2-byte length only.
    pub(crate) fn size(&self) -> u32 {
        match &self.encoding {
            Encoding::Scalar(scalar) => scalar.size(),
            Encoding::FixedBytes(capacity) => u32::from(*capacity) + 2,
            Encoding::VarBytes => 2,
            Encoding::Enum => 1,
        }
    }

    /// The `FieldType` of the encoding, as a path.
    pub(crate) fn field_type(&self) -> TokenStream {
        let variant = match &self.encoding {
            Encoding::Scalar(scalar) => scalar.variant(),
            Encoding::FixedBytes(_) => "FixedBytes",
            Encoding::VarBytes => "VarBytes",
            Encoding::Enum => "EnumU8",
        };
        let variant = format_ident!("{variant}");
        quote!(__statevec_abi::schema::FieldType::#variant)
    }

    /// The enum's name, as an expression of type `Option<&str>`.
    pub(crate) fn enum_type_name(&self) -> TokenStream {
        let ty = self.ty;
        match self.encoding {
            Encoding::Enum => quote!(::core::option::Option::Some(::core::stringify!(#ty))),
            _ => quote!(::core::option::Option::None),
        }
    }

    // The functions below generate the same trait bound with the same span. For a type that is no
    // `EnumU8` the compiler then reports one error instead of one per use.

    /// Generates the conversion of an enum value to its byte.
    pub(crate) fn enum_byte(&self, value: &TokenStream) -> TokenStream {
        let ty = self.ty;
        quote_spanned!(ty.span()=> <#ty as __statevec_abi::typed::EnumU8>::to_u8(#value))
    }

    /// Generates the checked conversion of a byte to an enum value, a `Result`.
    pub(crate) fn variant(&self, raw: &TokenStream, record: &Ident) -> TokenStream {
        let ty = self.ty;
        let field = self.name();
        quote_spanned! {ty.span()=>
            <#ty as __statevec_abi::typed::EnumU8>::try_from_u8(#raw)
                .map_err(|error| error.in_field(::core::stringify!(#record), #field))
        }
    }

    /// Generates the conversion of a byte that a view has checked.
    pub(crate) fn checked_variant(&self, raw: &TokenStream) -> TokenStream {
        let ty = self.ty;
        quote_spanned!(ty.span()=> <#ty as __statevec_abi::typed::EnumU8>::from_checked_u8(#raw))
    }

    /// The field's own doc comments, or `otherwise` if it has none.
    pub(crate) fn documentation(&self, otherwise: &str) -> TokenStream {
        if self.docs.is_empty() {
            return quote!(#[doc = #otherwise]);
        }
        let docs = &self.docs;
        quote!(#(#docs)*)
    }
}

fn documentation(attributes: &[Attribute]) -> Vec<&Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("doc")).collect()
}
