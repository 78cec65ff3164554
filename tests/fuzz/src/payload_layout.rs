//! The bytes that a definition accepts, and the bytes that its values are written as. It is a
//! second implementation of ABI.md section 5.

use statevec_abi::{
    schema::{EnumDef, FieldType, PayloadDef, RecordDef},
    typed::EnumU8,
};

use statevec_fixtures::declared::{Alpha, Side, deep};

/// The rule for the bytes after the stated length of fixed bytes.
#[derive(Clone, Copy, PartialEq)]
enum Padding {
    Zero,
    Anything,
}

/// The bytes that a payload is written as; `None` if these are none.
pub(super) fn payload(def: &PayloadDef<'_>, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut written = Vec::new();
    let mut rest = bytes;
    for field in def.fields {
        let size = match field.fixed_size {
            Some(size) => size as usize,
            None => 2 + usize::from(u16::from_le_bytes(*rest.first_chunk()?)),
        };
        let (value, behind) = rest.split_at_checked(size)?;
        written.extend(self::field(field.ty, field.enum_type_name, value, Padding::Zero)?);
        rest = behind;
    }
    rest.is_empty().then_some(written)
}

/// The bytes that a record is written as; `None` if these are none.
pub(super) fn record(def: &RecordDef<'_>, bytes: &[u8]) -> Option<Vec<u8>> {
    let data = bytes.get(..def.data_size as usize)?;
    let mut written = vec![0; data.len()];
    for field in def.fields {
        let place = field.offset as usize..(field.offset + field.len) as usize;
        let value = &data[place.clone()];
        let value = self::field(field.ty, field.enum_type_name, value, Padding::Anything)?;
        written[place].copy_from_slice(&value);
    }
    Some(written)
}

/// One field, written.
fn field(
    ty: FieldType,
    enum_name: Option<&str>,
    value: &[u8],
    padding: Padding,
) -> Option<Vec<u8>> {
    match ty {
        FieldType::Bool => Some(vec![u8::from(value != [0])]),
        FieldType::EnumU8 => knows(enum_name?, value[0]).then(|| value.to_vec()),
        FieldType::FixedBytes => {
            let (stated, content) = value.split_first_chunk()?;
            let unused = content.get(usize::from(u16::from_le_bytes(*stated))..)?;
            let in_order = padding == Padding::Anything || unused.iter().all(|byte| *byte == 0);
            in_order.then(|| value.to_vec())
        }
        _ => Some(value.to_vec()),
    }
}

fn knows(enum_name: &str, value: u8) -> bool {
    const ENUMS: [EnumDef<'static>; 4] =
        [Side::DEF, Alpha::DEF, deep::Far::DEF, statevec_bank::Reason::DEF];
    // A field names its enum as the source does, maybe by a path.
    let name = enum_name.rsplit(':').next().unwrap_or_default().trim();
    let def = ENUMS.iter().find(|def| def.name == name).expect("an enum of these schemas");
    def.variants.iter().any(|variant| variant.discriminant == value)
}
