//! The layout of one table's rows, from the schema.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

use statevec_abi::abi::RecordKind;
use statevec_abi::host::refusal::KeyField;
use statevec_abi_alloc::schema::{FieldDefinition, FieldType, PkLayout, RecordDefinition};

use super::{equal::equal, undo::ENTRY_BYTES};

/// One record kind: its names, sizes and key, and the fields that an update must not change.
#[derive(Debug)]
pub(super) struct RowLayout {
    kind: RecordKind,
    name: Box<str>,
    data_size: usize,
    update_bytes: usize,
    pk: Option<PkLayout>,
    /// In the order of the key.
    key: Vec<NamedKeyField>,
    frozen: Vec<FrozenField>,
    /// The bytes of all frozen fields. Adjacent fields are one range.
    frozen_bytes: Vec<Range<usize>>,
}

/// A field of the primary key, for texts.
#[derive(Debug)]
struct NamedKeyField {
    name: Box<str>,
    ty: FieldType,
    len: usize,
}

/// A field of the primary key, or an immutable one.
#[derive(Debug)]
pub(super) struct FrozenField {
    name: Box<str>,
    bytes: Range<usize>,
    ty: FieldType,
    immutable: bool,
}

impl RowLayout {
    pub(super) fn new(record: &RecordDefinition, pk: Option<PkLayout>) -> Self {
        // A foreign key may have as many fields as fit into a schema, so fields are found by hash.
        let key: HashSet<&str> = record.pk_fields.iter().map(|name| &**name).collect();
        let key_fields = key_fields(record);
        let is_frozen = |field: &&FieldDefinition| field.immutable || key.contains(&*field.name);
        let frozen = record.fields.iter().filter(is_frozen);
        let frozen: Vec<_> = frozen.map(FrozenField::new).collect();
        let frozen_bytes = merge(frozen.iter().map(|field| field.bytes.clone()).collect());
        Self {
            kind: record.kind,
            name: record.name.as_ref().into(),
            data_size: record.data_size as usize,
            update_bytes: (record.data_size as usize).saturating_add(ENTRY_BYTES),
            pk,
            key: key_fields,
            frozen,
            frozen_bytes,
        }
    }

    pub(super) fn kind(&self) -> RecordKind {
        self.kind
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Bytes of data in a record.
    #[inline]
    pub(super) fn data_size(&self) -> usize {
        self.data_size
    }

    /// Bytes that an update takes from the room of its transaction.
    #[inline]
    pub(super) fn update_bytes(&self) -> usize {
        self.update_bytes
    }

    /// The encoding of the primary key; `None` without a key.
    #[inline]
    pub(super) fn pk(&self) -> Option<&PkLayout> {
        self.pk.as_ref()
    }

    /// The fields of the primary key, in its order.
    pub(super) fn key_fields(&self) -> impl Iterator<Item = KeyField<'_>> + Clone {
        self.key.iter().map(|field| KeyField { name: &field.name, ty: field.ty, len: field.len })
    }

    /// The first frozen field that differs between `old` and `new`.
    #[inline]
    pub(super) fn frozen_change(&self, old: &[u8], new: &[u8]) -> Option<&FrozenField> {
        // One length, so that one check of a range serves both.
        let old = old.get(..new.len()).unwrap_or_default();
        let is_same = |bytes: &Range<usize>| match (old.get(bytes.clone()), new.get(bytes.clone()))
        {
            (Some(old), Some(new)) => equal(old, new),
            _ => false,
        };
        if self.frozen_bytes.iter().all(is_same) { None } else { self.changed_field(old, new) }
    }

    #[cold]
    fn changed_field(&self, old: &[u8], new: &[u8]) -> Option<&FrozenField> {
        let part =
            |data, field: &FrozenField| <[u8]>::get(data, field.bytes.clone()).unwrap_or_default();
        self.frozen.iter().find(|field| field.is_change(part(old, field), part(new, field)))
    }
}

impl FrozenField {
    fn new(field: &FieldDefinition) -> Self {
        let start = field.offset as usize;
        Self {
            name: field.name.as_ref().into(),
            // The registry checked that the field ends inside the data.
            bytes: start..start.saturating_add(field.len as usize),
            ty: field.ty,
            immutable: field.immutable,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The role of the field in error texts.
    pub(super) fn role(&self) -> &'static str {
        if self.immutable { "immutable" } else { "primary key" }
    }

    /// An immutable field keeps its bytes. A key field keeps its encoded key part: some bytes make
    /// no difference to that.
    fn is_change(&self, old: &[u8], new: &[u8]) -> bool {
        match self.ty {
            FieldType::Bool if !self.immutable => (old != [0]) != (new != [0]),
            FieldType::FixedBytes if !self.immutable => old.get(2..) != new.get(2..),
            _ => old != new,
        }
    }
}

/// The fields of a record's key. A foreign key may have as many as fit into a schema: each is found
/// by hash.
fn key_fields(record: &RecordDefinition) -> Vec<NamedKeyField> {
    let fields: HashMap<&str, &FieldDefinition> =
        record.fields.iter().map(|field| (&*field.name, field)).collect();
    let fields = record.pk_fields.iter().filter_map(|name| fields.get(&**name));
    let named = fields.map(|field| NamedKeyField {
        name: field.name.as_ref().into(),
        ty: field.ty,
        len: match field.ty {
            // Without the length.
            FieldType::FixedBytes => field.len.saturating_sub(2) as usize,
            _ => field.len as usize,
        },
    });
    named.collect()
}

/// Merges adjacent ranges.
fn merge(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    ranges.dedup_by(|next, before| {
        let touches = next.start == before.end;
        if touches {
            before.end = next.end;
        }
        touches
    });
    ranges
}
