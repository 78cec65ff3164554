//! Fingerprints of schemas, computed as the published implementation computes them.

use super::{EnumDef, FieldDef, PayloadDef, PayloadFieldDef, RecordDef, SchemaDef};

/// The fingerprint of one list of definitions. It detects drift; it does not withstand an
/// adversary.
pub type SchemaFingerprint = [u8; 16];

/// The four fingerprints of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprints {
    /// Of the records.
    pub records: SchemaFingerprint,
    /// Of the commands.
    pub commands: SchemaFingerprint,
    /// Of the events.
    pub events: SchemaFingerprint,
    /// Of the enums.
    pub types: SchemaFingerprint,
}

impl Fingerprints {
    /// Computes the fingerprints of `schema`, with its lists in their order.
    ///
    /// They cover type names and reserved fields, which the schema JSON does not carry: compare the
    /// fingerprints that a plugin's JSON states, never recompute them from a parsed schema.
    #[must_use]
    pub const fn of(schema: &SchemaDef<'_>) -> Self {
        Self {
            records: of_records(schema.records),
            commands: of_payloads(schema.commands),
            events: of_payloads(schema.events),
            types: of_types(schema.types),
        }
    }
}

const fn of_records(mut records: &[RecordDef<'_>]) -> SchemaFingerprint {
    let mut lanes = Lanes::new();
    while let [record, rest @ ..] = records {
        lanes.u8(record.kind);
        lanes.str(record.name);
        lanes.bool(record.has_pk);
        lanes.bool(record.support_range_scan);
        lanes.u32(record.data_size);
        lanes.u16(record.version);
        lanes.bool(record.has_pk_encoder);
        record_fields(&mut lanes, record.fields);
        record_fields(&mut lanes, record.reserved_fields);
        lanes.count(record.pk_fields.len());
        let mut names = record.pk_fields;
        while let [name, others @ ..] = names {
            lanes.str(name);
            names = others;
        }
        records = rest;
    }
    lanes.finish()
}

const fn record_fields(lanes: &mut Lanes, mut fields: &[FieldDef<'_>]) {
    lanes.count(fields.len());
    while let [field, rest @ ..] = fields {
        lanes.str(field.name);
        lanes.u32(field.field_index);
        lanes.u32(field.offset);
        lanes.u8(field.ty.tag());
        lanes.u32(field.len);
        lanes.str(field.rust_type_name);
        lanes.option_str(field.enum_type_name);
        lanes.bool(field.immutable);
        fields = rest;
    }
}

const fn of_payloads(mut payloads: &[PayloadDef<'_>]) -> SchemaFingerprint {
    let mut lanes = Lanes::new();
    while let [payload, rest @ ..] = payloads {
        lanes.u8(payload.kind);
        lanes.str(payload.name);
        lanes.u16(payload.version);
        payload_fields(&mut lanes, payload.fields);
        payloads = rest;
    }
    lanes.finish()
}

const fn payload_fields(lanes: &mut Lanes, mut fields: &[PayloadFieldDef<'_>]) {
    lanes.count(fields.len());
    while let [field, rest @ ..] = fields {
        lanes.str(field.name);
        lanes.u32(field.field_index);
        lanes.u8(field.ty.tag());
        lanes.str(field.rust_type_name);
        lanes.option_str(field.enum_type_name);
        lanes.option_u32(field.fixed_size);
        fields = rest;
    }
}

const fn of_types(mut types: &[EnumDef<'_>]) -> SchemaFingerprint {
    let mut lanes = Lanes::new();
    while let [def, rest @ ..] = types {
        lanes.str(def.name);
        lanes.count(def.variants.len());
        let mut variants = def.variants;
        while let [variant, others @ ..] = variants {
            lanes.str(variant.name);
            lanes.u8(variant.discriminant);
            variants = others;
        }
        types = rest;
    }
    lanes.finish()
}

/// Two FNV-1a-like hashes over one byte stream; the second sees every byte shifted by a constant.
struct Lanes {
    lo: u64,
    hi: u64,
}

impl Lanes {
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    const HI_SHIFT: u64 = 0x9e37_79b9;

    const fn new() -> Self {
        Self { lo: 0xcbf2_9ce4_8422_2325, hi: 0x8422_2325_cbf2_9ce4 }
    }

    const fn u8(&mut self, byte: u8) {
        self.lo = (self.lo ^ byte as u64).wrapping_mul(Self::PRIME);
        self.hi = (self.hi ^ (byte as u64 + Self::HI_SHIFT)).wrapping_mul(Self::PRIME);
    }

    const fn bytes(&mut self, mut bytes: &[u8]) {
        while let [byte, rest @ ..] = bytes {
            self.u8(*byte);
            bytes = rest;
        }
    }

    const fn bool(&mut self, value: bool) {
        self.u8(value as u8);
    }

    const fn u16(&mut self, value: u16) {
        self.bytes(&value.to_le_bytes());
    }

    const fn u32(&mut self, value: u32) {
        self.bytes(&value.to_le_bytes());
    }

    /// A length, cut to 32 bits as in the published implementation. No schema reaches that.
    const fn count(&mut self, value: usize) {
        self.u32(value as u32);
    }

    const fn str(&mut self, value: &str) {
        self.count(value.len());
        self.bytes(value.as_bytes());
    }

    const fn option_str(&mut self, value: Option<&str>) {
        match value {
            None => self.u8(0),
            Some(value) => {
                self.u8(1);
                self.str(value);
            }
        }
    }

    const fn option_u32(&mut self, value: Option<u32>) {
        match value {
            None => self.u8(0),
            Some(value) => {
                self.u8(1);
                self.u32(value);
            }
        }
    }

    const fn finish(self) -> SchemaFingerprint {
        let mut out = [0; 16];
        let (lo, hi) = out.split_at_mut(8);
        lo.copy_from_slice(&self.lo.to_le_bytes());
        hi.copy_from_slice(&self.hi.to_le_bytes());
        out
    }
}
