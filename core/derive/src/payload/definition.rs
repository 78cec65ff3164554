//! Generates the definition of a command or event for the schema.

use super::declaration::Declaration;
use crate::field::{Encoding, Field};
use proc_macro2::TokenStream;
use quote::quote;

pub(super) fn expand(declaration: &Declaration<'_>) -> TokenStream {
    let Declaration { name, kind, .. } = declaration;
    let fields = declaration.fields.iter().map(field);
    quote! {
        __statevec_abi::schema::PayloadDef {
            kind: #kind,
            name: ::core::stringify!(#name),
            version: __statevec_abi::schema::Version::new(1, 0).packed(),
            fields: &[#(#fields),*],
        }
    }
}

fn field(field: &Field<'_>) -> TokenStream {
    let name = field.name();
    let index = field.index;
    let encoding = field.field_type();
    let enum_type_name = field.enum_type_name();
    let ty = field.ty;
    let size = field.size();
    let (rust_type_name, fixed_size) = match field.encoding {
        Encoding::VarBytes => (quote!("VarBytes"), quote!(::core::option::Option::None)),
        _ => (quote!(::core::stringify!(#ty)), quote!(::core::option::Option::Some(#size))),
    };
    quote! {
        __statevec_abi::schema::PayloadFieldDef {
            name: #name,
            field_index: #index,
            ty: #encoding,
            rust_type_name: #rust_type_name,
            enum_type_name: #enum_type_name,
            fixed_size: #fixed_size,
        }
    }
}
