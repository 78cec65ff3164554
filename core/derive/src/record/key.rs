//! Generates `pk(…)` and `impl KeyedRecord`.

use super::layout::{Layout, Placed, usize_literal};
use crate::field::{Encoding, Field, Scalar};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

pub(super) fn expand(layout: &Layout<'_>) -> TokenStream {
    let Layout { name, vis, .. } = layout;
    if layout.key.is_empty() {
        return TokenStream::new();
    }
    let len = usize_literal(layout.key_fields().map(key_size).sum());
    let parameters = layout.key_fields().map(parameter);
    let arguments = layout.key_fields().map(argument);
    // Hygienic: a parameter has a field's name, which may be `key`.
    let key = Ident::new("key", Span::mixed_site());
    let mut end = 0;
    let parts = layout.key_fields().map(|placed| {
        let offset = end;
        end += key_size(placed);
        part(placed, offset, &key, &len)
    });
    let doc = format!("The key of the [`{name}`] with these values.");
    quote! {
        #[automatically_derived]
        impl #name {
            #[doc = #doc]
            #[must_use]
            #[inline]
            #[allow(dead_code, reason = "generated for every record with a key, used or not")]
            #[allow(clippy::too_many_arguments, reason = "the parameters are the key's fields")]
            #vis const fn pk(#(#parameters),*) -> __statevec_abi::typed::Pk<Self> {
                let mut #key = [0; #len];
                #(#parts)*
                __statevec_abi::typed::Pk::from_bytes(#key)
            }
        }

        #[automatically_derived]
        impl __statevec_abi::typed::KeyedRecord for #name {
            type PkBytes = [u8; #len];

            #[inline]
            fn key(&self) -> __statevec_abi::typed::Pk<Self> {
                Self::pk(#(#arguments),*)
            }
        }
    }
}

/// Size in a key, where fixed bytes have no length.
fn key_size(placed: &Placed<'_>) -> u32 {
    match placed.field.encoding {
        Encoding::FixedBytes(capacity) => u32::from(capacity),
        _ => placed.field.size(),
    }
}

fn parameter(Placed { field, .. }: &Placed<'_>) -> TokenStream {
    let Field { ident, ty, .. } = field;
    match field.encoding {
        Encoding::FixedBytes(_) => quote!(#ident: &#ty),
        _ => quote!(#ident: #ty),
    }
}

fn argument(Placed { field, .. }: &Placed<'_>) -> TokenStream {
    let ident = field.ident;
    match field.encoding {
        Encoding::FixedBytes(_) => quote!(&self.#ident),
        _ => quote!(self.#ident),
    }
}

fn part(placed: &Placed<'_>, offset: u32, key: &Ident, len: &Literal) -> TokenStream {
    let ident = placed.field.ident;
    let bytes = match placed.field.encoding {
        Encoding::Scalar(Scalar::Bool) | Encoding::Enum => quote!(&[#ident as u8]),
        Encoding::Scalar(Scalar::I32) => quote!(&__statevec_abi::typed::layout::i32_key(#ident)),
        Encoding::Scalar(Scalar::I64) => quote!(&__statevec_abi::typed::layout::i64_key(#ident)),
        Encoding::FixedBytes(_) => quote!(#ident.padded_slice()),
        _ => quote!(&#ident.to_be_bytes()),
    };
    let at = usize_literal(offset);
    let size = usize_literal(key_size(placed));
    quote!(__statevec_abi::typed::layout::write_key::<#at, #size, #len>(&mut #key, #bytes);)
}
