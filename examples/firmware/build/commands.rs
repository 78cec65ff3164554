//! From JSON lines to the image's script.

use std::{error::Error, fs, path::Path};

use serde_json::Value;
use statevec_abi::{queue::SubmitRequest, schema::SchemaDef};

use crate::payload;

/// Writes the script of the lines in the file `path` into `target`.
pub fn write(schema: &SchemaDef<'_>, path: &str, target: &Path) -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed={path}");
    let lines = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let script = script(schema, &lines).map_err(|error| format!("{path}: {error}"))?;
    Ok(fs::write(target, script)?)
}

/// The script of these lines: for each ext_seq u64, ref_ext_time_us u64, record length u32, all
/// little-endian, and the record: a submit request (ABI.md section 6).
fn script(schema: &SchemaDef<'_>, lines: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut script = Vec::new();
    let mut ext_seq = 0;
    for (number, line) in (1..).zip(lines.lines()) {
        append(schema, line, &mut ext_seq, &mut script)
            .map_err(|error| format!("line {number}: {error}"))?;
    }
    Ok(script)
}

fn append(
    schema: &SchemaDef<'_>,
    line: &str,
    ext_seq: &mut u64,
    script: &mut Vec<u8>,
) -> Result<(), Box<dyn Error>> {
    let line: Value = serde_json::from_str(line)?;
    let name = line["command"].as_str().ok_or("no `command`")?;
    let command = schema.commands.iter().find(|command| command.name == name);
    let command = command.ok_or_else(|| format!("unknown command {name}"))?;
    *ext_seq = number(&line, "ext_seq")?.unwrap_or(*ext_seq + 1);
    let ref_ext_time_us = number(&line, "ref_ext_time_us")?.unwrap_or(0);
    let payload = payload::encode(command, &line["payload"])?;

    let request = SubmitRequest { command_kind: command.kind, payload: &payload };
    let mut record = vec![0; request.encoded_len()];
    request.encode(&mut record)?;
    script.extend(ext_seq.to_le_bytes());
    script.extend(ref_ext_time_us.to_le_bytes());
    script.extend(u32::try_from(record.len())?.to_le_bytes());
    script.extend(record);
    Ok(())
}

fn number(line: &Value, key: &str) -> Result<Option<u64>, String> {
    match line.get(key) {
        None => Ok(None),
        Some(value) => value.as_u64().map(Some).ok_or_else(|| format!("`{key}` is {value}")),
    }
}
