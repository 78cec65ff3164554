//! Expands `#[derive(Command)]` and `#[derive(Event)]`.

mod declaration;
mod decode;
mod definition;
mod encode;

use declaration::Declaration;
pub(crate) use declaration::Role;
use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

pub(crate) fn expand(input: &DeriveInput, role: Role) -> syn::Result<TokenStream> {
    let declaration = Declaration::of(input, role)?;
    let payload = encode::payload(&declaration);
    let decode = decode::expand(&declaration);
    let role = match role {
        Role::Command => encode::command(&declaration),
        Role::Event => encode::event(&declaration),
    };
    Ok(declaration.crate_path.apply(quote! {
        #payload
        #decode
        #role
    }))
}
