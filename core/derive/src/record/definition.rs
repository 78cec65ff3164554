//! Generates a record's definition for the schema.

use super::layout::{Layout, Placed};
use crate::field::Encoding;
use proc_macro2::TokenStream;
use quote::quote;

pub(super) fn expand(layout: &Layout<'_>) -> TokenStream {
    let Layout { name, kind, range_scan, .. } = layout;
    let has_pk = !layout.key.is_empty();
    let data_size = layout.data_size();
    let fields = layout.active().map(field);
    let reserved = layout.reserved().map(field);
    let pk_fields = layout.key_fields().map(|key| key.field.name());
    quote! {
        __statevec_abi::schema::RecordDef {
            kind: #kind,
            name: ::core::stringify!(#name),
            has_pk: #has_pk,
            support_range_scan: #range_scan,
            data_size: #data_size,
            version: __statevec_abi::schema::Version::new(1, 0).packed(),
            has_pk_encoder: #has_pk,
            fields: &[#(#fields),*],
            reserved_fields: &[#(#reserved),*],
            pk_fields: &[#(#pk_fields),*],
        }
    }
}

fn field(Placed { field, offset }: &Placed<'_>) -> TokenStream {
    let name = field.name();
    let index = field.index;
    let encoding = field.field_type();
    let len = field.size();
    let enum_type_name = field.enum_type_name();
    let immutable = field.options.immutable.is_some();
    // The published macros print numbers in records without a path, and fingerprints contain it.
    let ty = field.ty;
    let rust_type_name = match &field.encoding {
        Encoding::Scalar(scalar) => {
            let name = scalar.name();
            quote!(#name)
        }
        _ => quote!(::core::stringify!(#ty)),
    };
    quote! {
        __statevec_abi::schema::FieldDef {
            name: #name,
            field_index: #index,
            offset: #offset,
            ty: #encoding,
            len: #len,
            rust_type_name: #rust_type_name,
            enum_type_name: #enum_type_name,
            immutable: #immutable,
        }
    }
}
