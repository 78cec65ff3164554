//! Commands that are made from a schema.

use fastrand::Rng;
use statevec_abi::boundary::RuntimeCommandRef;
use statevec_abi_alloc::schema::{FieldType, PayloadFieldDefinition, SchemaRegistry};

use super::Workload;

/// Integers are from 1 to this number, so that keys meet again.
const LARGEST: u64 = 1000;

/// The most bytes of a text without a fixed size.
const LONGEST_TEXT: u64 = 32;

/// The schema has no commands to generate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the schema lists no commands; give commands in a file")]
#[non_exhaustive]
pub struct GenerateError;

impl Workload {
    /// Random commands with payloads that are valid by the schema. The same seed gives the same
    /// commands.
    ///
    /// Integers are from 1 to 1000, so that keys meet again; texts are lowercase letters.
    ///
    /// # Errors
    ///
    /// The schema lists no commands.
    pub fn generate(
        schema: &SchemaRegistry,
        count: usize,
        seed: u64,
    ) -> Result<Self, GenerateError> {
        let mut random = Rng::with_seed(seed);
        let defs: Vec<_> = schema.command_defs().collect();
        let (mut workload, mut payload) = (Self::new(), Vec::new());
        for position in 0..count as u64 {
            let def = random.choice(&defs).ok_or(GenerateError)?;
            payload.clear();
            for field in def.fields.iter() {
                push_value(schema, field, &mut random, &mut payload);
            }
            // A command for each millisecond.
            let ref_ext_time_us = position * 1000;
            workload.push(&RuntimeCommandRef::new(def.kind, position, ref_ext_time_us, &payload));
        }
        Ok(workload)
    }
}

/// Appends a value of a field, encoded as ABI.md section 5 says.
fn push_value(
    schema: &SchemaRegistry,
    field: &PayloadFieldDefinition,
    random: &mut Rng,
    payload: &mut Vec<u8>,
) {
    let number = random.u64(1..=LARGEST);
    match field.ty {
        FieldType::Bool => payload.push(u8::from(random.bool())),
        FieldType::U8 => payload.push(random.u8(1..=255)),
        FieldType::U16 => payload.extend((number as u16).to_le_bytes()),
        FieldType::U32 | FieldType::I32 => payload.extend((number as u32).to_le_bytes()),
        FieldType::U64 | FieldType::I64 => payload.extend(number.to_le_bytes()),
        FieldType::U128 => payload.extend(u128::from(number).to_le_bytes()),
        FieldType::EnumU8 => {
            let def = field.enum_type_name.as_deref().and_then(|name| schema.try_get_enum(name));
            let variants = def.map_or(&[][..], |def| &def.variants);
            payload.push(random.choice(variants).map_or(0, |variant| variant.discriminant));
        }
        FieldType::FixedBytes | FieldType::VarBytes => {
            let size = field.fixed_size.map(u64::from);
            let longest = size.map_or(LONGEST_TEXT, |size| size.saturating_sub(2));
            let len = random.u64(0..=longest.min(u64::from(u16::MAX))) as u16;
            payload.extend(len.to_le_bytes());
            payload.extend((0..len).map(|_| random.lowercase() as u8));
            let padding = size.map_or(0, |_| longest - u64::from(len));
            payload.extend((0..padding).map(|_| 0));
        }
    }
}
