//! Parses and checks a record's declaration.

use crate::attribute::{RECORD_HEADER_SIZE, RecordOptions};
use crate::crate_path::CratePath;
use crate::errors::{Errors, both};
use crate::field::{Encoding, Field, Scalar, parse_fields};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::{DeriveInput, Ident, Visibility};

pub(super) struct Layout<'i> {
    pub(super) crate_path: CratePath,
    pub(super) name: &'i Ident,
    pub(super) vis: &'i Visibility,
    pub(super) kind: u8,
    pub(super) record_len: u32,
    pub(super) fields: Vec<Placed<'i>>,
    /// Indices into `fields`, in key order. Empty without a key.
    pub(super) key: Vec<usize>,
    pub(super) range_scan: bool,
}

/// A field and its offset in the data.
pub(super) struct Placed<'i> {
    pub(super) field: Field<'i>,
    pub(super) offset: u32,
}

impl<'i> Layout<'i> {
    pub(super) fn of(input: &'i DeriveInput) -> syn::Result<Self> {
        let declared = both(RecordOptions::parse(input), parse_fields(input));
        let ((options, fields), ()) = both(declared, without_parameters(input))?;
        let mut errors = Errors::default();
        for field in &fields {
            if let Err(error) = check_encoding(field) {
                errors.push(error);
            }
        }
        for field in &fields {
            if let Err(error) = check_getter(field, &fields) {
                errors.push(error);
            }
        }
        let fields = match place(fields, options.len) {
            Ok(fields) => fields,
            // Without the key check: it would report key fields that have no room a second time.
            Err(error) => return Err(errors.with(error)),
        };
        let key =
            options.pk.iter().filter_map(|name| errors.take(key_field(name, &fields))).collect();
        errors.check()?;
        Ok(Self {
            crate_path: options.crate_path,
            name: &input.ident,
            vis: &input.vis,
            kind: options.kind,
            record_len: options.len,
            fields,
            key,
            range_scan: options.range_scan,
        })
    }

    pub(super) fn data_size(&self) -> u32 {
        self.record_len - RECORD_HEADER_SIZE
    }

    /// Data size as a literal for array types and const arguments.
    pub(super) fn size(&self) -> TokenStream {
        let size = usize_literal(self.data_size());
        quote!(#size)
    }

    pub(super) fn active(&self) -> impl Iterator<Item = &Placed<'i>> {
        self.fields.iter().filter(|f| !f.field.is_reserved())
    }

    pub(super) fn reserved(&self) -> impl Iterator<Item = &Placed<'i>> {
        self.fields.iter().filter(|f| f.field.is_reserved())
    }

    pub(super) fn key_fields(&self) -> impl Iterator<Item = &Placed<'i>> {
        self.key.iter().filter_map(|at| self.fields.get(*at))
    }
}

impl Placed<'_> {
    pub(super) fn at(&self) -> TokenStream {
        let offset = usize_literal(self.offset);
        quote!(#offset)
    }
}

/// A literal without suffix, whose type is `usize` by inference.
pub(crate) fn usize_literal(value: u32) -> proc_macro2::Literal {
    proc_macro2::Literal::u32_unsuffixed(value)
}

fn without_parameters(input: &DeriveInput) -> syn::Result<()> {
    if input.generics.params.is_empty() {
        return Ok(());
    }
    let text = "a record has one layout and takes no parameters";
    Err(syn::Error::new_spanned(&input.generics, text))
}

fn check_encoding(field: &Field<'_>) -> syn::Result<()> {
    let rule = match (&field.encoding, field.is_reserved()) {
        (Encoding::VarBytes, _) => {
            "a record has a fixed layout, and variable bytes belong to commands and events; use FixedBytes<N>"
        }
        (Encoding::Enum, true) => {
            "a reserved field holds no value; give it a number or FixedBytes<N>"
        }
        _ => return Ok(()),
    };
    let text = format!("field `{}`: {rule}", field.ident);
    Err(syn::Error::new_spanned(field.ty, text))
}

/// Refuses a field whose getter has the name of another field's setter.
fn check_getter(field: &Field<'_>, fields: &[Field<'_>]) -> syn::Result<()> {
    let getter = field.ident.unraw();
    let has_setter = |other: &&Field<'_>| !other.is_reserved() && other.options.immutable.is_none();
    match fields.iter().filter(has_setter).find(|other| setter_name(other.ident) == getter) {
        Some(other) if !field.is_reserved() => {
            let text = format!("field `{getter}` has the name of the setter of `{}`", other.ident);
            Err(syn::Error::new(field.ident.span(), text))
        }
        _ => Ok(()),
    }
}

fn place(fields: Vec<Field<'_>>, record_len: u32) -> syn::Result<Vec<Placed<'_>>> {
    let room = record_len - RECORD_HEADER_SIZE;
    let mut end = 0_u32;
    let mut placed = Vec::new();
    for field in fields {
        let offset = end;
        // A saturated sum does not fit in any record.
        end = end.saturating_add(field.size());
        if end > room {
            let text = format!(
                "`{}` ends at byte {end}, but a record of {record_len} bytes has room for {room}: \
                 the first {RECORD_HEADER_SIZE} are the host's",
                field.ident
            );
            return Err(syn::Error::new(field.ident.span(), text));
        }
        placed.push(Placed { field, offset });
    }
    Ok(placed)
}

fn key_field(name: &Ident, fields: &[Placed<'_>]) -> syn::Result<usize> {
    let refuse = |text: String| Err(syn::Error::new(name.span(), text));
    let Some(at) = fields.iter().position(|f| f.field.ident == name) else {
        return refuse(format!("there is no field `{name}`"));
    };
    let Some(Placed { field, .. }) = fields.get(at) else {
        return refuse(format!("there is no field `{name}`"));
    };
    if field.is_reserved() {
        return refuse(format!("`{name}` is reserved and cannot be part of a key"));
    }
    if field.encoding == Encoding::Scalar(Scalar::U128) {
        return refuse(format!("`{name}` is a u128, which keys have no encoding for"));
    }
    if field.options.immutable.is_none() {
        return refuse(format!(
            "`{name}` can change, and keys cannot: declare the field #[field(immutable)]"
        ));
    }
    Ok(at)
}

/// The name of a field's setter.
pub(super) fn setter_name(field: &Ident) -> Ident {
    format_ident!("set_{}", field)
}
