//! The path of `statevec-abi` in generated code, which an author may choose.
//!
//! Templates of this crate name it `__statevec_abi`. [`CratePath::apply`] replaces that name by
//! `::statevec_abi`, or by the path that an author gave as `crate = path`.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{LitStr, Path, Token, parse::ParseStream};

/// The path in an author's `crate = path`. `None` stands for `::statevec_abi`.
#[derive(Default)]
pub(crate) struct CratePath(Option<Path>);

impl CratePath {
    pub(crate) fn new(path: Option<Path>) -> Self {
        Self(path)
    }

    /// Replaces the crate's name in a template by its path.
    pub(crate) fn apply(&self, template: TokenStream) -> TokenStream {
        let mut output = TokenStream::new();
        for token in template {
            match token {
                TokenTree::Ident(name) if name == "__statevec_abi" => {
                    output.extend(self.at(name.span()));
                }
                TokenTree::Group(group) => {
                    let mut inner = Group::new(group.delimiter(), self.apply(group.stream()));
                    inner.set_span(group.span());
                    output.extend([TokenTree::from(inner)]);
                }
                other => output.extend([other]),
            }
        }
        output
    }

    /// The path as if it stood at `place`, where compiler errors then point. Names in an author's
    /// path still resolve where the author wrote them.
    fn at(&self, place: Span) -> TokenStream {
        let Some(path) = &self.0 else { return quote_spanned!(place=> ::statevec_abi) };
        let located = path.to_token_stream().into_iter().map(|mut token| {
            token.set_span(token.span().located_at(place));
            token
        });
        located.collect()
    }
}

/// Parses the value of `crate = …`: a path, or a string with a path as serde takes it.
pub(crate) fn parse(input: ParseStream<'_>) -> syn::Result<Path> {
    if input.peek(LitStr) {
        let text: LitStr = input.parse()?;
        return text.parse_with(Path::parse_mod_style);
    }
    input.call(Path::parse_mod_style)
}

/// Parses an optional `crate = …,` at the start of a macro's input.
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

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;
    use syn::parse_quote;

    /// Every macro's output for an author who has the crate as `abi`, and for one who has it under
    /// its own name.
    fn expansions(option: &TokenStream, leading: &TokenStream) -> Vec<String> {
        let outputs: Vec<TokenStream> = vec![
            crate::record::expand(&parse_quote! {
                #[record(kind = 1, len = 64, pk(id) #option)]
                struct Account {
                    #[field(immutable)] id: u64,
                    state: State,
                    name: FixedBytes<4>,
                    #[field(reserved)] spare: u8,
                }
            })
            .unwrap(),
            crate::payload::expand(
                &parse_quote! {
                    #[command(kind = 1 #option)]
                    struct Note<'a> { id: u64, state: State, name: FixedBytes<4>, text: &'a [u8] }
                },
                crate::payload::Role::Command,
            )
            .unwrap(),
            crate::payload::expand(
                &parse_quote! {
                    #[event(kind = 1 #option)]
                    struct Noted { id: u64, state: State, name: FixedBytes<4> }
                },
                crate::payload::Role::Event,
            )
            .unwrap(),
            crate::enum_u8::expand(&parse_quote! {
                #[enum_u8(#leading)]
                #[repr(u8)]
                enum State { Open = 1, Closed = 2 }
            })
            .unwrap(),
            crate::schema::expand(&parse_quote! {
                #leading
                const SCHEMA = {
                    version: "1.0",
                    records: [Account],
                    commands: [Note],
                    events: [Noted],
                    types: [State],
                };
            }),
            crate::dispatch::expand(&parse_quote! {
                #leading tx, match command { Note(note) => note.run(tx) }, schema = SCHEMA
            }),
        ];
        outputs.iter().map(TokenStream::to_string).collect()
    }

    #[test]
    fn generated_code_names_the_crate_where_it_is_not() {
        for output in expansions(&quote!(, crate = abi), &quote!(crate = abi,)) {
            assert!(output.contains("abi :: "), "{output}");
            assert!(!output.contains("statevec_abi"), "{output}");
        }
    }

    #[test]
    fn generated_code_without_the_option_names_anything_but_the_crate() {
        for output in expansions(&TokenStream::new(), &TokenStream::new()) {
            assert!(output.contains(":: statevec_abi :: "), "{output}");
            assert!(!output.contains("__statevec_abi"), "{output}");
        }
    }
}
