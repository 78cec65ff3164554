//! Parses and checks the declaration of a command or event.

use crate::attribute::{LONGEST_ON_STACK, PayloadOptions};
use crate::crate_path::CratePath;
use crate::errors::{Errors, both};
use crate::field::{Encoding, Field, parse_fields};
use crate::groups::bare_type;
use syn::{DeriveInput, GenericParam, Ident, Lifetime, LitInt, Type};

/// The kind of item that is declared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Command,
    Event,
}

pub(super) struct Declaration<'i> {
    pub(super) crate_path: CratePath,
    pub(super) name: &'i Ident,
    /// Lifetime of the variable bytes.
    pub(super) lifetime: Option<&'i Lifetime>,
    pub(super) kind: u8,
    pub(super) fields: Vec<Field<'i>>,
    /// Encoded length in bytes with all variable bytes empty.
    pub(super) least_len: u32,
    /// Longest encoded form of an event in bytes; `least_len` without variable bytes.
    pub(super) max_len: u32,
}

impl<'i> Declaration<'i> {
    pub(super) fn of(input: &'i DeriveInput, role: Role) -> syn::Result<Self> {
        let (name, has_max_len) = match role {
            Role::Command => ("command", false),
            Role::Event => ("event", true),
        };
        let declared = both(PayloadOptions::parse(input, name, has_max_len), parse_fields(input));
        let ((options, fields), lifetime) = both(declared, lifetime(input))?;
        let least_len = fields.iter().fold(0, |sum: u32, field| sum.saturating_add(field.size()));
        let mut errors = Errors::default();
        for field in &fields {
            if let Err(error) = check(field, lifetime) {
                errors.push(error);
            }
        }
        if let Err(error) = check_least_len(input, role, least_len) {
            errors.push(error);
        }
        let checked = errors.check();
        let max_len = match role {
            Role::Command => Ok(least_len),
            // `checked` holds the error about the fields.
            Role::Event if least_len > LONGEST_ON_STACK => Ok(least_len),
            Role::Event => max_len(input, options.max_len.as_ref(), &fields, least_len),
        };
        let (max_len, ()) = both(max_len, checked)?;
        Ok(Self {
            crate_path: options.crate_path,
            name: &input.ident,
            lifetime,
            kind: options.kind,
            fields,
            least_len,
            max_len,
        })
    }

    pub(super) fn has_var_bytes(&self) -> bool {
        self.fields.iter().any(is_var_bytes)
    }
}

pub(super) fn is_var_bytes(field: &Field<'_>) -> bool {
    field.encoding == Encoding::VarBytes
}

fn lifetime(input: &DeriveInput) -> syn::Result<Option<&Lifetime>> {
    let mut errors = Errors::default();
    let mut found = None;
    for parameter in &input.generics.params {
        match parameter {
            GenericParam::Lifetime(lifetime) if found.is_none() => found = Some(&lifetime.lifetime),
            other => {
                let text =
                    "a payload has one layout: its only parameter is a lifetime for variable bytes";
                errors.push(syn::Error::new_spanned(other, text));
            }
        }
    }
    errors.check()?;
    Ok(found)
}

fn check(field: &Field<'_>, lifetime: Option<&Lifetime>) -> syn::Result<()> {
    if let Some(place) = field.options.immutable.or(field.options.reserved) {
        let text = format!(
            "field `{}`: `immutable` and `reserved` are for the fields of records",
            field.ident
        );
        return Err(syn::Error::new(place, text));
    }
    if let Type::Reference(reference) = bare_type(field.ty)
        && reference.lifetime.as_ref() != lifetime
    {
        let text = format!(
            "field `{}`: variable bytes borrow for the type's own lifetime, as in `struct Note<'a> {{ text: &'a [u8] }}`",
            field.ident
        );
        return Err(syn::Error::new_spanned(reference, text));
    }
    Ok(())
}

fn check_least_len(input: &DeriveInput, role: Role, least: u32) -> syn::Result<()> {
    if least <= LONGEST_ON_STACK {
        return Ok(());
    }
    let remedy = match role {
        Role::Command => "it is decoded on the stack; pass large content as `&'a [u8]`",
        Role::Event => "it is encoded on the stack, and larger ones go through Tx::emit_raw",
    };
    let text = format!(
        "the fields of `{}` take at least {least} bytes, but at most {LONGEST_ON_STACK} are allowed: {remedy}",
        input.ident
    );
    Err(syn::Error::new(input.ident.span(), text))
}

fn max_len(
    input: &DeriveInput,
    declared: Option<&LitInt>,
    fields: &[Field<'_>],
    least: u32,
) -> syn::Result<u32> {
    match (declared, fields.iter().find(|field| is_var_bytes(field))) {
        (None, None) => Ok(least),
        (None, Some(field)) => {
            let text = format!(
                "`{}` has variable length: say how long `{}` may be when encoded, in #[event(kind = …, max_len = …)]",
                field.ident, input.ident
            );
            Err(syn::Error::new(field.ident.span(), text))
        }
        (Some(declared), None) => {
            let text = format!("this event always takes {least} bytes: leave out `max_len`");
            Err(syn::Error::new(declared.span(), text))
        }
        (Some(declared), Some(_)) => match declared.base10_parse::<u32>() {
            Ok(max_len) if (least..=LONGEST_ON_STACK).contains(&max_len) => Ok(max_len),
            _ => {
                let text = format!(
                    "`max_len` is at least {least}, which the event takes when its variable bytes are empty, \
                     and at most {LONGEST_ON_STACK}: it is encoded on the stack, and larger ones go through Tx::emit_raw"
                );
                Err(syn::Error::new(declared.span(), text))
            }
        },
    }
}
