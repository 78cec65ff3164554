//! Expands `#[derive(EnumU8)]`.

use crate::attribute::EnumOptions;
use crate::errors::Errors;
use crate::groups::bare_expr;
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Expr, ExprLit, Lit, Variant};

pub(crate) fn expand(input: &DeriveInput) -> syn::Result<TokenStream> {
    let name = &input.ident;
    let Data::Enum(data) = &input.data else {
        return Err(syn::Error::new(name.span(), "EnumU8 is for enums"));
    };
    let mut errors = Errors::default();
    let options = errors.take(EnumOptions::parse(input)).unwrap_or_default();
    if !is_repr_u8(&input.attrs) {
        let text = "EnumU8 needs #[repr(u8)] on the enum";
        errors.push(syn::Error::new(name.span(), text));
    }
    if !input.generics.params.is_empty() {
        let text = "an enum of one byte takes no parameters";
        errors.push(syn::Error::new_spanned(&input.generics, text));
    }
    let variants: Vec<_> = data
        .variants
        .iter()
        .filter_map(|variant| Some((&variant.ident, errors.take(value(variant))?)))
        .collect();
    errors.check()?;

    let idents: Vec<_> = variants.iter().map(|(ident, _)| ident).collect();
    let values: Vec<_> = variants.iter().map(|(_, value)| value).collect();
    let (Some(first), Some(other_idents), Some(other_values)) =
        (idents.first(), idents.get(1..), values.get(1..))
    else {
        let text = "an enum of one byte has at least one variant";
        return Err(syn::Error::new(name.span(), text));
    };
    let names = idents.iter().map(|ident| ident.to_string());
    // `Self::Error` is ambiguous for an enum with a variant `Error`, so `try_from` names the type.
    Ok(options.crate_path.apply(quote! {
        #[automatically_derived]
        impl __statevec_abi::typed::EnumU8 for #name {
            const DEF: __statevec_abi::schema::EnumDef<'static> = __statevec_abi::schema::EnumDef {
                name: ::core::stringify!(#name),
                variants: &[#(__statevec_abi::schema::EnumVariantDef {
                    name: #names,
                    discriminant: #values,
                },)*],
            };

            #[inline]
            fn to_u8(self) -> u8 {
                self as u8
            }

            #[inline]
            fn try_from_u8(
                raw: u8,
            ) -> ::core::result::Result<Self, __statevec_abi::typed::EnumDecodeError> {
                match raw {
                    #(#values => ::core::result::Result::Ok(Self::#idents),)*
                    _ => ::core::result::Result::Err(__statevec_abi::typed::EnumDecodeError {
                        type_name: ::core::stringify!(#name),
                        raw,
                    }),
                }
            }

            #[inline]
            fn from_checked_u8(raw: u8) -> Self {
                match raw {
                    #(#other_values => Self::#other_idents,)*
                    _ => Self::#first,
                }
            }
        }

        #[automatically_derived]
        impl ::core::convert::From<#name> for u8 {
            #[inline]
            fn from(value: #name) -> Self {
                value as u8
            }
        }

        #[automatically_derived]
        impl ::core::convert::TryFrom<u8> for #name {
            type Error = __statevec_abi::typed::EnumDecodeError;

            #[inline]
            fn try_from(
                raw: u8,
            ) -> ::core::result::Result<Self, __statevec_abi::typed::EnumDecodeError> {
                <Self as __statevec_abi::typed::EnumU8>::try_from_u8(raw)
            }
        }
    }))
}

fn value(variant: &Variant) -> syn::Result<Literal> {
    if !variant.fields.is_empty() {
        let text = "a variant of an EnumU8 is one byte and carries no fields";
        return Err(syn::Error::new_spanned(&variant.fields, text));
    }
    let Some((_, value)) = &variant.discriminant else {
        let text = format!(
            "state the variant's byte: `{} = 1`; stored values must not depend on the order of variants",
            variant.ident
        );
        return Err(syn::Error::new_spanned(variant, text));
    };
    if let Expr::Lit(ExprLit { lit, .. }) = bare_expr(value)
        && let Lit::Int(literal) = lit
        && let Ok(byte) = literal.base10_parse::<u8>()
    {
        let mut plain = Literal::u8_unsuffixed(byte);
        plain.set_span(literal.span());
        return Ok(plain);
    }
    let text = "the value of a variant is a literal from 0 to 255";
    Err(syn::Error::new_spanned(value, text))
}

fn is_repr_u8(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let mut found = false;
        if attribute.path().is_ident("repr") {
            // The compiler reports other errors in `repr`.
            let _ = attribute.parse_nested_meta(|option| {
                found |= option.path.is_ident("u8");
                Ok(())
            });
        }
        found
    })
}
