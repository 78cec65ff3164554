//! Headers that are made from schemas: C reads and writes the bytes that Rust does.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

mod every;

use std::{ffi::OsStr, fs, path::Path};

use statevec_abi::typed::{EncodeError, FixedBytes, KeyedRecord as _, Payload, Record as _};
use statevec_abi_alloc::schema::SchemaRegistry;
use statevec_host::c_header;
use statevec_tests::{
    beside,
    c::{C11, CPP17, Compiler, printed_by},
    inventory,
};

use every::{Colour, Every, SCHEMA, Send};

#[test]
fn the_header_of_the_c_plugin_is_older_than_its_declarations() {
    let declarations = fs::read_to_string(beside::source("examples/c-plugin/inventory.json"));
    let schema = c_header::schema_of_declarations(&declarations.unwrap()).unwrap();
    let header = fs::read_to_string(beside::source("examples/c-plugin/schema.h")).unwrap();
    let made = c_header::write("inventory", &schema, &schema.to_idl_json()).unwrap();
    assert!(
        made == header,
        "run: statevec-host header examples/c-plugin/inventory.json -o examples/c-plugin/schema.h"
    );
}

#[test]
fn declarations_have_other_fingerprints_than_the_derives() {
    let declarations = fs::read_to_string(beside::source("examples/c-plugin/inventory.json"));
    let schema = c_header::schema_of_declarations(&declarations.unwrap()).unwrap();
    assert_eq!(schema.to_idl_json(), inventory::SCHEMA.json);
}

/// Two records with the least and the greatest values.
fn records() -> [Every; 2] {
    let low = Every {
        name: FixedBytes::default(),
        flag: false,
        small: 0,
        short: 0,
        int: 0,
        long: 0,
        signed: i32::MIN,
        wide: i64::MIN,
        huge: 0,
        class: Colour::Red,
        reserved: 0,
    };
    let high = Every {
        name: FixedBytes::from(b"BOLT?"),
        flag: true,
        small: u8::MAX,
        short: u16::MAX - 1,
        int: u32::MAX - 2,
        long: u64::MAX - 3,
        signed: i32::MAX,
        wide: -2,
        huge: u128::MAX - 5,
        class: Colour::Blue,
        reserved: 0,
    };
    [low, high]
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The lines that the program prints for some bytes.
fn printed(program: &Path, what: &str, bytes: &[u8]) -> Vec<String> {
    let hex = hex(bytes);
    let printed = printed_by(program, &[OsStr::new(what), OsStr::new(&hex)]);
    printed.lines().map(str::to_owned).collect()
}

fn encoded(command: &Send<'_>) -> Result<Vec<u8>, EncodeError> {
    let mut bytes = vec![0; command.encoded_len()];
    command.encode(&mut bytes)?;
    Ok(bytes)
}

#[test]
fn c_reads_or_writes_other_bytes_than_rust() {
    let Some(compiler) = Compiler::c("the header of a schema") else { return };
    let folder = tempfile::tempdir().unwrap();
    let schema = SchemaRegistry::from_def(SCHEMA.def).unwrap();
    let header = c_header::write("every", &schema, SCHEMA.json).unwrap();
    fs::write(folder.path().join("schema.h"), header).unwrap();
    let (source, program) = (folder.path().join("every.c"), folder.path().join("every"));
    fs::write(&source, include_str!("every.c")).unwrap();
    let traps = ["-fsanitize=undefined", "-fsanitize-undefined-trap-on-error"];
    let flags = if compiler.can(&traps, folder.path()) { &traps[..] } else { &[] };
    compiler.compile(&[C11, flags].concat(), &[&source], &program);

    for record in records() {
        let bytes = record.to_bytes();
        let found = printed(&program, "record", bytes.as_ref());
        assert_eq!(found, [hex(bytes.as_ref()), hex(record.key().as_bytes()), hex(bytes.as_ref())]);
        // The enum's byte has no variant.
        let mut unknown = bytes;
        unknown[Every::CLASS_AT] = 9;
        assert_eq!(printed(&program, "record", &unknown), ["refused"]);
        assert_eq!(printed(&program, "record", &bytes.as_ref()[..Every::END - 1]), ["refused"]);

        for note in [&b""[..], b"?", &[b'x'; 300]] {
            let Every { name, flag, huge, class, .. } = record;
            let bytes = encoded(&Send { note, name, flag, huge, class }).unwrap();
            assert_eq!(printed(&program, "command", &bytes), [hex(&bytes)]);
            let longer = [&bytes[..], &[0]].concat();
            for wrong in [&longer[..], &bytes[..bytes.len() - 1], &bytes[..1], &[]] {
                assert_eq!(printed(&program, "command", wrong), ["refused"], "{}", hex(wrong));
            }
        }
    }
    assert_eq!(printed(&program, "schema", &[]), [hex(SCHEMA.json.as_bytes())]);
}

#[test]
fn names_that_c_does_not_take_reach_the_header() {
    let (Some(c), Some(cpp)) = (Compiler::c("a header"), Compiler::cpp("a header")) else { return };
    let folder = tempfile::tempdir().unwrap();
    let json = include_str!("names.json");
    let schema = c_header::schema_of_declarations(json).unwrap();
    let header = c_header::write("*/ #error", &schema, json).unwrap();
    fs::write(folder.path().join("names.h"), header).unwrap();
    let source = folder.path().join("names.c");
    fs::write(&source, "#include \"names.h\"\n").unwrap();
    c.translate(C11, &source).unwrap();
    cpp.translate(CPP17, &source).unwrap();
}
