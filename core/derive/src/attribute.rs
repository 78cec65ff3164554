//! Parses the options in `#[record(…)]`, `#[command(…)]`, `#[event(…)]`, `#[enum_u8(…)]` and
//! `#[field(…)]`.

use crate::crate_path::{self, CratePath};
use proc_macro2::Span;
use syn::meta::ParseNestedMeta;
use syn::punctuated::Punctuated;
use syn::{Attribute, DeriveInput, Ident, LitInt, Token, parenthesized, token};

/// `#[record(kind = 1, len = 64, pk(account_id), range_scan)]`
pub(crate) struct RecordOptions {
    pub(crate) crate_path: CratePath,
    pub(crate) kind: u8,
    pub(crate) len: u32,
    pub(crate) pk: Vec<Ident>,
    pub(crate) range_scan: bool,
}

/// Size of the host's header at the start of every record (ABI.md section 5).
pub(crate) const RECORD_HEADER_SIZE: u32 = 16;

/// Longest typed record, command or event in bytes. The encoded form is on the stack; untyped calls
/// take more (`statevec_abi::boundary::limits`).
pub(crate) const LONGEST_ON_STACK: u32 = 64 << 10;

impl RecordOptions {
    pub(crate) fn parse(input: &DeriveInput) -> syn::Result<Self> {
        let (mut kind, mut len, mut pk, mut crate_path) = (None, None, None, None);
        let mut range_scan = None;
        for attribute in attributes(input, "record") {
            attribute.parse_nested_meta(|option| {
                if option.path.is_ident("kind") {
                    once(&option, &mut kind, parse_kind)
                } else if option.path.is_ident("len") {
                    once(&option, &mut len, parse_record_len)
                } else if option.path.is_ident("pk") {
                    once(&option, &mut pk, parse_pk)
                } else if option.path.is_ident("range_scan") {
                    once(&option, &mut range_scan, |option| Ok(span(&option.path)))
                } else if option.path.is_ident("crate") {
                    once(&option, &mut crate_path, parse_crate)
                } else {
                    Err(option.error(
                        "a record's options are `kind`, `len`, `pk(…)`, `range_scan` and `crate`",
                    ))
                }
            })?;
        }
        let missing = |what| {
            let text = format!("{what}; a record is declared with #[record(kind = …, len = …)]");
            syn::Error::new(place_for_options(input, "record"), text)
        };
        if let (Some(place), None) = (range_scan, &pk) {
            let text = "`range_scan` keeps records in the order of their keys: add pk(…)";
            return Err(syn::Error::new(place, text));
        }
        Ok(Self {
            crate_path: CratePath::new(crate_path),
            kind: kind.ok_or_else(|| missing("`kind` is missing"))?,
            len: len.ok_or_else(|| missing("`len` is missing"))?,
            pk: pk.unwrap_or_default(),
            range_scan: range_scan.is_some(),
        })
    }
}

/// `#[command(kind = 1)]` and `#[event(kind = 1, max_len = 256)]`
pub(crate) struct PayloadOptions {
    pub(crate) crate_path: CratePath,
    pub(crate) kind: u8,
    pub(crate) max_len: Option<LitInt>,
}

impl PayloadOptions {
    pub(crate) fn parse(input: &DeriveInput, name: &str, has_max_len: bool) -> syn::Result<Self> {
        let (mut kind, mut max_len, mut crate_path) = (None, None, None);
        for attribute in attributes(input, name) {
            attribute.parse_nested_meta(|option| {
                if option.path.is_ident("kind") {
                    once(&option, &mut kind, parse_kind)
                } else if has_max_len && option.path.is_ident("max_len") {
                    once(&option, &mut max_len, |option| option.value()?.parse())
                } else if option.path.is_ident("crate") {
                    once(&option, &mut crate_path, parse_crate)
                } else if has_max_len {
                    Err(option.error("an event's options are `kind`, `max_len` and `crate`"))
                } else {
                    Err(option.error("a command's options are `kind` and `crate`"))
                }
            })?;
        }
        let kind = kind.ok_or_else(|| {
            let text = format!("`kind` is missing; write #[{name}(kind = …)]");
            syn::Error::new(place_for_options(input, name), text)
        })?;
        Ok(Self { crate_path: CratePath::new(crate_path), kind, max_len })
    }
}

/// `#[enum_u8(crate = "path")]`
#[derive(Default)]
pub(crate) struct EnumOptions {
    pub(crate) crate_path: CratePath,
}

impl EnumOptions {
    pub(crate) fn parse(input: &DeriveInput) -> syn::Result<Self> {
        let mut crate_path = None;
        for attribute in attributes(input, "enum_u8") {
            attribute.parse_nested_meta(|option| {
                if option.path.is_ident("crate") {
                    once(&option, &mut crate_path, parse_crate)
                } else {
                    Err(option.error("the only option of an EnumU8 is `crate`"))
                }
            })?;
        }
        Ok(Self { crate_path: CratePath::new(crate_path) })
    }
}

/// `#[field(immutable)]` and `#[field(reserved)]`, each with its span for errors.
#[derive(Default)]
pub(crate) struct FieldOptions {
    pub(crate) immutable: Option<Span>,
    pub(crate) reserved: Option<Span>,
}

impl FieldOptions {
    pub(crate) fn parse(field: &syn::Field) -> syn::Result<Self> {
        let mut options = Self::default();
        for attribute in field.attrs.iter().filter(|a| a.path().is_ident("field")) {
            attribute.parse_nested_meta(|option| {
                let flag = |option: &ParseNestedMeta<'_>| Ok(span(&option.path));
                if option.path.is_ident("immutable") {
                    once(&option, &mut options.immutable, flag)
                } else if option.path.is_ident("reserved") {
                    once(&option, &mut options.reserved, flag)
                } else if option.path.is_ident("index") {
                    Err(option
                        .error("a field's index is its position: declare the fields in order"))
                } else if option.path.is_ident("enum_u8") {
                    Err(option.error("enums need no option, they derive EnumU8"))
                } else {
                    Err(option.error("a field's options are `immutable` and `reserved`"))
                }
            })?;
        }
        if let (Some(_), Some(place)) = (options.immutable, options.reserved) {
            let text = "a reserved field holds no value that could change: leave out `immutable`";
            return Err(syn::Error::new(place, text));
        }
        Ok(options)
    }
}

fn attributes<'i>(input: &'i DeriveInput, name: &str) -> impl Iterator<Item = &'i Attribute> {
    input.attrs.iter().filter(move |a| a.path().is_ident(name))
}

/// Span for the error about a missing option: the attribute, or the type's name without one.
fn place_for_options(input: &DeriveInput, name: &str) -> Span {
    attributes(input, name).next().map_or(input.ident.span(), |attribute| span(attribute.path()))
}

fn span(path: &syn::Path) -> Span {
    path.get_ident().map_or_else(Span::call_site, Ident::span)
}

fn once<T>(
    option: &ParseNestedMeta<'_>,
    slot: &mut Option<T>,
    parse: impl FnOnce(&ParseNestedMeta<'_>) -> syn::Result<T>,
) -> syn::Result<()> {
    if slot.is_some() {
        return Err(option.error("this option is given twice"));
    }
    *slot = Some(parse(option)?);
    Ok(())
}

fn parse_crate(option: &ParseNestedMeta<'_>) -> syn::Result<syn::Path> {
    crate_path::parse(option.value()?)
}

fn parse_kind(option: &ParseNestedMeta<'_>) -> syn::Result<u8> {
    let literal: LitInt = option.value()?.parse()?;
    match literal.base10_parse::<u8>() {
        Ok(kind @ 1..) => Ok(kind),
        Ok(0) => Err(syn::Error::new(literal.span(), "kind 0 is reserved; kinds are 1 to 255")),
        Err(_) => Err(syn::Error::new(literal.span(), "kinds are 1 to 255")),
    }
}

fn parse_record_len(option: &ParseNestedMeta<'_>) -> syn::Result<u32> {
    let literal: LitInt = option.value()?.parse()?;
    match literal.base10_parse::<u32>() {
        Ok(len @ 64..=LONGEST_ON_STACK) if len.is_power_of_two() => Ok(len),
        _ => {
            let text = format!(
                "the length of a record is 64, 128, 256, … (64·2^k), at most {LONGEST_ON_STACK}: \
                 it is encoded on the stack, and larger ones go through Tx::create_raw"
            );
            Err(syn::Error::new(literal.span(), text))
        }
    }
}

fn parse_pk(option: &ParseNestedMeta<'_>) -> syn::Result<Vec<Ident>> {
    if !option.input.peek(token::Paren) {
        return Err(option.error("write the key's fields in parentheses: pk(account_id)"));
    }
    let list;
    parenthesized!(list in option.input);
    let mut fields = Vec::new();
    for name in Punctuated::<Ident, Token![,]>::parse_terminated(&list)? {
        if fields.contains(&name) {
            let text = format!("`{name}` is in the key twice");
            return Err(syn::Error::new(name.span(), text));
        }
        fields.push(name);
    }
    if fields.is_empty() {
        return Err(
            option.error("a key has at least one field; a record without a key has no `pk`")
        );
    }
    Ok(fields)
}
