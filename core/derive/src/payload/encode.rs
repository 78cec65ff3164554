//! Generates `impl Payload`, `impl Command` and `impl Event`.

use super::declaration::{Declaration, is_var_bytes};
use super::definition;
use crate::field::{Encoding, Field};
use crate::record::usize_literal;
use proc_macro2::TokenStream;
use quote::quote;

pub(super) fn payload(declaration: &Declaration<'_>) -> TokenStream {
    let ty = with_any_lifetime(declaration);
    let kind = declaration.kind;
    let definition = definition::expand(declaration);
    let least = usize_literal(declaration.least_len);
    let var_bytes = declaration.fields.iter().filter(|field| is_var_bytes(field));
    let var_bytes = var_bytes.map(|field| field.ident);
    let encode = if declaration.has_var_bytes() {
        step_by_step(declaration)
    } else {
        at_fixed_offsets(declaration)
    };
    quote! {
        #[automatically_derived]
        impl __statevec_abi::typed::Payload for #ty {
            const KIND: u8 = #kind;
            const DEF: __statevec_abi::schema::PayloadDef<'static> = #definition;

            #[inline]
            fn encoded_len(&self) -> usize {
                let len: usize = #least;
                len #(.saturating_add(self.#var_bytes.len()))*
            }

            #[inline]
            fn encode(
                &self,
                out: &mut [u8],
            ) -> ::core::result::Result<usize, __statevec_abi::typed::EncodeError> {
                #encode
            }
        }
    }
}

pub(super) fn command(declaration: &Declaration<'_>) -> TokenStream {
    let ty = with_any_lifetime(declaration);
    quote! {
        #[automatically_derived]
        impl __statevec_abi::typed::Command for #ty {}
    }
}

pub(super) fn event(declaration: &Declaration<'_>) -> TokenStream {
    let ty = with_any_lifetime(declaration);
    let max_len = usize_literal(declaration.max_len);
    quote! {
        #[automatically_derived]
        impl __statevec_abi::typed::Event for #ty {
            const MAX_LEN: usize = #max_len;

            #[inline]
            fn with_encoded<T>(
                &self,
                f: impl ::core::ops::FnOnce(&[u8]) -> T,
            ) -> ::core::result::Result<T, __statevec_abi::typed::EncodeError> {
                let mut bytes = [0; #max_len];
                let len = __statevec_abi::typed::Payload::encode(self, &mut bytes)?;
                ::core::result::Result::Ok(f(bytes.get(..len).unwrap_or(&bytes)))
            }
        }
    }
}

fn with_any_lifetime(declaration: &Declaration<'_>) -> TokenStream {
    let name = declaration.name;
    match declaration.lifetime {
        Some(_) => quote!(#name<'_>),
        None => quote!(#name),
    }
}

fn at_fixed_offsets(declaration: &Declaration<'_>) -> TokenStream {
    let size = usize_literal(declaration.least_len);
    let mut offset = 0;
    let writes = declaration.fields.iter().map(|field| {
        let at = usize_literal(offset);
        offset += field.size();
        let Field { ident, ty, .. } = field;
        let (ty, value) = match field.encoding {
            Encoding::Enum => (quote!(u8), field.enum_byte(&quote!(self.#ident))),
            _ => (quote!(#ty), quote!(self.#ident)),
        };
        quote!(__statevec_abi::typed::layout::write::<#ty, #at, #size>(bytes, #value);)
    });
    let no_room = no_room(declaration);
    quote! {
        let room = out.len();
        let ::core::option::Option::Some(bytes) = out.first_chunk_mut::<#size>() else { #no_room };
        #(#writes)*
        let _: &[u8; #size] = bytes;
        ::core::result::Result::Ok(#size)
    }
}

fn step_by_step(declaration: &Declaration<'_>) -> TokenStream {
    let name = declaration.name;
    let writes = declaration.fields.iter().map(|field| {
        let Field { ident, .. } = field;
        let field_name = field.name();
        match field.encoding {
            Encoding::Enum => {
                let byte = field.enum_byte(&quote!(self.#ident));
                quote!(writer.field::<u8>(#byte)?;)
            }
            Encoding::VarBytes => quote!(writer.var_bytes(#field_name, self.#ident)?;),
            _ => quote!(writer.field(self.#ident)?;),
        }
    });
    let no_room = no_room(declaration);
    quote! {
        let room = out.len();
        if __statevec_abi::typed::Payload::encoded_len(self) > room {
            #no_room
        }
        let mut writer = __statevec_abi::typed::PayloadWriter::new(::core::stringify!(#name), out);
        #(#writes)*
        ::core::result::Result::Ok(writer.len())
    }
}

fn no_room(declaration: &Declaration<'_>) -> TokenStream {
    let name = declaration.name;
    quote! {
        return ::core::result::Result::Err(__statevec_abi::typed::EncodeError::NoRoom {
            name: ::core::stringify!(#name),
            needed: __statevec_abi::typed::Payload::encoded_len(self),
            room,
        });
    }
}
