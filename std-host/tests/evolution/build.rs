//! Builds schemas in few words.

use statevec_abi_alloc::schema::{
    EnumDefinition, EnumVariantDefinition, FieldDefinition, FieldType, PayloadDefinition,
    PayloadFieldDefinition, RecordDefinition, SchemaRegistry, Version,
};

/// A field: its name, type and size in bytes.
pub(crate) type Field = (&'static str, FieldType, u32);

pub(crate) const ID: Field = ("id", FieldType::U64, 8);

/// A record whose fields are packed, with the first one as its key.
pub(crate) fn record(kind: u8, name: &'static str, fields: &[Field]) -> RecordDefinition {
    let mut offset = 0;
    let fields: Vec<_> = (1..)
        .zip(fields)
        .map(|(index, &(name, ty, len))| {
            let at = offset;
            offset += len;
            field(index, name, ty, at, len)
        })
        .collect();
    let pk_fields = vec![fields[0].name.clone()];
    RecordDefinition {
        kind,
        name: name.into(),
        is_pk_idx: true,
        support_range_scan: false,
        data_size: 48,
        version: 1,
        has_pk_encoder: true,
        fields: fields.into(),
        reserved_fields: (&[]).into(),
        pk_fields: pk_fields.into(),
    }
}

pub(crate) fn field(
    field_index: u32,
    name: &'static str,
    ty: FieldType,
    offset: u32,
    len: u32,
) -> FieldDefinition {
    FieldDefinition {
        name: name.into(),
        field_index,
        offset,
        ty,
        len,
        rust_type_name: ty.name().into(),
        enum_type_name: (ty == FieldType::EnumU8).then(|| "Color".into()),
        immutable: false,
    }
}

/// A command or an event.
pub(crate) fn payload(
    kind: u8,
    name: &'static str,
    fields: &[(&'static str, FieldType)],
) -> PayloadDefinition {
    let fields: Vec<_> = (1..)
        .zip(fields)
        .map(|(field_index, &(name, ty))| PayloadFieldDefinition {
            name: name.into(),
            field_index,
            ty,
            rust_type_name: ty.name().into(),
            enum_type_name: (ty == FieldType::EnumU8).then(|| "Color".into()),
            fixed_size: ty.fixed_size(),
        })
        .collect();
    PayloadDefinition { kind, name: name.into(), version: 1, fields: fields.into() }
}

/// The enum `Color`.
pub(crate) fn color(variants: &[(&'static str, u8)]) -> EnumDefinition {
    let variants: Vec<_> = variants
        .iter()
        .map(|&(name, discriminant)| EnumVariantDefinition { name: name.into(), discriminant })
        .collect();
    EnumDefinition { name: "Color".into(), variants: variants.into() }
}

/// A schema of records and enums.
pub(crate) fn schema(records: &[RecordDefinition], enums: &[EnumDefinition]) -> SchemaRegistry {
    SchemaRegistry::new(Version::new(1, 0), records, &[], &[], enums).unwrap()
}
