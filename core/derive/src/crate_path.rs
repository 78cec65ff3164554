//! The path of `statevec-abi` in generated code.
//!
//! Generated code names the crate `::statevec_abi`. An author who has it under another name, or who
//! re-exports it, says so with `crate = "path"`, as in serde. The name in the generated code is
//! then replaced.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{LitStr, Path, Token, parse::ParseStream};

/// Where the crate is; `None` for its own name.
#[derive(Default)]
pub(crate) struct CratePath(Option<Path>);

impl CratePath {
    /// The path that an option gave, if it was there.
    pub(crate) fn new(path: Option<Path>) -> Self {
        Self(path)
    }

    /// Puts the path in place of `::statevec_abi`.
    pub(crate) fn apply(&self, generated: TokenStream) -> TokenStream {
        match &self.0 {
            Some(path) => replaced(generated, &path.to_token_stream()),
            None => generated,
        }
    }
}

/// Parses the value of `crate = …`: a string with a path, as serde takes it, or the path itself.
pub(crate) fn parse(input: ParseStream<'_>) -> syn::Result<Path> {
    if input.peek(LitStr) {
        let text: LitStr = input.parse()?;
        return text.parse_with(Path::parse_mod_style);
    }
    input.call(Path::parse_mod_style)
}

/// Parses `crate = …,` at the start of a macro's input, if it is there.
pub(crate) fn parse_leading(input: ParseStream<'_>) -> syn::Result<Option<Path>> {
    if !(input.peek(Token![crate]) && input.peek2(Token![=])) {
        return Ok(None);
    }
    input.parse::<Token![crate]>()?;
    input.parse::<Token![=]>()?;
    let path = parse(input)?;
    input.parse::<Token![,]>()?;
    Ok(Some(path))
}

fn replaced(tokens: TokenStream, path: &TokenStream) -> TokenStream {
    let mut output = TokenStream::new();
    // The two colons of a leading `::`, until it is known which name follows.
    let mut colons: Vec<TokenTree> = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ':' && colons.len() < 2 => {
                colons.push(punct.into());
                continue;
            }
            TokenTree::Ident(name) if colons.len() == 2 && name == "statevec_abi" => {
                colons.clear();
                output.extend(path.clone());
                continue;
            }
            TokenTree::Group(group) => {
                output.extend(colons.drain(..));
                let mut inner = Group::new(group.delimiter(), replaced(group.stream(), path));
                inner.set_span(group.span());
                output.extend([TokenTree::from(inner)]);
            }
            other => {
                output.extend(colons.drain(..));
                output.extend([other]);
            }
        }
    }
    output.extend(colons);
    output
}
