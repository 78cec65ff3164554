//! Generates the two types that read and write fields in place.
//!
//! Each holds the bytes as an array of the record's size. Its constructor has checked enums and
//! fixed bytes, so getters need no checks.

use super::layout::{Layout, Placed, setter_name};
use crate::field::{Encoding, Field};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

pub(super) fn expand(layout: &Layout<'_>) -> TokenStream {
    let Layout { name, vis, .. } = layout;
    let view = format_ident!("{name}View");
    let update = format_ident!("{name}Update");
    let size = layout.size();
    let getters: Vec<_> = layout.active().map(|f| getter(f, &size)).collect();
    let mutable = layout.active().filter(|f| f.field.options.immutable.is_none());
    let setters = mutable.map(|f| setter(f, &size));
    let view_doc = format!("Reads the fields of a [`{name}`] in place.");
    let update_doc = format!(
        "Reads the fields of a [`{name}`] in place, and writes those that are neither immutable nor reserved."
    );
    let allow = quote! {
        #[allow(dead_code, reason = "generated for every field, used or not")]
        #[allow(clippy::all, reason = "the names are those of the fields")]
    };
    quote! {
        #[doc = #view_doc]
        #[derive(::core::clone::Clone, ::core::marker::Copy)]
        #vis struct #view<'a> {
            bytes: &'a [u8; #size],
        }

        #allow
        #[automatically_derived]
        impl #view<'_> {
            #(#getters)*
        }

        #[doc = #update_doc]
        #vis struct #update<'a> {
            bytes: &'a mut [u8; #size],
        }

        #allow
        #[automatically_derived]
        impl #update<'_> {
            #(#getters)*
            #(#setters)*
        }
    }
}

fn getter(placed: &Placed<'_>, size: &TokenStream) -> TokenStream {
    let Field { ident, vis, ty, .. } = &placed.field;
    let docs = placed.field.documentation(&format!("The field `{ident}`."));
    let at = placed.at();
    let value = match placed.field.encoding {
        Encoding::Enum => {
            let raw = quote!(__statevec_abi::typed::layout::read::<u8, #at, #size>(self.bytes));
            placed.field.checked_variant(&raw)
        }
        _ => quote!(__statevec_abi::typed::layout::read::<#ty, #at, #size>(self.bytes)),
    };
    quote! {
        #docs
        #[must_use]
        #[inline]
        #vis fn #ident(&self) -> #ty {
            #value
        }
    }
}

fn setter(placed: &Placed<'_>, size: &TokenStream) -> TokenStream {
    let Field { ident, vis, ty, .. } = &placed.field;
    let name = setter_name(ident);
    let doc = format!("Sets [`{ident}`](Self::{ident}).");
    let at = placed.at();
    let (encoded, value) = match placed.field.encoding {
        Encoding::Enum => (quote!(u8), placed.field.enum_byte(&quote!(value))),
        _ => (quote!(#ty), quote!(value)),
    };
    quote! {
        #[doc = #doc]
        #[inline]
        #vis fn #name(&mut self, value: #ty) {
            __statevec_abi::typed::layout::write::<#encoded, #at, #size>(self.bytes, #value);
        }
    }
}
