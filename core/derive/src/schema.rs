//! Expands `schema!`.

use crate::crate_path::{self, CratePath};
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Ident, LitStr, Path, Token, Visibility, braced, bracketed};

/// `pub const SCHEMA = { version: "1.0", records: […], … };`
pub(crate) struct SchemaInput {
    crate_path: CratePath,
    attributes: Vec<Attribute>,
    vis: Visibility,
    name: Ident,
    version: (u8, u8),
    records: Vec<Path>,
    commands: Vec<Path>,
    events: Vec<Path>,
    types: Vec<Path>,
    /// Enums that the author leaves out of `types` on purpose.
    unlisted: Vec<Path>,
}

impl Parse for SchemaInput {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let crate_path = CratePath::new(crate_path::parse_leading(input)?);
        let attributes = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        input.parse::<Token![const]>()?;
        let name = input.parse()?;
        input.parse::<Token![=]>()?;
        let parts;
        braced!(parts in input);
        input.parse::<Option<Token![;]>>()?;

        let mut version = None;
        let (mut records, mut commands, mut events) = (None, None, None);
        let (mut types, mut unlisted) = (None, None);
        while !parts.is_empty() {
            let part: Ident = parts.parse()?;
            parts.parse::<Token![:]>()?;
            if part == "version" {
                once(&part, &mut version, parse_version(&parts)?)?;
            } else if part == "records" {
                once(&part, &mut records, parse_list(&parts)?)?;
            } else if part == "commands" {
                once(&part, &mut commands, parse_list(&parts)?)?;
            } else if part == "events" {
                once(&part, &mut events, parse_list(&parts)?)?;
            } else if part == "types" {
                once(&part, &mut types, parse_list(&parts)?)?;
            } else if part == "unlisted" {
                once(&part, &mut unlisted, parse_list(&parts)?)?;
            } else {
                let text = "a schema has `version`, `records`, `commands`, `events`, `types`, and \
                            `unlisted` for enums whose values hosts see as numbers";
                return Err(syn::Error::new(part.span(), text));
            }
            if !parts.is_empty() {
                parts.parse::<Token![,]>()?;
            }
        }
        let version = version.ok_or_else(|| {
            let text = "the schema needs a version: `version: \"1.0\"`";
            syn::Error::new(Ident::span(&name), text)
        })?;
        Ok(Self {
            crate_path,
            attributes,
            vis,
            name,
            version,
            records: records.unwrap_or_default(),
            commands: commands.unwrap_or_default(),
            events: events.unwrap_or_default(),
            types: types.unwrap_or_default(),
            unlisted: unlisted.unwrap_or_default(),
        })
    }
}

pub(crate) fn expand(input: &SchemaInput) -> TokenStream {
    let SchemaInput { attributes, vis, name, version: (main, minor), .. } = input;
    let records = definitions("record_def", &input.records, &quote!(VERSION));
    let commands = definitions("command_def", &input.commands, &quote!(VERSION));
    let events = definitions("event_def", &input.events, &quote!(VERSION));
    let types = definitions("type_def", &input.types, &TokenStream::new());
    let unlisted = definitions("type_def", &input.unlisted, &TokenStream::new());
    let checks = [
        distinct_kinds("records", &input.records, &records),
        distinct_kinds("commands", &input.commands, &commands),
        distinct_kinds("events", &input.events, &events),
        distinct_names("records", &input.records, &records),
        distinct_names("commands", &input.commands, &commands),
        distinct_names("events", &input.events, &events),
        distinct_names("types", &input.types, &types),
        enums_listed("record", &input.records, &records),
        enums_listed("payload", &input.commands, &commands),
        enums_listed("payload", &input.events, &events),
    ];
    // The lint reports long evaluation as a possible endless loop. A large schema is just long.
    let patience = quote! {
        #[allow(long_running_const_eval, reason = "a large schema takes its time, and ends")]
        #[allow(elided_lifetimes_in_paths, reason = "a list names a type without its lifetime")]
    };
    input.crate_path.apply(quote! {
        #(#attributes)*
        #vis const #name: __statevec_abi::typed::Schema = {
            const VERSION: __statevec_abi::schema::Version =
                __statevec_abi::schema::Version::new(#main, #minor);
            #patience
            const UNLISTED: &[__statevec_abi::schema::EnumDef<'static>] = &[#(#unlisted),*];
            #(#checks)*
            #patience
            const DEF: __statevec_abi::schema::SchemaDef<'static> = __statevec_abi::schema::SchemaDef {
                version: VERSION,
                types: &__statevec_abi::typed::declared::sort_types([#(#types),*]),
                records: &__statevec_abi::typed::declared::sort_records([#(#records),*]),
                commands: &__statevec_abi::typed::declared::sort_payloads([#(#commands),*]),
                events: &__statevec_abi::typed::declared::sort_payloads([#(#events),*]),
            };
            #patience
            const FINGERPRINTS: __statevec_abi::schema::Fingerprints =
                __statevec_abi::schema::Fingerprints::of(&DEF);
            #patience
            const LEN: usize = __statevec_abi::schema::json_len(&DEF, &FINGERPRINTS);
            #patience
            const BYTES: [u8; LEN] = __statevec_abi::typed::declared::json_array(&DEF, &FINGERPRINTS);
            #patience
            const JSON: &str = __statevec_abi::typed::declared::json_text(&BYTES);
            __statevec_abi::typed::Schema {
                def: &DEF,
                fingerprints: FINGERPRINTS,
                json: JSON,
            }
        };
    })
}

/// Generates one call per entry. Its span makes errors about a type point at the entry.
fn definitions(function: &str, entries: &[Path], argument: &TokenStream) -> Vec<TokenStream> {
    entries
        .iter()
        .map(|entry| {
            let function = format_ident!("{function}", span = entry.span());
            quote_spanned!(entry.span()=> __statevec_abi::typed::declared::#function::<#entry>(#argument))
        })
        .collect()
}

fn distinct_kinds(what: &str, entries: &[Path], definitions: &[TokenStream]) -> TokenStream {
    let checks = entries.iter().enumerate().map(|(at, entry)| {
        quote_spanned! {entry.span()=>
            const _: () = __statevec_abi::typed::declared::assert_distinct_kind(#what, &ENTRIES, #at);
        }
    });
    let count = entries.len();
    quote! {
        #[allow(elided_lifetimes_in_paths, reason = "a list names a type without its lifetime")]
        const _: () = {
            const ENTRIES: [(u8, &str); #count] = [#({
                let def = #definitions;
                (def.kind, def.name)
            }),*];
            #(#checks)*
        };
    }
}

fn distinct_names(what: &str, entries: &[Path], definitions: &[TokenStream]) -> TokenStream {
    let checks = entries.iter().enumerate().map(|(at, entry)| {
        quote_spanned! {entry.span()=>
            const _: () = __statevec_abi::typed::declared::assert_distinct_name(#what, &ENTRIES, #at);
        }
    });
    // Printed tokens have spaces between them, which a path does not need.
    let written = entries.iter().map(|entry| entry.to_token_stream().to_string().replace(' ', ""));
    let count = entries.len();
    quote! {
        #[allow(elided_lifetimes_in_paths, reason = "a list names a type without its lifetime")]
        const _: () = {
            const ENTRIES: [(&str, &str); #count] =
                [#((#written, #definitions.name)),*];
            #(#checks)*
        };
    }
}

/// Generates assertions that `types` or `unlisted` has the enum of every field.
fn enums_listed(what: &str, entries: &[Path], definitions: &[TokenStream]) -> TokenStream {
    let checks = entries.iter().zip(definitions).map(|(entry, definition)| {
        let function = format_ident!("assert_{what}_enums_listed", span = entry.span());
        quote_spanned! {entry.span()=>
            const _: () = __statevec_abi::typed::declared::#function(
                DEF.types, UNLISTED, &#definition,
            );
        }
    });
    quote! {
        #[allow(elided_lifetimes_in_paths, reason = "a list names a type without its lifetime")]
        const _: () = {
            #(#checks)*
        };
    }
}

fn parse_list(input: ParseStream<'_>) -> syn::Result<Vec<Path>> {
    let list;
    bracketed!(list in input);
    let entries = Punctuated::<Path, Token![,]>::parse_terminated(&list)?;
    Ok(entries.into_iter().collect())
}

fn parse_version(input: ParseStream<'_>) -> syn::Result<(u8, u8)> {
    let literal: LitStr = input.parse()?;
    let text = literal.value();
    let parts = text.split_once('.').and_then(|(main, minor)| {
        let number = |part: &str| match part.as_bytes() {
            [b'0'..=b'9', ..] => part.parse().ok(),
            _ => None,
        };
        Some((number(main)?, number(minor)?))
    });
    parts.ok_or_else(|| {
        let text = "a version is two numbers up to 255 with a dot between: \"1.0\"";
        syn::Error::new(literal.span(), text)
    })
}

fn once<T>(part: &Ident, slot: &mut Option<T>, value: T) -> syn::Result<()> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(syn::Error::new(part.span(), format!("`{part}` is given twice"))),
    }
}
