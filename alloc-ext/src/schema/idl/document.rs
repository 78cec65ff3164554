//! The shape of schema text. `expecting` keeps the names of these structs out of error messages.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Deserialize;

use super::field_type::{NamedType, TextType};
use crate::schema::definitions::Definitions;
use crate::schema::error::cut;
use crate::schema::{
    EnumDefinition, EnumVariantDefinition, FieldDefinition, PayloadDefinition,
    PayloadFieldDefinition, RecordDefinition, SchemaError, SchemaRule, SchemaSection, Version,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a schema in braces")]
pub(super) struct Document {
    pub(super) idl_version: String,
    schema_version: TextVersion,
    pub(super) fingerprints: TextFingerprints,
    #[serde(default)]
    types: Vec<TextEnum>,
    #[serde(default)]
    records: Vec<TextRecord>,
    #[serde(default)]
    commands: Vec<TextPayload>,
    #[serde(default)]
    events: Vec<TextPayload>,
}

#[derive(Deserialize)]
#[serde(expecting = "the four fingerprints in braces")]
pub(super) struct TextFingerprints {
    pub(super) records: String,
    pub(super) commands: String,
    pub(super) events: String,
    pub(super) types: String,
}

#[derive(Deserialize)]
#[serde(expecting = "{\"main\": 1, \"minor\": 0}")]
struct TextVersion {
    main: u8,
    minor: u8,
}

#[derive(Deserialize)]
#[serde(expecting = "an enum in braces")]
struct TextEnum {
    name: String,
    kind: String,
    variants: Vec<TextVariant>,
}

#[derive(Deserialize)]
#[serde(expecting = "a variant such as {\"name\": \"Open\", \"value\": 1}")]
struct TextVariant {
    name: String,
    value: u8,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a record in braces")]
struct TextRecord {
    kind: u8,
    name: String,
    version: u16,
    data_size: u32,
    has_pk: bool,
    #[serde(default)]
    pk_fields: Vec<String>,
    support_range_scan: bool,
    #[serde(default)]
    fields: Vec<TextRecordField>,
}

#[derive(Deserialize)]
#[serde(expecting = "a field in braces")]
struct TextRecordField {
    name: String,
    index: u32,
    #[serde(rename = "type")]
    ty: TextType,
    offset: u32,
    size: u32,
    immutable: bool,
}

#[derive(Deserialize)]
#[serde(expecting = "a command or event in braces")]
struct TextPayload {
    kind: u8,
    name: String,
    version: u16,
    #[serde(default)]
    fields: Vec<TextPayloadField>,
}

#[derive(Deserialize)]
#[serde(expecting = "a field in braces")]
struct TextPayloadField {
    name: String,
    index: u32,
    #[serde(rename = "type")]
    ty: TextType,
}

impl Document {
    pub(super) fn into_definitions(self) -> Result<Definitions, SchemaError> {
        let payloads = |section, payloads: Vec<TextPayload>| {
            let define = |payload: TextPayload| payload.into_definition(section);
            payloads.into_iter().map(define).collect::<Result<_, _>>()
        };
        Ok(Definitions {
            version: Version::new(self.schema_version.main, self.schema_version.minor),
            types: self
                .types
                .into_iter()
                .map(TextEnum::into_definition)
                .collect::<Result<_, _>>()?,
            records: self
                .records
                .into_iter()
                .map(TextRecord::into_definition)
                .collect::<Result<_, _>>()?,
            commands: payloads(SchemaSection::Commands, self.commands)?,
            events: payloads(SchemaSection::Events, self.events)?,
        })
    }
}

impl TextEnum {
    fn into_definition(self) -> Result<EnumDefinition, SchemaError> {
        if self.kind != "enumU8" {
            let kind = cut(&self.kind);
            let rule = SchemaRule::UnknownEnumKind { kind };
            return Err(SchemaError::new(SchemaSection::Types, &self.name, rule));
        }
        let define = |variant: TextVariant| EnumVariantDefinition {
            name: Cow::Owned(variant.name),
            discriminant: variant.value,
        };
        Ok(EnumDefinition {
            name: Cow::Owned(self.name),
            variants: self.variants.into_iter().map(define).collect(),
        })
    }
}

impl TextRecord {
    fn into_definition(self) -> Result<RecordDefinition, SchemaError> {
        let fields = self
            .fields
            .into_iter()
            .map(|field| field.into_definition(&self.name))
            .collect::<Result<_, _>>()?;
        Ok(RecordDefinition {
            kind: self.kind,
            name: Cow::Owned(self.name),
            is_pk_idx: self.has_pk,
            support_range_scan: self.support_range_scan,
            data_size: self.data_size,
            version: self.version,
            has_pk_encoder: false,
            fields,
            reserved_fields: Cow::Borrowed(&[]),
            pk_fields: self.pk_fields.into_iter().map(Cow::Owned).collect(),
        })
    }
}

impl TextRecordField {
    fn into_definition(self, record: &str) -> Result<FieldDefinition, SchemaError> {
        let ty = NamedType::try_from(self.ty).map_err(|rule| {
            SchemaError::of_member(SchemaSection::Records, record, &self.name, rule)
        })?;
        Ok(FieldDefinition {
            name: Cow::Owned(self.name),
            field_index: self.index,
            offset: self.offset,
            ty: ty.ty,
            len: self.size,
            rust_type_name: ty.rust_type_name,
            enum_type_name: ty.enum_type_name,
            immutable: self.immutable,
        })
    }
}

impl TextPayload {
    fn into_definition(self, section: SchemaSection) -> Result<PayloadDefinition, SchemaError> {
        let fields = self
            .fields
            .into_iter()
            .map(|field| field.into_definition(section, &self.name))
            .collect::<Result<_, _>>()?;
        Ok(PayloadDefinition {
            kind: self.kind,
            name: Cow::Owned(self.name),
            version: self.version,
            fields,
        })
    }
}

impl TextPayloadField {
    fn into_definition(
        self,
        section: SchemaSection,
        payload: &str,
    ) -> Result<PayloadFieldDefinition, SchemaError> {
        let ty = NamedType::try_from(self.ty)
            .map_err(|rule| SchemaError::of_member(section, payload, &self.name, rule))?;
        Ok(PayloadFieldDefinition {
            name: Cow::Owned(self.name),
            field_index: self.index,
            ty: ty.ty,
            rust_type_name: ty.rust_type_name,
            enum_type_name: ty.enum_type_name,
            fixed_size: ty.fixed_size,
        })
    }
}
