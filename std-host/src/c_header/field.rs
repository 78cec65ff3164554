//! One field in C.

use statevec_abi_alloc::schema::{
    FieldDefinition, FieldType, PayloadFieldDefinition, SchemaRegistry,
};

use super::names;

/// A field of a record, command or event.
#[derive(Debug)]
pub(super) struct Field {
    /// Its name in C.
    pub(super) name: String,
    ty: FieldType,
    /// Bytes of a number, or the room of fixed bytes.
    pub(super) size: u32,
    /// The check of an enum whose variants the schema lists.
    check: Option<String>,
}

impl Field {
    pub(super) fn of_record(field: &FieldDefinition, schema: &SchemaRegistry) -> Self {
        let enum_name = field.enum_type_name.as_deref();
        Self::new(&field.name, field.ty, field.len, enum_name, schema)
    }

    pub(super) fn of_payload(field: &PayloadFieldDefinition, schema: &SchemaRegistry) -> Self {
        let (size, enum_name) = (field.fixed_size.unwrap_or(0), field.enum_type_name.as_deref());
        Self::new(&field.name, field.ty, size, enum_name, schema)
    }

    fn new(
        name: &str,
        ty: FieldType,
        len: u32,
        enum_name: Option<&str>,
        schema: &SchemaRegistry,
    ) -> Self {
        let listed = enum_name.filter(|name| schema.try_get_enum(name).is_some());
        let size = if ty == FieldType::FixedBytes { len.saturating_sub(2) } else { len };
        let check = listed.map(|name| format!("{}_is_known", names::snake(name)));
        Self { name: names::field(name), ty, size, check }
    }

    /// Its members in a struct.
    pub(super) fn members(&self) -> String {
        let Self { name, size, .. } = self;
        match self.ty {
            FieldType::FixedBytes => {
                format!("    uint16_t {name}_len;\n    uint8_t {name}[{}];\n", size.max(&1))
            }
            FieldType::VarBytes => {
                format!("    uint16_t {name}_len;\n    const uint8_t *{name};\n")
            }
            FieldType::U128 => format!("    uint64_t {name}[2]; /* low half, high half */\n"),
            _ => format!("    {} {name};\n", self.c_type()),
        }
    }

    /// Returns true if it has a length beside its bytes.
    pub(super) fn has_len(&self) -> bool {
        matches!(self.ty, FieldType::FixedBytes | FieldType::VarBytes)
    }

    /// The condition that it could be read.
    pub(super) fn read(&self) -> String {
        let Self { name, size, .. } = self;
        let read = match self.ty {
            FieldType::FixedBytes => {
                return format!("statevec_read_fixed(&from, {size}, to->{name}, &to->{name}_len)");
            }
            FieldType::VarBytes => {
                return format!("statevec_read_bytes(&from, &to->{name}, &to->{name}_len)");
            }
            FieldType::U128 => return format!("statevec_read_u128(&from, to->{name})"),
            FieldType::EnumU8 => "u8",
            number => number.name(),
        };
        let read = format!("statevec_read_{read}(&from, &to->{name})");
        match &self.check {
            Some(check) => format!("{read} && {check}(to->{name})"),
            None => read,
        }
    }

    /// The condition that it has an encoded form; `None` if it always has.
    pub(super) fn fits(&self) -> Option<String> {
        let Self { name, size, .. } = self;
        (self.ty == FieldType::FixedBytes).then(|| format!("of->{name}_len <= {size}"))
    }

    /// The statement that writes it at `to`.
    pub(super) fn write(&self) -> String {
        let Self { name, size, .. } = self;
        match self.ty {
            FieldType::FixedBytes => {
                format!("    to = statevec_write_bytes(to, {size}, of->{name}, of->{name}_len);\n")
            }
            FieldType::VarBytes => format!(
                "    to = statevec_write_bytes(to, of->{name}_len, of->{name}, of->{name}_len);\n"
            ),
            FieldType::U128 => format!(
                "    to = statevec_write_number(to, 8, of->{name}[0]);\n    to = statevec_write_number(to, 8, of->{name}[1]);\n"
            ),
            _ => format!("    to = statevec_write_number(to, {size}, (uint64_t)of->{name});\n"),
        }
    }

    /// Its bytes in a payload, as an expression in C.
    pub(super) fn encoded_len(&self) -> String {
        match self.ty {
            FieldType::FixedBytes => format!("{}", self.size.saturating_add(2)),
            FieldType::VarBytes => format!("2 + (size_t)of->{}_len", self.name),
            _ => self.size.to_string(),
        }
    }

    /// The parameters for its part of a key.
    pub(super) fn key_parameters(&self) -> String {
        let name = &self.name;
        match self.ty {
            FieldType::FixedBytes => format!("const uint8_t *{name}, uint16_t {name}_len"),
            _ => format!("{} {name}", self.c_type()),
        }
    }

    /// The statement that writes its part of a key at `key`.
    pub(super) fn write_key(&self) -> String {
        let Self { name, size, .. } = self;
        match self.ty {
            FieldType::FixedBytes => format!(
                "    if ({name}_len > {size}) return false;\n    memset(key, 0, {size});\n    if ({name}_len > 0) memcpy(key, {name}, {name}_len);\n    key += {size};\n"
            ),
            // The sign bit is flipped, so that negative numbers come first.
            FieldType::I32 => format!(
                "    key = statevec_write_key(key, 4, (uint32_t){name} ^ UINT32_C(0x80000000));\n"
            ),
            FieldType::I64 => format!(
                "    key = statevec_write_key(key, 8, (uint64_t){name} ^ UINT64_C(0x8000000000000000));\n"
            ),
            _ => format!("    key = statevec_write_key(key, {size}, {name});\n"),
        }
    }

    /// Bytes of its part of a key.
    pub(super) fn key_size(&self) -> u32 {
        self.size
    }

    /// The C type, if it is one number.
    pub(super) fn number_type(&self) -> Option<&'static str> {
        let is_number =
            !matches!(self.ty, FieldType::FixedBytes | FieldType::VarBytes | FieldType::U128);
        is_number.then(|| self.c_type())
    }

    fn c_type(&self) -> &'static str {
        match self.ty {
            FieldType::Bool => "bool",
            FieldType::U16 => "uint16_t",
            FieldType::U32 => "uint32_t",
            FieldType::I32 => "int32_t",
            FieldType::U64 | FieldType::U128 => "uint64_t",
            FieldType::I64 => "int64_t",
            FieldType::U8 | FieldType::EnumU8 | FieldType::FixedBytes | FieldType::VarBytes => {
                "uint8_t"
            }
        }
    }
}
