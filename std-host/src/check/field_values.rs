//! Values of one field, encoded as ABI.md section 5 says.

use proptest::{
    collection::vec,
    prelude::{BoxedStrategy, Strategy as _, any},
    prop_oneof,
    sample::select,
};
use serde::{Deserialize, Serialize};
use statevec_abi_alloc::schema::{FieldType, PayloadFieldDefinition, SchemaRegistry};

/// The values that the fields of a script's commands have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Flavour {
    /// Small values that are valid by the schema.
    Plain,
    /// The same, and the boundaries of each field's type.
    Boundary,
    /// The same, and bytes that are no command.
    Any,
}

/// The encoded values of a field.
pub(super) fn bytes(
    schema: &SchemaRegistry,
    def: &PayloadFieldDefinition,
    flavour: Flavour,
) -> BoxedStrategy<Vec<u8>> {
    let plain = plain(schema, def);
    if flavour == Flavour::Plain {
        return plain;
    }
    prop_oneof![4 => plain, 1 => select(boundaries(schema, def))].boxed()
}

/// Small values that are valid by the schema.
fn plain(schema: &SchemaRegistry, def: &PayloadFieldDefinition) -> BoxedStrategy<Vec<u8>> {
    match def.ty {
        FieldType::Bool => any::<bool>().prop_map(|value| vec![value.into()]).boxed(),
        FieldType::EnumU8 => select(variants(schema, def)).prop_map(|value| vec![value]).boxed(),
        FieldType::FixedBytes | FieldType::VarBytes => {
            let longest = longest(def).min(12);
            let short = select(vec!["", "a", "b", "c"]).prop_map(|text| text.as_bytes().to_vec());
            let any_text = vec(32..127_u8, 0..=longest);
            let text = prop_oneof![3 => short, 1 => any_text];
            let def = def.clone();
            text.prop_map(move |mut text| {
                text.truncate(longest);
                encode_bytes(&def, &text)
            })
            .boxed()
        }
        ty => {
            let len = number_len(ty);
            // Few values, so that keys meet again. One byte holds the largest of them.
            let value = prop_oneof![8 => 1..4_u128, 2 => 0..10_u128, 1 => 0..200_u128];
            value.prop_map(move |value| value.to_le_bytes()[..len].to_vec()).boxed()
        }
    }
}

/// The smallest and the largest values of a field's type, and those beside them.
fn boundaries(schema: &SchemaRegistry, def: &PayloadFieldDefinition) -> Vec<Vec<u8>> {
    match def.ty {
        FieldType::Bool => vec![vec![0], vec![1]],
        FieldType::EnumU8 => variants(schema, def).into_iter().map(|value| vec![value]).collect(),
        FieldType::FixedBytes | FieldType::VarBytes => {
            let most = longest(def);
            let mut lengths = vec![0, 1, most.saturating_sub(1), most];
            lengths.dedup();
            let texts = lengths.iter().flat_map(|&len| [vec![b'x'; len], vec![0; len]]);
            texts.map(|text| encode_bytes(def, &text)).collect()
        }
        ty => numbers(number_len(ty)),
    }
}

/// Boundaries of signed and unsigned numbers of a length alike: the bytes are the same.
fn numbers(len: usize) -> Vec<Vec<u8>> {
    let half = 1_u128 << (len * 8 - 1);
    let values = [
        0,
        1,
        2,
        half - 2,
        half - 1,
        half,
        half.wrapping_add(1),
        half.wrapping_mul(2).wrapping_sub(2),
        half.wrapping_mul(2).wrapping_sub(1),
    ];
    values.iter().map(|value| value.to_le_bytes()[..len].to_vec()).collect()
}

/// Bytes of an integer.
fn number_len(ty: FieldType) -> usize {
    match ty {
        FieldType::U16 => 2,
        FieldType::U32 | FieldType::I32 => 4,
        FieldType::U64 | FieldType::I64 => 8,
        FieldType::U128 => 16,
        // The others are no integers of several bytes.
        _ => 1,
    }
}

/// The values of an enum; any small number if the schema does not list them.
fn variants(schema: &SchemaRegistry, def: &PayloadFieldDefinition) -> Vec<u8> {
    let listed = def.enum_type_name.as_deref().and_then(|name| schema.try_get_enum(name));
    let values: Vec<u8> =
        listed.iter().flat_map(|def| def.variants.iter()).map(|one| one.discriminant).collect();
    if values.is_empty() { vec![0, 1, 2] } else { values }
}

/// The most bytes that a field of bytes holds. Longer variable ones than this find nothing new.
fn longest(def: &PayloadFieldDefinition) -> usize {
    match def.fixed_size {
        Some(size) => (size as usize).saturating_sub(2),
        None => 300,
    }
}

/// A length, the bytes, and zeros up to a fixed size.
fn encode_bytes(def: &PayloadFieldDefinition, text: &[u8]) -> Vec<u8> {
    let len = u16::try_from(text.len()).unwrap_or(u16::MAX);
    let mut bytes = [&len.to_le_bytes(), text].concat();
    if let Some(size) = def.fixed_size {
        bytes.resize(size as usize, 0);
    }
    bytes
}
