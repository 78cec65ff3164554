//! Host calls as JSON.

use statevec_abi::{
    abi::RecordKind,
    layers::{Answer, AnsweredCall, LayerCall},
};
use statevec_abi_alloc::schema::{PkLayout, RecordDefinition, SchemaRegistry};

use super::{JsonWriter, shape, shape::Shape, value::EnumNames};
use crate::{
    foreign_text::push_json_string,
    json::{
        bytes::{push_bytes, push_hex},
        number::push_number,
    },
};

/// The primary key of a record, ready to be written.
#[derive(Debug)]
pub(super) struct KeyShape {
    layout: PkLayout,
    /// The fields of the key, in its order.
    fields: Shape,
}

impl KeyShape {
    pub(super) fn of_record(
        schema: &SchemaRegistry,
        def: &RecordDefinition,
        enums: &EnumNames<'_>,
    ) -> Option<Self> {
        let layout = schema.pk_layout(def.kind)?.clone();
        Some(Self { fields: Shape::of_key(def, layout.data_len(), enums), layout })
    }

    /// Appends the fields of a key as an object; false if the bytes are no key.
    fn push(&self, pk: &[u8], out: &mut String) -> bool {
        let mut data = vec![0; self.layout.data_len()];
        let start = out.len();
        let is_written =
            self.layout.decode(pk, &mut data) && self.fields.push_fields(&data, out).is_ok();
        if !is_written {
            out.truncate(start);
        }
        is_written
    }
}

impl JsonWriter {
    /// Appends a host call with its answer:
    /// `{"ext_seq":1,"call":"update_by_pk","record":"Account","key":{"account_id":1},`
    /// `"answer":"found","bytes":48}`.
    ///
    /// A record or an event that the schema does not know has its number as name, and a key that
    /// does not fit the schema its bytes in hexadecimal. `bytes` are those that the host lent, and
    /// those of an event or a debug message.
    pub fn host_call(&self, ext_seq: Option<u64>, made: &AnsweredCall<'_>, out: &mut String) {
        out.push('{');
        if let Some(ext_seq) = ext_seq {
            out.push_str(r#""ext_seq":"#);
            push_number(ext_seq, out);
            out.push(',');
        }
        out.push_str(r#""call":""#);
        out.push_str(made.call.name());
        out.push('"');
        self.push_arguments(&made.call, out);
        out.push_str(r#","answer":""#);
        out.push_str(match made.answer {
            Answer::Found => "found",
            Answer::Missing => "missing",
            Answer::Created(_) => "created",
            Answer::Done => "done",
            Answer::Refused => "refused",
        });
        out.push('"');
        if let Answer::Created(key) = made.answer {
            push_sys_id(key.sys_id, out);
        }
        out.push_str(r#","bytes":"#);
        push_number(made.bytes, out);
        out.push('}');
    }

    fn push_arguments(&self, call: &LayerCall<'_>, out: &mut String) {
        match *call {
            LayerCall::ReadById { kind, sys_id } => {
                self.push_record_name(kind, out);
                push_sys_id(sys_id, out);
            }
            LayerCall::ReadByPk { kind, pk }
            | LayerCall::Update { kind, pk }
            | LayerCall::Delete { kind, pk } => {
                self.push_record_name(kind, out);
                out.push_str(r#","key":"#);
                let key = self.keys.get(usize::from(kind)).and_then(Option::as_ref);
                if !key.is_some_and(|key| key.push(pk, out)) {
                    out.push_str(r#"{"hex":"#);
                    push_hex(pk, out);
                    out.push('}');
                }
            }
            LayerCall::Create { kind } | LayerCall::ForEachKey { kind } => {
                self.push_record_name(kind, out);
            }
            LayerCall::Emit { kind, payload } => {
                // The members of the object that stands for an event alone.
                let mut event = String::new();
                self.event(kind, payload, &mut event);
                event.replace_range(..1, ",");
                event.pop();
                out.push_str(&event);
            }
            LayerCall::DebugLog { message } => {
                out.push_str(r#","message":"#);
                push_bytes(message, out);
            }
        }
    }

    fn push_record_name(&self, kind: RecordKind, out: &mut String) {
        out.push_str(r#","record":"#);
        match shape(&self.records, kind) {
            Some(shape) => push_json_string(shape.name(), out),
            None => push_number(kind, out),
        }
    }
}

fn push_sys_id(sys_id: u64, out: &mut String) {
    out.push_str(r#","sys_id":"#);
    push_number(sys_id, out);
}
