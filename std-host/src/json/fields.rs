//! The fields of a command, an event or a record as one JSON object.

use std::fmt;

use serde::ser::{Error, Serialize, SerializeMap, Serializer};
use statevec_abi::abi::RecordKind;
use statevec_abi_alloc::schema::{
    FieldDefinition, PayloadDefinition, PayloadFieldDefinition, RecordDefinition, SchemaRegistry,
};

use super::decode::{ReadError, TypeOf, Value, read_value};
use super::error::{DecodeError, cut};
use super::lines::display_json;

/// Bytes that fit their schema, to be written as a JSON object with one member for each field, in the schema's order.
///
/// `Display` gives compact JSON; [`serde_json::to_value`] gives a value to look into.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a> {
    schema: &'a SchemaRegistry,
    shape: Shape<'a>,
    bytes: &'a [u8],
}

#[derive(Debug, Clone, Copy)]
enum Shape<'a> {
    /// Fields at offsets.
    Record(&'a RecordDefinition),
    /// Fields packed one after another.
    Payload(&'a PayloadDefinition),
}

impl<'a> Fields<'a> {
    /// The fields of an event.
    ///
    /// # Errors
    /// The schema has no such event, or its fields take more or fewer bytes than `payload` has.
    pub fn of_event(
        schema: &'a SchemaRegistry,
        kind: u8,
        payload: &'a [u8],
    ) -> Result<Self, DecodeError> {
        let unknown = DecodeError::UnknownKind { what: "event", kind };
        let def = schema.try_get_event(kind).ok_or(unknown)?;
        Self::checked(schema, Shape::Payload(def), payload)
    }

    /// The fields of a command.
    ///
    /// # Errors
    /// As [`of_event`](Self::of_event).
    pub fn of_command(
        schema: &'a SchemaRegistry,
        kind: u8,
        payload: &'a [u8],
    ) -> Result<Self, DecodeError> {
        let unknown = DecodeError::UnknownKind { what: "command", kind };
        let def = schema.try_get_command(kind).ok_or(unknown)?;
        Self::checked(schema, Shape::Payload(def), payload)
    }

    /// The fields of a record.
    ///
    /// # Errors
    /// The schema has no such record, or its data size is not that of `data`.
    pub fn of_record(
        schema: &'a SchemaRegistry,
        kind: RecordKind,
        data: &'a [u8],
    ) -> Result<Self, DecodeError> {
        let unknown = DecodeError::UnknownKind { what: "record", kind };
        let def = schema.try_get(kind).ok_or(unknown)?;
        Self::checked(schema, Shape::Record(def), data)
    }

    fn checked(
        schema: &'a SchemaRegistry,
        shape: Shape<'a>,
        bytes: &'a [u8],
    ) -> Result<Self, DecodeError> {
        let fields = Self { schema, shape, bytes };
        fields.for_each(|_, _| Ok(()))?;
        Ok(fields)
    }

    /// Reads the fields one after another, until the bytes or `each` fail.
    fn for_each<E: From<DecodeError>>(
        &self,
        mut each: impl FnMut(&'a str, Value<'a>) -> Result<(), E>,
    ) -> Result<(), E> {
        match self.shape {
            Shape::Record(def) => {
                self.check_len(def.data_size as usize)?;
                for field in def.fields.iter() {
                    let bytes = self.bytes.get(field.offset as usize..).unwrap_or_default();
                    let (value, _rest) = self.read(&field.name, type_of(field), bytes)?;
                    each(&field.name, value)?;
                }
                Ok(())
            }
            Shape::Payload(def) => {
                let mut rest = self.bytes;
                for field in def.fields.iter() {
                    let (value, behind) = self.read(&field.name, type_in_payload(field), rest)?;
                    rest = behind;
                    each(&field.name, value)?;
                }
                Ok(self.check_len(self.bytes.len() - rest.len())?)
            }
        }
    }

    fn read(
        &self,
        field: &str,
        of: TypeOf<'_>,
        bytes: &'a [u8],
    ) -> Result<(Value<'a>, &'a [u8]), DecodeError> {
        read_value(self.schema, of, bytes).map_err(|error| {
            let (name, field) = (cut(self.name()), cut(field));
            match error {
                ReadError::Short => DecodeError::Short { name, field, len: self.bytes.len() },
                ReadError::StatedLength { stated, capacity } => {
                    DecodeError::StatedLength { name, field, stated, capacity }
                }
            }
        })
    }

    fn check_len(&self, expected: usize) -> Result<(), DecodeError> {
        match self.bytes.len() {
            len if len == expected => Ok(()),
            len => Err(DecodeError::Length { name: cut(self.name()), expected, len }),
        }
    }

    fn name(&self) -> &'a str {
        match self.shape {
            Shape::Record(def) => &def.name,
            Shape::Payload(def) => &def.name,
        }
    }

    fn len(&self) -> usize {
        match self.shape {
            Shape::Record(def) => def.fields.len(),
            Shape::Payload(def) => def.fields.len(),
        }
    }
}

fn type_of(field: &FieldDefinition) -> TypeOf<'_> {
    TypeOf { ty: field.ty, size: Some(field.len), enum_name: field.enum_type_name.as_deref() }
}

fn type_in_payload(field: &PayloadFieldDefinition) -> TypeOf<'_> {
    TypeOf { ty: field.ty, size: field.fixed_size, enum_name: field.enum_type_name.as_deref() }
}

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(self.len()))?;
        let write =
            |name, value| object.serialize_entry(name, &value).map_err(WriteError::Serializer);
        match self.for_each(write) {
            Ok(()) => object.end(),
            Err(WriteError::Serializer(error)) => Err(error),
            // Cannot happen: these bytes were read before.
            Err(WriteError::Decode(error)) => Err(S::Error::custom(error)),
        }
    }
}

enum WriteError<E> {
    Decode(DecodeError),
    Serializer(E),
}

impl<E> From<DecodeError> for WriteError<E> {
    fn from(error: DecodeError) -> Self {
        Self::Decode(error)
    }
}

impl fmt::Display for Fields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        display_json(self, f)
    }
}
