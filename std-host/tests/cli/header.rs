//! `header`: C headers from plugins and from declarations.

use std::fs;
use std::path::Path;

use super::bank::bank;
use super::{Ended, ended, host, program};

fn header(path: &Path, args: &[&str]) -> Ended {
    ended(program().arg("header").arg(path).args(args))
}

fn of_text(text: &str) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stock.json");
    fs::write(&path, text).unwrap();
    header(&path, &[])
}

#[test]
fn a_header_lacks_the_plugin_s_own_schema_text() {
    let made = header(&bank(), &["--name", "my-bank"]);
    assert_eq!(made.code, Some(0), "{}", made.err);
    assert!(
        made.out.contains("static const char my_bank_schema[] =\n    \"{\\n\""),
        "{}",
        made.out
    );
    assert!(made.out.contains("enum { DEPOSIT_COMMAND = 1 };"), "{}", made.out);
}

#[test]
fn out_prints_or_writes_something_else() {
    let folder = tempfile::tempdir().unwrap();
    let (source, out) = (folder.path().join("stock.json"), folder.path().join("schema.h"));
    fs::write(&source, r#"{"commands": [{"kind": 1, "name": "Ship"}]}"#).unwrap();
    let written = header(&source, &["-o", out.to_str().unwrap()]);
    assert_eq!((written.code, &*written.out), (Some(0), ""), "{}", written.err);
    let printed = header(&source, &[]);
    assert_eq!(printed.out, fs::read_to_string(out).unwrap());
    assert!(printed.out.contains("#ifndef STOCK_SCHEMA_H"), "{}", printed.out);
}

#[test]
fn wrong_declarations_give_a_header() {
    of_text("{\n  \"record\": []}").fails_with(2, "unknown field `record`");
    let unknown_type =
        r#"{"records": [{"kind": 1, "name": "A", "fields": [{"name": "b", "type": "u23"}]}]}"#;
    of_text(unknown_type).fails_with(2, "u23");
    let no_such_key = r#"{"records": [{"kind": 1, "name": "A", "pkFields": ["id"]}]}"#;
    of_text(no_such_key).fails_with(2, "id");
    let twice = r#"{"events": [{"kind": 1, "name": "AbC"}, {"kind": 2, "name": "Ab_C"}]}"#;
    let text = "event AbC and event Ab_C would both be `ab_c_event` in C; rename one";
    of_text(twice).fails_with(2, text);
}

#[test]
fn a_file_that_is_not_there_gives_a_header() {
    host(&["header", "absent.json"]).fails_with(2, "error: absent.json: cannot be read");
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("a.json");
    fs::write(&source, "{}").unwrap();
    let out = folder.path().join("no/such/folder.h");
    header(&source, &["-o", out.to_str().unwrap()]).fails_with(2, "cannot be written");
}
