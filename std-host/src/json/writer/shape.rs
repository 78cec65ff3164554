//! The prepared form of one command, event or record.

use statevec_abi_alloc::schema::{FieldDefinition, PayloadDefinition, RecordDefinition};

use super::value::{EnumNames, Form, Misfit};
use crate::foreign_text::push_json_string;
use crate::json::error::{DecodeError, cut};

/// Names and fields, ready to be written.
#[derive(Debug)]
pub(super) struct Shape {
    name: Box<str>,
    /// The text before the fields, or for a command before its outcome. A key has none.
    opening: Box<str>,
    fields: Box<[Field]>,
    /// The size of a record's data. Payloads are as long as their fields.
    data_size: Option<usize>,
}

#[derive(Debug)]
struct Field {
    name: Box<str>,
    /// The text before the value: the object's brace or the comma, and the name with its colon.
    label: Box<str>,
    /// Offset of the field in a record. In a payload it follows the field before.
    offset: Option<usize>,
    form: Form,
}

impl Shape {
    /// The opening holds the name between `before` and `after`.
    pub(super) fn of_payload(
        (before, after): (&str, &str),
        def: &PayloadDefinition,
        enums: &EnumNames<'_>,
    ) -> Self {
        let fields = def.fields.iter().enumerate().map(|(position, field)| Field {
            name: (*field.name).into(),
            label: label(position, &field.name),
            offset: None,
            form: Form::new(field.ty, field.fixed_size, field.enum_type_name.as_deref(), enums),
        });
        let opening = opening(before, &def.name, after);
        Self { name: (*def.name).into(), opening, fields: fields.collect(), data_size: None }
    }

    /// As [`of_payload`](Self::of_payload).
    pub(super) fn of_record(
        (before, after): (&str, &str),
        def: &RecordDefinition,
        enums: &EnumNames<'_>,
    ) -> Self {
        let opening = opening(before, &def.name, after);
        let fields = record_fields(def.fields.iter(), enums);
        let data_size = Some(def.data_size as usize);
        Self { name: (*def.name).into(), opening, fields, data_size }
    }

    /// The fields of a record's primary key, which lie in the first bytes of its data.
    pub(super) fn of_key(def: &RecordDefinition, len: usize, enums: &EnumNames<'_>) -> Self {
        let fields = def.pk_fields.iter().filter_map(|name| def.field_by_name(name));
        let fields = record_fields(fields, enums);
        Self { name: (*def.name).into(), opening: Box::default(), fields, data_size: Some(len) }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn opening(&self) -> &str {
        &self.opening
    }

    /// Appends the fields as an object. Text that was appended before an error stays.
    #[inline]
    pub(super) fn push_fields(&self, bytes: &[u8], out: &mut String) -> Result<(), DecodeError> {
        if let Some(data_size) = self.data_size {
            self.check_len(data_size, bytes.len())?;
        }
        let mut rest = bytes;
        for field in &self.fields {
            if let Some(offset) = field.offset {
                rest = bytes.get(offset..).unwrap_or_default();
            }
            out.push_str(&field.label);
            rest = match field.form.push_value(rest, out) {
                Ok(rest) => rest,
                Err(misfit) => return Err(self.misfit(field, bytes.len(), misfit)),
            };
        }
        out.push_str(if self.fields.is_empty() { "{}" } else { "}" });
        match self.data_size {
            Some(_) => Ok(()),
            None => self.check_len(bytes.len() - rest.len(), bytes.len()),
        }
    }

    fn check_len(&self, expected: usize, len: usize) -> Result<(), DecodeError> {
        if len == expected {
            return Ok(());
        }
        Err(DecodeError::Length { name: cut(&self.name), expected, len })
    }

    #[cold]
    fn misfit(&self, field: &Field, len: usize, misfit: Misfit) -> DecodeError {
        let (name, field) = (cut(&self.name), cut(&field.name));
        match misfit {
            Misfit::Short => DecodeError::Short { name, field, len },
            Misfit::StatedLength { stated, capacity } => {
                DecodeError::StatedLength { name, field, stated, capacity }
            }
        }
    }
}

fn record_fields<'d>(
    defs: impl Iterator<Item = &'d FieldDefinition>,
    enums: &EnumNames<'_>,
) -> Box<[Field]> {
    let field = |(position, def): (usize, &FieldDefinition)| Field {
        name: (*def.name).into(),
        label: label(position, &def.name),
        offset: Some(def.offset as usize),
        form: Form::new(def.ty, Some(def.len), def.enum_type_name.as_deref(), enums),
    };
    defs.enumerate().map(field).collect()
}

fn opening(before: &str, name: &str, after: &str) -> Box<str> {
    let mut opening = before.to_owned();
    push_json_string(name, &mut opening);
    opening.push_str(after);
    opening.into()
}

fn label(position: usize, name: &str) -> Box<str> {
    opening(if position == 0 { "{" } else { "," }, name, ":")
}
