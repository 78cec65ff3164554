//! The checks that members of all kinds of definitions share: types, indexes and names.

use alloc::collections::BTreeSet;

use crate::schema::error::cut;
use crate::schema::{FieldType, MAX_NAME_LEN, SchemaRule};

/// Checks that the size and the names that go with a field's type agree with it. `size` is `None`
/// when it varies.
pub(super) fn check_type(
    ty: FieldType,
    size: Option<u32>,
    rust_type_name: &str,
    enum_type_name: Option<&str>,
) -> Result<(), SchemaRule> {
    match ty {
        FieldType::FixedBytes => check_fixed_bytes(size, rust_type_name)?,
        _ if size != ty.fixed_size() => {
            let expected = ty.fixed_size();
            return Err(SchemaRule::FieldSize { ty, size, expected });
        }
        _ => {}
    }
    match (ty, enum_type_name) {
        (FieldType::EnumU8, None | Some("")) => return Err(SchemaRule::EnumNameMissing),
        (FieldType::EnumU8, Some(_)) | (_, None) => {}
        (_, Some(name)) => {
            let name = cut(name);
            return Err(SchemaRule::EnumNameUnexpected { ty, name });
        }
    }
    let len = rust_type_name.len().max(enum_type_name.map_or(0, str::len));
    if len > MAX_NAME_LEN {
        return Err(SchemaRule::LongTypeName { len });
    }
    Ok(())
}

fn check_fixed_bytes(size: Option<u32>, type_name: &str) -> Result<(), SchemaRule> {
    const PREFIX: u32 = 2;
    const MAX: u32 = PREFIX + u16::MAX as u32;
    let Some(size @ PREFIX..=MAX) = size else {
        return Err(SchemaRule::FixedBytesSize { size });
    };
    // The schema text states the capacity by the type's name (ABI.md section 5), so the two must
    // not disagree.
    match capacity_in_name(type_name) {
        Some(capacity) if capacity != size - PREFIX => {
            Err(SchemaRule::FixedBytesCapacity { capacity, size })
        }
        _ => Ok(()),
    }
}

/// N when the name reads `FixedBytes<N>`, with or without spaces.
fn capacity_in_name(type_name: &str) -> Option<u32> {
    let argument = type_name.trim().strip_prefix("FixedBytes")?.trim();
    let capacity = argument.strip_prefix('<')?.strip_suffix('>')?.trim();
    capacity.parse().ok()
}

/// Checks that indexes ascend; each comes with the name of its field, and so does the error.
pub(super) fn check_ascending<'a>(
    indexes: impl Iterator<Item = (u32, &'a str)>,
) -> Result<(), (&'a str, SchemaRule)> {
    let mut last = None;
    for (index, name) in indexes {
        if let Some(previous) = last
            && index <= previous
        {
            return Err((name, SchemaRule::IndexOrder { index, previous }));
        }
        last = Some(index);
    }
    Ok(())
}

/// Checks that names are unique and not too long; the error comes with the name that it is about.
pub(super) fn check_member_names<'a>(
    names: impl Iterator<Item = &'a str>,
) -> Result<(), (&'a str, SchemaRule)> {
    let mut seen = BTreeSet::new();
    for name in names {
        let rule = match name.len() {
            0 => SchemaRule::EmptyName,
            1..=MAX_NAME_LEN if seen.insert(name) => continue,
            1..=MAX_NAME_LEN => SchemaRule::DuplicateName,
            len => SchemaRule::LongName { len },
        };
        return Err((name, rule));
    }
    Ok(())
}
