//! Commands of a test, and their text for people.

use serde::{Deserialize, Serialize};
use statevec_abi_alloc::schema::SchemaRegistry;

use crate::json::JsonWriter;

/// One command of a test. Its `ext_seq` is its place in the script, from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ScriptCommand {
    pub(super) kind: u8,
    pub(super) payload: Vec<u8>,
    /// Microseconds between the reference time of the command before and that of this one.
    pub(super) gap_us: u64,
}

/// The reference time of the first command, less its gap: the year 2023.
pub(super) const START_US: u64 = 1_700_000_000_000_000;

/// The commands as `statevec-host run` reads them. A command that no line can express is shown by
/// its number and its bytes.
pub(super) fn lines(schema: &SchemaRegistry, script: &[ScriptCommand]) -> Vec<String> {
    let writer = JsonWriter::new(schema);
    let mut time_us = START_US;
    let line = |(ext_seq, command): (u64, &ScriptCommand)| {
        time_us = time_us.saturating_add(command.gap_us);
        line(schema, &writer, command, ext_seq, time_us)
    };
    (1..).zip(script).map(line).collect()
}

fn line(
    schema: &SchemaRegistry,
    writer: &JsonWriter,
    command: &ScriptCommand,
    ext_seq: u64,
    time_us: u64,
) -> String {
    let place = format!(r#""ext_seq":{ext_seq},"ref_ext_time_us":{time_us}"#);
    let mut fields = String::new();
    let name = schema.try_get_command(command.kind).map(|def| &*def.name);
    let shown =
        name.filter(|_| writer.command_fields(command.kind, &command.payload, &mut fields).is_ok());
    match shown {
        Some(name) => {
            let mut quoted = String::new();
            crate::foreign_text::push_json_string(name, &mut quoted);
            format!(r#"{{"command":{quoted},"payload":{fields},{place}}}"#)
        }
        None => {
            let bytes: String = command.payload.iter().map(|byte| format!("{byte:02x}")).collect();
            format!(r#"{{"command_kind":{},"payload_hex":"{bytes}",{place}}}"#, command.kind)
        }
    }
}
