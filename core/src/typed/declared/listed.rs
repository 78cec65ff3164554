//! Items that a schema lacks stop the compiler with a text that says where to add them.

use super::text::Text;
use crate::schema::{EnumDef, PayloadDef, RecordDef, name::same};

/// Stops the compiler when the schema does not list an entry: a `what`, in its list `list`.
///
/// # Panics
/// No definition has the entry's kind and name.
#[track_caller]
pub const fn assert_listed(
    what: &str,
    list: &str,
    definitions: &[PayloadDef<'_>],
    entries: &[(u8, &str)],
    at: usize,
) {
    let (kind, name) = entries[at];
    let mut next = 0;
    while next < definitions.len() {
        if definitions[next].kind == kind && same(definitions[next].name, name) {
            return;
        }
        next += 1;
    }
    let mut text = Text::new();
    text.push(what);
    text.push(" `");
    text.push(name);
    text.push("` is not in the schema: add it to ");
    text.push(list);
    text.push(": [...] of schema!");
    panic!("{}", text.as_str());
}

/// Stops the compiler when a record has an enum as a field that is neither listed nor left out on
/// purpose.
///
/// # Panics
/// There is such an enum.
#[track_caller]
pub const fn assert_record_enums_listed(
    types: &[EnumDef<'_>],
    unlisted: &[EnumDef<'_>],
    record: &RecordDef<'_>,
) {
    let mut next = 0;
    while next < record.fields.len() {
        let field = &record.fields[next];
        if let Some(name) = field.enum_type_name {
            assert_enum_listed(types, unlisted, name, record.name, field.name);
        }
        next += 1;
    }
}

/// Stops the compiler when a command or event has an enum as a field that is neither listed nor
/// left out on purpose.
///
/// # Panics
/// There is such an enum.
#[track_caller]
pub const fn assert_payload_enums_listed(
    types: &[EnumDef<'_>],
    unlisted: &[EnumDef<'_>],
    payload: &PayloadDef<'_>,
) {
    let mut next = 0;
    while next < payload.fields.len() {
        let field = &payload.fields[next];
        if let Some(name) = field.enum_type_name {
            assert_enum_listed(types, unlisted, name, payload.name, field.name);
        }
        next += 1;
    }
}

#[track_caller]
const fn assert_enum_listed(
    types: &[EnumDef<'_>],
    unlisted: &[EnumDef<'_>],
    path: &str,
    owner: &str,
    field: &str,
) {
    let name = last_segment(path);
    if has_enum(types, name) || has_enum(unlisted, name) {
        return;
    }
    let mut text = Text::new();
    text.push("enum `");
    text.push(name);
    text.push("`, the type of field `");
    text.push(field);
    text.push("` of `");
    text.push(owner);
    text.push("`, is not in the schema: add it to types: [...] of schema!");
    panic!("{}", text.as_str());
}

const fn has_enum(types: &[EnumDef<'_>], name: &str) -> bool {
    let mut next = 0;
    while next < types.len() {
        if same(types[next].name, name) {
            return true;
        }
        next += 1;
    }
    false
}

/// `Far` of `deep :: Far`, as the field's type was written.
const fn last_segment(path: &str) -> &str {
    let bytes = path.as_bytes();
    let mut start = bytes.len();
    while start > 0 && bytes[start - 1] != b':' && bytes[start - 1] != b' ' {
        start -= 1;
    }
    path.split_at(start).1
}

#[cfg(test)]
mod tests {
    use super::last_segment;

    #[test]
    fn the_last_segment_of_a_path_is_the_enums_name() {
        assert_eq!(last_segment("State"), "State");
        assert_eq!(last_segment("deep :: Far"), "Far");
        assert_eq!(last_segment("deep::Far"), "Far");
        assert_eq!(last_segment(":: a :: b :: Far"), "Far");
    }
}
