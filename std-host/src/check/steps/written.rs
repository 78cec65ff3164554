//! Events and records: their kinds and bytes as the schema declares them.

use statevec_abi::abi::RecordKey;
use statevec_abi_alloc::schema::{FieldType, SchemaRegistry};

use crate::{
    check::{
        field_values::Flavour,
        run::{Fault, Run},
        script::ScriptCommand,
    },
    json::JsonWriter,
};

const FLAVOURS: [(&str, Flavour); 2] =
    [("valid commands", Flavour::Plain), ("values at boundaries", Flavour::Boundary)];

pub(in crate::check) fn events(run: &Run<'_>) {
    for (name, flavour) in FLAVOURS {
        run.step(name, || run.search(flavour, |script| wrong_event(run, script)));
    }
}

fn wrong_event(run: &Run<'_>, script: &[ScriptCommand]) -> Option<Fault> {
    let schema = run.plugin.schema();
    let writer = JsonWriter::new(schema);
    let mut session = run.session()?;
    for command in script {
        let seen = session.run(command);
        let undeclared = session.probe().take_undeclared();
        if let Some(kind) = undeclared.iter().find(|what| what.starts_with("event")) {
            return Some(Fault::fail(format!(
                "{kind} is emitted, and the schema does not declare it"
            )));
        }
        for (kind, payload) in &seen.events {
            let mut shown = String::new();
            if let Err(error) = writer.event_fields(*kind, payload, &mut shown) {
                return Some(Fault::fail(format!("an event does not fit the schema: {error}")));
            }
            let def = schema.try_get_event(*kind)?;
            let mut at = 0;
            for field in def.fields.iter() {
                let len = match field.fixed_size {
                    Some(size) => size as usize,
                    None => 2 + usize::from(u16::from_le_bytes([payload[at], payload[at + 1]])),
                };
                let bytes = payload.get(at..at + len)?;
                if let Some(why) =
                    wrong_value(schema, field.ty, enum_name(&field.enum_type_name), bytes)
                {
                    let (event, field) = (&def.name, &field.name);
                    return Some(Fault::fail(format!("field {field} of event {event} {why}")));
                }
                at += len;
            }
        }
    }
    None
}

pub(in crate::check) fn records(run: &Run<'_>) {
    for (name, flavour) in FLAVOURS {
        run.step(name, || run.search(flavour, |script| wrong_record(run, script)));
    }
}

fn wrong_record(run: &Run<'_>, script: &[ScriptCommand]) -> Option<Fault> {
    let mut session = run.session()?;
    for command in script {
        session.run(command);
        let undeclared = session.probe().take_undeclared();
        if let Some(kind) = undeclared.iter().find(|what| what.starts_with("record")) {
            return Some(Fault::fail(format!(
                "{kind} is used, and the schema does not declare it"
            )));
        }
    }
    let (schema, store) = (run.plugin.schema(), session.store());
    for def in schema.record_defs() {
        for record in store.records(def.kind) {
            let key = RecordKey { kind: def.kind, sys_id: record.sys_id };
            let place = || format!("{} {}", def.name, key.sys_id);
            let mut used = vec![false; record.data.len()];
            for field in def.fields.iter() {
                let range = field.offset as usize..(field.offset + field.len) as usize;
                let bytes = record.data.get(range.clone())?;
                used[range].fill(true);
                if let Some(why) =
                    wrong_value(schema, field.ty, enum_name(&field.enum_type_name), bytes)
                {
                    let (place, field) = (place(), &field.name);
                    return Some(Fault::fail(format!("field {field} of record {place} {why}")));
                }
            }
            let unused =
                record.data.iter().zip(&used).position(|(&byte, &used)| byte != 0 && !used);
            if let Some(at) = unused {
                return Some(Fault::warn(format!(
                    "byte {at} of record {} belongs to no field, and is not zero; a later version of \
                     the schema may use it",
                    place()
                )));
            }
        }
    }
    None
}

fn enum_name<'a>(name: &'a Option<std::borrow::Cow<'static, str>>) -> &'a str {
    name.as_deref().unwrap_or_default()
}

/// The fault of a field's bytes, if its type does not allow them.
fn wrong_value(
    schema: &SchemaRegistry,
    ty: FieldType,
    enum_name: &str,
    bytes: &[u8],
) -> Option<String> {
    match (ty, bytes) {
        (FieldType::Bool, &[byte]) if byte > 1 => Some(format!("is a bool with the byte {byte}")),
        (FieldType::EnumU8, &[byte]) => {
            let def = schema.try_get_enum(enum_name)?;
            let is_listed = def.variant_by_value(byte).is_some();
            (!is_listed).then(|| format!("is {byte}, and enum {enum_name} has no such value"))
        }
        (FieldType::FixedBytes, bytes) => {
            let (len, rest) = bytes.split_first_chunk::<2>()?;
            let len = usize::from(u16::from_le_bytes(*len));
            match rest.get(len..) {
                None => Some(format!("has {len} bytes, and {} is the most", rest.len())),
                Some(padding) if padding.iter().any(|&byte| byte != 0) => {
                    Some("has bytes behind its text that are not zero".into())
                }
                Some(_) => None,
            }
        }
        _ => None,
    }
}
