//! Converts definitions to the borrowed form of `statevec_abi`, and back, because fingerprints and
//! schema text are implemented there only.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use statevec_abi::schema::{
    EnumDef, EnumVariantDef, FieldDef, PayloadDef, PayloadFieldDef, RecordDef, SchemaDef,
};

use crate::schema::definitions::Definitions;
use crate::schema::{
    EnumDefinition, EnumVariantDefinition, FieldDefinition, PayloadDefinition,
    PayloadFieldDefinition, RecordDefinition,
};

impl Definitions {
    /// Lends the definitions in core's form. The lists that this takes live for the call only.
    pub(crate) fn with_borrowed<R>(&self, f: impl FnOnce(&SchemaDef<'_>) -> R) -> R {
        let variants: Vec<_> = self.types.iter().map(borrow_variants).collect();
        let types: Vec<_> = (self.types.iter().zip(&variants))
            .map(|(def, variants)| EnumDef { name: &def.name, variants })
            .collect();
        let lists: Vec<_> = self.records.iter().map(RecordLists::of).collect();
        let records: Vec<_> = (self.records.iter().zip(&lists))
            .map(|(def, lists)| lists.borrow_record(def))
            .collect();
        let command_fields: Vec<_> = self.commands.iter().map(borrow_payload_fields).collect();
        let commands = borrow_payloads(&self.commands, &command_fields);
        let event_fields: Vec<_> = self.events.iter().map(borrow_payload_fields).collect();
        let events = borrow_payloads(&self.events, &event_fields);
        f(&SchemaDef {
            version: self.version,
            types: &types,
            records: &records,
            commands: &commands,
            events: &events,
        })
    }
}

fn borrow_variants(def: &EnumDefinition) -> Vec<EnumVariantDef<'_>> {
    let variants = def.variants.iter();
    variants
        .map(|variant| EnumVariantDef { name: &variant.name, discriminant: variant.discriminant })
        .collect()
}

/// The lists inside one record definition.
struct RecordLists<'a> {
    fields: Vec<FieldDef<'a>>,
    reserved_fields: Vec<FieldDef<'a>>,
    pk_fields: Vec<&'a str>,
}

impl<'a> RecordLists<'a> {
    fn of(def: &'a RecordDefinition) -> Self {
        Self {
            fields: def.fields.iter().map(borrow_field).collect(),
            reserved_fields: def.reserved_fields.iter().map(borrow_field).collect(),
            pk_fields: def.pk_fields.iter().map(|name| &**name).collect(),
        }
    }

    fn borrow_record(&'a self, def: &'a RecordDefinition) -> RecordDef<'a> {
        RecordDef {
            kind: def.kind,
            name: &def.name,
            has_pk: def.is_pk_idx,
            support_range_scan: def.support_range_scan,
            data_size: def.data_size,
            version: def.version,
            has_pk_encoder: def.has_pk_encoder,
            fields: &self.fields,
            reserved_fields: &self.reserved_fields,
            pk_fields: &self.pk_fields,
        }
    }
}

fn borrow_field(def: &FieldDefinition) -> FieldDef<'_> {
    FieldDef {
        name: &def.name,
        field_index: def.field_index,
        offset: def.offset,
        ty: def.ty,
        len: def.len,
        rust_type_name: &def.rust_type_name,
        enum_type_name: def.enum_type_name.as_deref(),
        immutable: def.immutable,
    }
}

fn borrow_payloads<'a>(
    payloads: &'a [PayloadDefinition],
    fields: &'a [Vec<PayloadFieldDef<'a>>],
) -> Vec<PayloadDef<'a>> {
    let pairs = payloads.iter().zip(fields);
    pairs
        .map(|(def, fields)| PayloadDef {
            kind: def.kind,
            name: &def.name,
            version: def.version,
            fields,
        })
        .collect()
}

fn borrow_payload_fields(def: &PayloadDefinition) -> Vec<PayloadFieldDef<'_>> {
    let fields = def.fields.iter();
    fields
        .map(|field| PayloadFieldDef {
            name: &field.name,
            field_index: field.field_index,
            ty: field.ty,
            rust_type_name: &field.rust_type_name,
            enum_type_name: field.enum_type_name.as_deref(),
            fixed_size: field.fixed_size,
        })
        .collect()
}

impl From<&SchemaDef<'static>> for Definitions {
    fn from(def: &SchemaDef<'static>) -> Self {
        Self {
            version: def.version,
            types: def.types.iter().map(EnumDefinition::from).collect(),
            records: def.records.iter().map(RecordDefinition::from).collect(),
            commands: def.commands.iter().map(PayloadDefinition::from).collect(),
            events: def.events.iter().map(PayloadDefinition::from).collect(),
        }
    }
}

impl From<&EnumDef<'static>> for EnumDefinition {
    fn from(def: &EnumDef<'static>) -> Self {
        let own = |variant: &EnumVariantDef<'static>| EnumVariantDefinition {
            name: Cow::Borrowed(variant.name),
            discriminant: variant.discriminant,
        };
        Self { name: Cow::Borrowed(def.name), variants: def.variants.iter().map(own).collect() }
    }
}

impl From<&RecordDef<'static>> for RecordDefinition {
    fn from(def: &RecordDef<'static>) -> Self {
        Self {
            kind: def.kind,
            name: Cow::Borrowed(def.name),
            is_pk_idx: def.has_pk,
            support_range_scan: def.support_range_scan,
            data_size: def.data_size,
            version: def.version,
            has_pk_encoder: def.has_pk_encoder,
            fields: def.fields.iter().map(FieldDefinition::from).collect(),
            reserved_fields: def.reserved_fields.iter().map(FieldDefinition::from).collect(),
            pk_fields: def.pk_fields.iter().copied().map(Cow::Borrowed).collect(),
        }
    }
}

impl From<&FieldDef<'static>> for FieldDefinition {
    fn from(def: &FieldDef<'static>) -> Self {
        Self {
            name: Cow::Borrowed(def.name),
            field_index: def.field_index,
            offset: def.offset,
            ty: def.ty,
            len: def.len,
            rust_type_name: Cow::Borrowed(def.rust_type_name),
            enum_type_name: def.enum_type_name.map(Cow::Borrowed),
            immutable: def.immutable,
        }
    }
}

impl From<&PayloadDef<'static>> for PayloadDefinition {
    fn from(def: &PayloadDef<'static>) -> Self {
        let own = |field: &PayloadFieldDef<'static>| PayloadFieldDefinition {
            name: Cow::Borrowed(field.name),
            field_index: field.field_index,
            ty: field.ty,
            rust_type_name: Cow::Borrowed(field.rust_type_name),
            enum_type_name: field.enum_type_name.map(Cow::Borrowed),
            fixed_size: field.fixed_size,
        };
        Self {
            kind: def.kind,
            name: Cow::Borrowed(def.name),
            version: def.version,
            fields: def.fields.iter().map(own).collect(),
        }
    }
}
