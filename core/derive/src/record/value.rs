//! Generates `impl Record`: conversions of the whole value, and the constructors of views.

use super::definition;
use super::layout::{Layout, Placed, usize_literal};
use crate::field::{Encoding, Field};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;

pub(super) fn expand(layout: &Layout<'_>) -> TokenStream {
    let Layout { name, kind, record_len, .. } = layout;
    let view = format_ident!("{name}View");
    let update = format_ident!("{name}Update");
    let size = layout.size();
    let record_len = usize_literal(*record_len);
    let definition = definition::expand(layout);
    let checks: Vec<_> = layout.active().filter_map(|f| check(f, layout)).collect();
    let decoded = layout.fields.iter().map(|f| decoded(f, &view));
    let encoded = layout.fields.iter().map(|f| encoded(f, &size));
    let short = quote! {
        return ::core::result::Result::Err(__statevec_abi::typed::DecodeError::Short {
            name: ::core::stringify!(#name),
            needed: #size,
            found,
        })
    };
    quote! {
        #[automatically_derived]
        impl __statevec_abi::typed::Record for #name {
            const KIND: u8 = #kind;
            const RECORD_LEN: usize = #record_len;
            const DATA_SIZE: usize = #size;
            const DEF: __statevec_abi::schema::RecordDef<'static> = #definition;

            type Bytes = [u8; #size];
            type View<'a> = #view<'a>;
            type Update<'a> = #update<'a>;

            #[inline]
            fn view(
                data: &[u8],
            ) -> ::core::result::Result<#view<'_>, __statevec_abi::typed::DecodeError> {
                let found = data.len();
                let ::core::option::Option::Some(bytes) = data.first_chunk::<#size>() else { #short };
                #(#checks)*
                ::core::result::Result::Ok(#view { bytes })
            }

            #[inline]
            fn update(
                data: &mut [u8],
            ) -> ::core::result::Result<#update<'_>, __statevec_abi::typed::DecodeError> {
                let found = data.len();
                let ::core::option::Option::Some(bytes) = data.first_chunk_mut::<#size>() else { #short };
                #(#checks)*
                ::core::result::Result::Ok(#update { bytes })
            }

            #[inline]
            fn decode(
                data: &[u8],
            ) -> ::core::result::Result<Self, __statevec_abi::typed::DecodeError> {
                let view = <Self as __statevec_abi::typed::Record>::view(data)?;
                ::core::result::Result::Ok(Self { #(#decoded),* })
            }

            #[inline]
            fn to_bytes(&self) -> [u8; #size] {
                let mut bytes = [0; #size];
                #(#encoded)*
                bytes
            }
        }
    }
}

/// Generates the check that a view's constructor runs on a field's bytes, if it needs one.
fn check(placed: &Placed<'_>, layout: &Layout<'_>) -> Option<TokenStream> {
    let Placed { field, .. } = placed;
    let (name, field_name) = (layout.name, field.name());
    let (at, size) = (placed.at(), layout.size());
    match field.encoding {
        Encoding::Enum => {
            let raw = quote!(__statevec_abi::typed::layout::read::<u8, #at, #size>(bytes));
            let variant = field.variant(&raw, name);
            Some(quote!(#variant?;))
        }
        Encoding::FixedBytes(capacity) => {
            let capacity = usize_literal(u32::from(capacity));
            Some(quote! {
                __statevec_abi::typed::layout::check_fixed_bytes::<#capacity, #at, #size>(
                    bytes,
                    ::core::stringify!(#name),
                    #field_name,
                )?;
            })
        }
        Encoding::Scalar(_) | Encoding::VarBytes => None,
    }
}

fn decoded(Placed { field, .. }: &Placed<'_>, view: &Ident) -> TokenStream {
    let Field { ident, ty, .. } = field;
    if field.is_reserved() {
        return quote!(#ident: <#ty as __statevec_abi::typed::Field>::ZERO);
    }
    // A path and not a method call, which would prefer a trait method that takes `self`: `into`.
    quote!(#ident: #view::#ident(&view))
}

fn encoded(placed: &Placed<'_>, size: &TokenStream) -> TokenStream {
    let Field { ident, ty, .. } = &placed.field;
    let at = placed.at();
    if placed.field.is_reserved() {
        // Reads the field, so that the compiler does not report it as dead code.
        return quote!(let _: &#ty = &self.#ident;);
    }
    let (ty, value) = match placed.field.encoding {
        Encoding::Enum => (quote!(u8), placed.field.enum_byte(&quote!(self.#ident))),
        _ => (quote!(#ty), quote!(self.#ident)),
    };
    quote!(__statevec_abi::typed::layout::write::<#ty, #at, #size>(&mut bytes, #value);)
}
