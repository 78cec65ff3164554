//! One line of a state file, read back.

use std::{borrow::Cow, fmt};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use statevec_abi::abi::{RecordKey, RecordKind, SysId};
use statevec_abi_alloc::schema::{
    FieldDefinition, PayloadFieldDefinition, RecordDefinition, SchemaRegistry,
};

use super::{
    bytes::append_hex,
    error::{KnownNames, RecordError, cut},
    read::{Refusal, append_whole_value},
};

/// A line of a state file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateLine {
    /// A record. Its data was read, too.
    Record(RecordKey),
    /// The number that the next record of a kind gets.
    NextSysId {
        /// The kind.
        kind: RecordKind,
        /// The number.
        next_sys_id: SysId,
    },
}

/// Reads a line as [`JsonWriter::record`] and [`JsonWriter::next_sys_id`] write it. A record's data
/// goes to `data`, whose content before is lost. Bytes that belong to no field are zero.
///
/// [`JsonWriter::record`]: super::JsonWriter::record
/// [`JsonWriter::next_sys_id`]: super::JsonWriter::next_sys_id
///
/// # Errors
/// The first part of the line that is wrong, and what was expected.
///
/// # Example
/// ```
/// use statevec_host::json::{StateLine, parse_state_line};
/// # use std::borrow::Cow;
/// # use statevec_abi_alloc::schema::{FieldDefinition, FieldType, RecordDefinition, SchemaRegistry, Version};
/// # let balance = FieldDefinition {
/// #     name: Cow::Borrowed("balance"), field_index: 1, offset: 4, ty: FieldType::U16, len: 2,
/// #     rust_type_name: Cow::Borrowed("u16"), enum_type_name: None, immutable: false,
/// # };
/// # let account = RecordDefinition {
/// #     kind: 1, name: "Account".into(), is_pk_idx: false, support_range_scan: false, data_size: 8, version: 1,
/// #     has_pk_encoder: false, fields: vec![balance].into(), reserved_fields: (&[]).into(), pk_fields: (&[]).into(),
/// # };
/// # let schema = SchemaRegistry::with_records(Version::new(1, 0), &[account])?;
/// let mut data = Vec::new();
/// let line = br#"{"record":"Account","sys_id":7,"data":{"balance":258}}"#;
/// let StateLine::Record(key) = parse_state_line(&schema, line, &mut data)? else { panic!() };
/// assert_eq!((key.kind, key.sys_id, &data[..]), (1, 7, &[0, 0, 0, 0, 2, 1, 0, 0][..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn parse_state_line(
    schema: &SchemaRegistry,
    line: &[u8],
    data: &mut Vec<u8>,
) -> Result<StateLine, RecordError> {
    let line: Line<'_> = serde_json::from_slice(line)
        .map_err(|error| RecordError::Line { message: error.to_string() })?;
    let def = schema.try_get_by_name(&line.record).ok_or_else(|| RecordError::UnknownRecord {
        name: cut(&line.record),
        known: KnownNames::of(schema.record_defs().map(|def| &*def.name)),
    })?;
    match line {
        Line {
            next_sys_id: Some(next_sys_id), sys_id: None, data: None, malformed: None, ..
        } => Ok(StateLine::NextSysId { kind: def.kind, next_sys_id }),
        Line { sys_id: Some(sys_id), data: fields, malformed, next_sys_id: None, .. } => {
            data.clear();
            match (fields, malformed) {
                (Some(fields), None) => read_fields(schema, def, &fields, data)?,
                (None, Some(malformed)) => read_hex(def, &malformed.hex, data)?,
                _ => return Err(RecordError::Parts),
            }
            Ok(StateLine::Record(RecordKey { kind: def.kind, sys_id }))
        }
        _ => Err(RecordError::Parts),
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    #[serde(borrow)]
    record: Cow<'a, str>,
    sys_id: Option<SysId>,
    next_sys_id: Option<SysId>,
    #[serde(borrow)]
    data: Option<Members<'a>>,
    #[serde(borrow)]
    malformed: Option<Malformed<'a>>,
}

#[derive(serde::Deserialize)]
struct Malformed<'a> {
    #[serde(borrow)]
    hex: Cow<'a, str>,
}

/// The members of an object, in their order.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with the record's fields")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

fn read_fields(
    schema: &SchemaRegistry,
    def: &RecordDefinition,
    Members(members): &Members<'_>,
    data: &mut Vec<u8>,
) -> Result<(), RecordError> {
    for (at, (name, _)) in members.iter().enumerate() {
        let (record, field) = (cut(&def.name), cut(name));
        if def.field_by_name(name).is_none() {
            let known = KnownNames::of(def.fields.iter().map(|field| &*field.name));
            return Err(RecordError::UnknownField { record, field, known });
        }
        if members.iter().take(at).any(|(before, _)| before == name) {
            return Err(RecordError::DuplicateField { record, field });
        }
    }
    data.resize(def.data_size as usize, 0);
    let mut value = Vec::new();
    for field in &*def.fields {
        let found = members.iter().find(|(name, _)| *name == field.name);
        let (_, raw) = found.ok_or_else(|| RecordError::MissingField {
            record: cut(&def.name),
            field: cut(&field.name),
            ty: field.ty,
        })?;
        value.clear();
        append_whole_value(schema, &as_payload(field), raw.get(), &mut value)
            .map_err(|refusal| refused(def, field, refusal))?;
        let place =
            data.get_mut(field.offset as usize..).and_then(|rest| rest.get_mut(..value.len()));
        // A registry's fields lie within their record.
        place.ok_or(RecordError::Parts)?.copy_from_slice(&value);
    }
    Ok(())
}

fn read_hex(def: &RecordDefinition, hex: &str, data: &mut Vec<u8>) -> Result<(), RecordError> {
    append_hex(hex, data)
        .map_err(|problem| RecordError::Hex { record: cut(&def.name), problem: Box::new(problem) })
}

/// Reads the value of one field of a record, as a line of a state file has it. Returns the bytes of
/// the field.
///
/// # Errors
/// The text is no value of the field.
pub fn parse_field(
    schema: &SchemaRegistry,
    record: &RecordDefinition,
    field: &FieldDefinition,
    text: &str,
) -> Result<Vec<u8>, RecordError> {
    let mut value = Vec::new();
    append_whole_value(schema, &as_payload(field), text, &mut value)
        .map_err(|refusal| refused(record, field, refusal))?;
    Ok(value)
}

/// A record's field as one of a payload, which is encoded alike.
pub(super) fn as_payload(field: &FieldDefinition) -> PayloadFieldDefinition {
    PayloadFieldDefinition {
        name: field.name.clone(),
        field_index: field.field_index,
        ty: field.ty,
        rust_type_name: field.rust_type_name.clone(),
        enum_type_name: field.enum_type_name.clone(),
        fixed_size: Some(field.len),
    }
}

#[cold]
fn refused(def: &RecordDefinition, field: &FieldDefinition, refusal: Refusal) -> RecordError {
    match refusal {
        Refusal::Value(problem) => {
            let (record, field) = (cut(&def.name), cut(&field.name));
            RecordError::Field { record, field, problem: Box::new(problem) }
        }
        Refusal::Text(error) => RecordError::Line { message: error.to_string() },
    }
}
