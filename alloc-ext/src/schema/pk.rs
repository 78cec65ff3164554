//! Primary keys: encoded from the data of records, and decoded into it.

use alloc::vec::Vec;

use crate::schema::{FieldDefinition, FieldType};

/// The offsets of a record type's key fields. They are looked up once, so that encoding a key takes
/// a few moves per field.
///
/// The key is the key fields one after another: `bool` as 0 or 1, bytes and enums as they are,
/// integers big-endian, signed ones with the sign bit flipped, fixed bytes as their padded bytes
/// (ABI.md section 5). Keys of one record type all have the same length, and their bytes order as
/// their values do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PkLayout {
    parts: Vec<Part>,
    pk_len: usize,
    data_len: usize,
}

impl PkLayout {
    /// Length of every key, in bytes.
    #[must_use]
    pub const fn pk_len(&self) -> usize {
        self.pk_len
    }

    /// How many bytes at the start of a record's data hold the whole key.
    #[must_use]
    pub const fn data_len(&self) -> usize {
        self.data_len
    }

    /// Writes the key of the record with this data to the start of `out`, and returns it.
    ///
    /// `None` when `data` is shorter than [`data_len`](Self::data_len) or `out` shorter than
    /// [`pk_len`](Self::pk_len); `out` is untouched then.
    #[must_use]
    pub fn encode<'o>(&self, data: &[u8], out: &'o mut [u8]) -> Option<&'o [u8]> {
        let data = data.get(..self.data_len)?;
        let pk = out.get_mut(..self.pk_len)?;
        let mut rest = &mut *pk;
        for part in &self.parts {
            rest = part.encode(data, rest)?;
        }
        Some(pk)
    }

    /// Writes the fields of a key into the data of a record, and leaves all other bytes alone.
    ///
    /// A key has no length of fixed bytes: it becomes that of the bytes without the zeros behind
    /// them. `false` when `pk` is not [`pk_len`](Self::pk_len) long or `data` shorter than
    /// [`data_len`](Self::data_len); `data` is untouched then.
    #[must_use]
    pub fn decode(&self, pk: &[u8], data: &mut [u8]) -> bool {
        if pk.len() != self.pk_len || data.len() < self.data_len {
            return false;
        }
        let decoded = self.parts.iter().try_fold(pk, |rest, part| part.decode(rest, data));
        decoded.is_some()
    }

    /// Lays out the key that consists of these fields; the field that cannot be part of a key is
    /// given back.
    pub(crate) fn of_fields<'f>(
        fields: impl IntoIterator<Item = &'f FieldDefinition>,
    ) -> Result<Self, &'f FieldDefinition> {
        let mut layout = Self { parts: Vec::new(), pk_len: 0, data_len: 0 };
        for field in fields {
            let (part, len) = Part::of_field(field).ok_or(field)?;
            let end = part.offset.saturating_add(field.len as usize);
            layout.parts.push(part);
            layout.pk_len = layout.pk_len.saturating_add(len);
            layout.data_len = layout.data_len.max(end);
        }
        Ok(layout)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    offset: usize,
    encoding: Encoding,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Bool,
    Byte,
    U16,
    U32,
    U64,
    I32,
    I64,
    Bytes { len: usize },
}

impl Part {
    /// The part that encodes this field, and how many bytes it adds to the key.
    fn of_field(field: &FieldDefinition) -> Option<(Self, usize)> {
        let offset = field.offset as usize;
        let (encoding, len) = match field.ty {
            FieldType::Bool => (Encoding::Bool, 1),
            FieldType::U8 | FieldType::EnumU8 => (Encoding::Byte, 1),
            FieldType::U16 => (Encoding::U16, 2),
            FieldType::U32 => (Encoding::U32, 4),
            FieldType::U64 => (Encoding::U64, 8),
            FieldType::I32 => (Encoding::I32, 4),
            FieldType::I64 => (Encoding::I64, 8),
            FieldType::FixedBytes => {
                let len = field.len.checked_sub(2)? as usize;
                (Encoding::Bytes { len }, len)
            }
            FieldType::U128 | FieldType::VarBytes => return None,
        };
        Some((Self { offset, encoding }, len))
    }

    /// Writes the part to the start of `out` and returns what is left of `out`.
    fn encode<'o>(self, data: &[u8], out: &'o mut [u8]) -> Option<&'o mut [u8]> {
        let field = data.get(self.offset..)?;
        match self.encoding {
            Encoding::Bool => put([u8::from(take(field)? != [0])], out),
            Encoding::Byte => put(take::<1>(field)?, out),
            Encoding::U16 => put(big_endian::<2>(take(field)?), out),
            Encoding::U32 => put(big_endian::<4>(take(field)?), out),
            Encoding::U64 => put(big_endian::<8>(take(field)?), out),
            Encoding::I32 => put(big_endian::<4>(flip_sign(take(field)?)), out),
            Encoding::I64 => put(big_endian::<8>(flip_sign(take(field)?)), out),
            Encoding::Bytes { len } => {
                let (_logical_len, padded) = field.split_first_chunk::<2>()?;
                let (head, rest) = out.split_at_mut_checked(len)?;
                head.copy_from_slice(padded.get(..len)?);
                Some(rest)
            }
        }
    }

    /// Writes the field that `pk` starts with, and returns what is left of `pk`.
    fn decode<'k>(self, pk: &'k [u8], data: &mut [u8]) -> Option<&'k [u8]> {
        let field = data.get_mut(self.offset..)?;
        let len = match self.encoding {
            Encoding::Bool | Encoding::Byte => put(take::<1>(pk)?, field).map(|_| 1),
            Encoding::U16 => put(big_endian::<2>(take(pk)?), field).map(|_| 2),
            Encoding::U32 => put(big_endian::<4>(take(pk)?), field).map(|_| 4),
            Encoding::U64 => put(big_endian::<8>(take(pk)?), field).map(|_| 8),
            Encoding::I32 => put(flip_sign(big_endian::<4>(take(pk)?)), field).map(|_| 4),
            Encoding::I64 => put(flip_sign(big_endian::<8>(take(pk)?)), field).map(|_| 8),
            Encoding::Bytes { len } => {
                let bytes = pk.get(..len)?;
                let used = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
                let padded = put(u16::try_from(used).ok()?.to_le_bytes(), field)?;
                padded.get_mut(..len)?.copy_from_slice(bytes);
                Some(len)
            }
        }?;
        pk.get(len..)
    }
}

fn take<const N: usize>(field: &[u8]) -> Option<[u8; N]> {
    field.first_chunk().copied()
}

fn put<const N: usize>(bytes: [u8; N], out: &mut [u8]) -> Option<&mut [u8]> {
    let (head, rest) = out.split_first_chunk_mut()?;
    *head = bytes;
    Some(rest)
}

/// Little-endian bytes as big-endian ones, or the other way round.
fn big_endian<const N: usize>(mut bytes: [u8; N]) -> [u8; N] {
    bytes.reverse();
    bytes
}

/// Makes negative numbers sort before positive ones when their bytes are compared.
fn flip_sign<const N: usize>(mut little_endian: [u8; N]) -> [u8; N] {
    if let Some(top) = little_endian.last_mut() {
        *top ^= 0x80;
    }
    little_endian
}
