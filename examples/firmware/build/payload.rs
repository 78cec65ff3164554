//! Payloads as the schema describes them (ABI.md section 5).

use serde_json::Value;
use statevec_abi::schema::{FieldType, PayloadDef, PayloadFieldDef};

/// The payload of a command. Enums and `u128` are not needed here, and refused.
pub fn encode(command: &PayloadDef<'_>, values: &Value) -> Result<Vec<u8>, String> {
    let values = values.as_object().ok_or_else(|| format!("`payload` is {values}, no object"))?;
    let is_unknown = |name: &&String| !command.fields.iter().any(|field| field.name == **name);
    if let Some(name) = values.keys().find(is_unknown) {
        return Err(format!("{} has no field `{name}`", command.name));
    }
    let mut payload = Vec::new();
    for field in command.fields {
        let value = values.get(field.name).ok_or_else(|| format!("no `{}`", field.name))?;
        payload.extend(encode_field(field, value)?);
    }
    Ok(payload)
}

fn encode_field(field: &PayloadFieldDef<'_>, value: &Value) -> Result<Vec<u8>, String> {
    let bytes = match field.ty {
        FieldType::Bool => value.as_bool().map(|value| vec![value.into()]),
        FieldType::U8 => integer::<u8, 1>(value, u8::to_le_bytes),
        FieldType::U16 => integer::<u16, 2>(value, u16::to_le_bytes),
        FieldType::U32 => integer::<u32, 4>(value, u32::to_le_bytes),
        FieldType::U64 => integer::<u64, 8>(value, u64::to_le_bytes),
        FieldType::I32 => integer::<i32, 4>(value, i32::to_le_bytes),
        FieldType::I64 => integer::<i64, 8>(value, i64::to_le_bytes),
        FieldType::VarBytes => value.as_str().and_then(with_len),
        FieldType::FixedBytes => fixed_bytes(field, value),
        FieldType::U128 | FieldType::EnumU8 => {
            let (name, ty) = (field.name, field.ty.name());
            return Err(format!("`{name}`: fields of type {ty} are not supported here"));
        }
    };
    bytes.ok_or_else(|| format!("`{}` is {value}, which is no {}", field.name, field.ty.name()))
}

fn integer<T: TryFrom<i128>, const N: usize>(
    value: &Value,
    encode: fn(T) -> [u8; N],
) -> Option<Vec<u8>> {
    let value = value.as_u64().map(i128::from).or(value.as_i64().map(i128::from))?;
    Some(encode(T::try_from(value).ok()?).to_vec())
}

fn fixed_bytes(field: &PayloadFieldDef<'_>, value: &Value) -> Option<Vec<u8>> {
    let size = field.fixed_size? as usize;
    let mut bytes = with_len(value.as_str()?)?;
    (bytes.len() <= size).then(|| bytes.resize(size, 0))?;
    Some(bytes)
}

fn with_len(text: &str) -> Option<Vec<u8>> {
    let len = u16::try_from(text.len()).ok()?;
    Some([&len.to_le_bytes(), text.as_bytes()].concat())
}
