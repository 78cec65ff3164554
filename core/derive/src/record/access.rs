//! The two types that read and write fields in place.
//!
//! Each holds the bytes as an array, which proves their number, and the enums decoded, which proves their values.

use super::layout::{Layout, Placed};
use crate::field::{Encoding, Field};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

pub(super) fn expand(layout: &Layout<'_>) -> TokenStream {
    let Layout { name, vis, .. } = layout;
    let view = format_ident!("{name}View");
    let update = format_ident!("{name}Update");
    let size = layout.size();
    let enums: Vec<_> = layout
        .active()
        .filter(|placed| placed.field.encoding == Encoding::Enum)
        .map(|placed| placed.field.enum_itself())
        .collect();
    let getters: Vec<_> = with_enum_position(layout)
        .map(|(placed, at)| getter(placed, at, &size))
        .collect();
    let setters = with_enum_position(layout)
        .filter(|(placed, _)| placed.field.options.immutable.is_none())
        .map(|(placed, at)| setter(placed, at, &size));
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
            enums: (#(#enums,)*),
        }

        #allow
        #[automatically_derived]
        impl #view<'_> {
            #(#getters)*
        }

        #[doc = #update_doc]
        #vis struct #update<'a> {
            bytes: &'a mut [u8; #size],
            enums: (#(#enums,)*),
        }

        #allow
        #[automatically_derived]
        impl #update<'_> {
            #(#getters)*
            #(#setters)*
        }
    }
}

/// The active fields; enums with their position among the decoded ones.
fn with_enum_position<'l, 'i>(
    layout: &'l Layout<'i>,
) -> impl Iterator<Item = (&'l Placed<'i>, Option<syn::Index>)> {
    let mut positions = 0..;
    layout.active().map(move |placed| {
        let position = match placed.field.encoding {
            Encoding::Enum => positions.next().map(syn::Index::from),
            _ => None,
        };
        (placed, position)
    })
}

fn getter(placed: &Placed<'_>, position: Option<syn::Index>, size: &TokenStream) -> TokenStream {
    let Field { ident, vis, ty, .. } = &placed.field;
    let docs = placed.field.documentation(&format!("The field `{ident}`."));
    let at = placed.at();
    let value = match position {
        Some(position) => quote!(self.enums.#position),
        None => quote!(::statevec_abi::typed::layout::read::<#ty, #at, #size>(self.bytes)),
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

fn setter(placed: &Placed<'_>, position: Option<syn::Index>, size: &TokenStream) -> TokenStream {
    let Field { ident, vis, ty, .. } = &placed.field;
    let name = format_ident!("set_{}", ident);
    let doc = format!("Sets [`{ident}`](Self::{ident}).");
    let at = placed.at();
    let byte = placed.field.enum_byte(&quote!(value));
    let body = match position {
        Some(position) => quote! {
            self.enums.#position = value;
            ::statevec_abi::typed::layout::write::<u8, #at, #size>(self.bytes, #byte);
        },
        None => quote! {
            ::statevec_abi::typed::layout::write::<#ty, #at, #size>(self.bytes, value);
        },
    };
    quote! {
        #[doc = #doc]
        #[inline]
        #vis fn #name(&mut self, value: #ty) {
            #body
        }
    }
}
