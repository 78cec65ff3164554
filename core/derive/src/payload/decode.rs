//! Generates `impl DecodePayload`.
//!
//! Without variable bytes all offsets are constants: one comparison of lengths, then loads. With
//! variable bytes a cursor moves from field to field.

use super::declaration::Declaration;
use crate::field::{Encoding, Field};
use crate::record::usize_literal;
use proc_macro2::TokenStream;
use quote::quote;
use syn::Lifetime;

pub(super) fn expand(declaration: &Declaration<'_>) -> TokenStream {
    let name = declaration.name;
    let (lifetime, ty) = match declaration.lifetime {
        Some(lifetime) => (lifetime.clone(), quote!(#name<#lifetime>)),
        None => (Lifetime::new("'payload", proc_macro2::Span::call_site()), quote!(#name)),
    };
    let body = if declaration.has_var_bytes() {
        step_by_step(declaration)
    } else {
        at_fixed_offsets(declaration)
    };
    quote! {
        #[automatically_derived]
        impl<#lifetime> __statevec_abi::typed::DecodePayload<#lifetime> for #ty {
            #[inline]
            fn decode(
                bytes: &#lifetime [u8],
            ) -> ::core::result::Result<Self, __statevec_abi::typed::DecodeError> {
                #body
            }
        }
    }
}

fn at_fixed_offsets(declaration: &Declaration<'_>) -> TokenStream {
    let name = declaration.name;
    let size = usize_literal(declaration.least_len);
    let mut offset = 0;
    let values = declaration.fields.iter().map(|field| {
        let at = usize_literal(offset);
        offset += field.size();
        let Field { ident, ty, .. } = field;
        let field_name = field.name();
        match field.encoding {
            Encoding::Enum => {
                let raw = quote!(__statevec_abi::typed::layout::read::<u8, #at, #size>(bytes));
                let variant = field.variant(&raw, name);
                quote!(#ident: #variant?)
            }
            Encoding::FixedBytes(capacity) => {
                let capacity = usize_literal(u32::from(capacity));
                quote! {
                    #ident: __statevec_abi::typed::layout::decode_fixed_bytes::<#capacity, #at, #size>(
                        bytes,
                        ::core::stringify!(#name),
                        #field_name,
                    )?
                }
            }
            _ => quote!(#ident: __statevec_abi::typed::layout::read::<#ty, #at, #size>(bytes)),
        }
    });
    quote! {
        let bytes = __statevec_abi::typed::layout::exactly::<#size>(bytes, ::core::stringify!(#name))?;
        let _: &[u8; #size] = bytes;
        ::core::result::Result::Ok(Self { #(#values),* })
    }
}

fn step_by_step(declaration: &Declaration<'_>) -> TokenStream {
    let name = declaration.name;
    let values = declaration.fields.iter().map(|field| {
        let Field { ident, ty, .. } = field;
        let field_name = field.name();
        match field.encoding {
            Encoding::Enum => {
                let variant = field.variant(&quote!(reader.field::<u8>()?), name);
                quote!(#ident: #variant?)
            }
            Encoding::FixedBytes(capacity) => {
                let capacity = usize_literal(u32::from(capacity));
                quote!(#ident: reader.fixed_bytes::<#capacity>(#field_name)?)
            }
            Encoding::VarBytes => quote!(#ident: reader.var_bytes()?),
            Encoding::Scalar(_) => quote!(#ident: reader.field::<#ty>()?),
        }
    });
    quote! {
        let mut reader = __statevec_abi::typed::PayloadReader::new(::core::stringify!(#name), bytes);
        // Rust evaluates field expressions in source order, which is the order of the bytes.
        let value = Self { #(#values),* };
        reader.finish()?;
        ::core::result::Result::Ok(value)
    }
}
