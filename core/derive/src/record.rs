//! Expands `#[derive(Record)]`.

mod access;
mod definition;
mod key;
mod layout;
mod value;

use layout::Layout;
pub(crate) use layout::usize_literal;
use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

pub(crate) fn expand(input: &DeriveInput) -> syn::Result<TokenStream> {
    let layout = Layout::of(input)?;
    let value = value::expand(&layout);
    let access = access::expand(&layout);
    let key = key::expand(&layout);
    Ok(layout.crate_path.apply(quote! {
        #value
        #access
        #key
    }))
}
