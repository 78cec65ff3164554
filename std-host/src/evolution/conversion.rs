//! Converts values of one type to another.

use statevec_abi_alloc::schema::{EnumDefinition, FieldDefinition, FieldType, SchemaRegistry};

use super::{
    Compatibility::{self, Compatible, NeedsMigration},
    variants::successor,
};

/// The way of a field's value from the old type to the new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Conversion {
    /// The bytes stay as they are.
    Verbatim,
    /// An integer of another width or sign; it must fit.
    Number {
        /// True if the old type is signed.
        from_signed: bool,
        /// True if the new type is signed.
        to_signed: bool,
    },
    /// A bool as an integer: any byte but 0 is 1.
    Bool,
    /// Fixed bytes with another capacity; the length must fit.
    FixedBytes,
    /// One byte, by a list of old and new values. Other values are refused.
    Table(Vec<(u8, u8)>),
}

/// The conversion of a field, its class and its effect; `None` if there is no rule.
pub(crate) fn conversion(
    old: (&SchemaRegistry, &FieldDefinition),
    new: (&SchemaRegistry, &FieldDefinition),
) -> Option<(Conversion, Compatibility, &'static str)> {
    let ((old_schema, old), (new_schema, new)) = (old, new);
    let stays = (Conversion::Verbatim, Compatible, "every value carries over");
    Some(match (old.ty, new.ty) {
        (FieldType::EnumU8 | FieldType::U8, FieldType::EnumU8) => {
            let def = |schema: &'_ SchemaRegistry, field: &FieldDefinition| {
                let name = field.enum_type_name.as_deref()?;
                schema.try_get_enum(name).cloned()
            };
            match (def(old_schema, old), def(new_schema, new)) {
                (_, None) => stays,
                (None, Some(new)) => (known(&new), NeedsMigration, "each value must be a variant"),
                (Some(old), Some(new)) => mapped(&old, &new),
            }
        }
        (FieldType::FixedBytes, FieldType::FixedBytes) if old.len == new.len => stays,
        (FieldType::FixedBytes, FieldType::FixedBytes) if old.len < new.len => {
            (Conversion::FixedBytes, Compatible, "every value fits")
        }
        (FieldType::FixedBytes, FieldType::FixedBytes) => {
            (Conversion::FixedBytes, NeedsMigration, "the length of each value is checked")
        }
        (old, new) if old == new => stays,
        (FieldType::U8 | FieldType::EnumU8, FieldType::Bool) => {
            let table = Conversion::Table(vec![(0, 0), (1, 1)]);
            (table, NeedsMigration, "each value must be 0 or 1")
        }
        (_, FieldType::EnumU8) => return None,
        (FieldType::Bool, new) => {
            integer(new)?;
            (Conversion::Bool, Compatible, "false is 0 and true is 1")
        }
        (before, after) => {
            let ((from_bits, from_signed), (to_bits, to_signed)) =
                (integer(before)?, integer(after)?);
            let fits = match (from_signed, to_signed) {
                (true, false) => false,
                (false, true) => from_bits < to_bits,
                _ => from_bits <= to_bits,
            };
            let number = Conversion::Number { from_signed, to_signed };
            if fits {
                (number, Compatible, "every value fits")
            } else {
                (number, NeedsMigration, "each value is checked")
            }
        }
    })
}

/// Bits and sign of a type that holds integers.
fn integer(ty: FieldType) -> Option<(u32, bool)> {
    match ty {
        FieldType::U8 | FieldType::EnumU8 => Some((8, false)),
        FieldType::U16 => Some((16, false)),
        FieldType::U32 => Some((32, false)),
        FieldType::U64 => Some((64, false)),
        FieldType::U128 => Some((128, false)),
        FieldType::I32 => Some((32, true)),
        FieldType::I64 => Some((64, true)),
        _ => None,
    }
}

/// Keeps the values that are variants.
fn known(new: &EnumDefinition) -> Conversion {
    let values = new.variants.iter().map(|variant| variant.discriminant);
    Conversion::Table(values.map(|value| (value, value)).collect())
}

/// Maps the variants of one enum to those of another.
fn mapped(old: &EnumDefinition, new: &EnumDefinition) -> (Conversion, Compatibility, &'static str) {
    let successors = old
        .variants
        .iter()
        .map(|variant| (variant.discriminant, successor(variant, old, new).value()));
    if successors.clone().all(|(value, after)| after == Some(value)) {
        return (Conversion::Verbatim, Compatible, "every value carries over");
    }
    let table = successors.filter_map(|(value, after)| Some((value, after?))).collect();
    (Conversion::Table(table), NeedsMigration, "values are mapped by the variants' names")
}

/// The name of a type in texts.
pub(super) fn type_name(ty: FieldType, enum_name: Option<&str>, len: Option<u32>) -> String {
    match (ty, enum_name, len) {
        (FieldType::EnumU8, Some(name), _) => format!("enum {name}"),
        // The size counts the two bytes of the length.
        (FieldType::FixedBytes, _, Some(len)) => format!("fixedBytes {}", len.saturating_sub(2)),
        _ => ty.name().into(),
    }
}
