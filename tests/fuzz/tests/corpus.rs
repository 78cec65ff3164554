//! Every file of the corpus once more, without libFuzzer and by the compiler that everything else is built with.
//!
//! A file that made a target fail stays in the corpus, so that this test fails with its name, should the fault come back.

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use arbitrary::{Arbitrary, Unstructured};
use statevec_fuzz::{
    error_buffer, json_commands, payloads, schema_json, store, tables, txlog_entries, txlog_frames,
};

/// Hands every file of a target's corpus to its check.
fn replay(target: &str, check: impl Fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = files.collect();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    let failed = files.iter().filter(|file| {
        let input = fs::read(file).unwrap();
        catch_unwind(AssertUnwindSafe(|| check(&input))).is_err()
    });
    let failed: Vec<_> = failed.map(|file| file.display()).collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

/// An input as libFuzzer's own macro makes it of bytes.
fn made<'b, T: Arbitrary<'b>>(bytes: &'b [u8], check: impl FnOnce(&T)) {
    if let Ok(input) = T::arbitrary_take_rest(Unstructured::new(bytes)) {
        check(&input);
    }
}

#[test]
fn schema_of_the_corpus_breaks_a_promise() {
    replay("schema_json", schema_json::check);
}

#[test]
fn json_command_of_the_corpus_breaks_a_promise() {
    replay("json_commands", json_commands::check);
}

#[test]
fn payload_of_the_corpus_breaks_a_promise() {
    replay("payloads", payloads::check);
}

#[test]
fn error_buffer_of_the_corpus_breaks_a_promise() {
    replay("error_buffer", error_buffer::check);
}

#[test]
fn table_of_the_corpus_breaks_a_promise() {
    replay("tables", |bytes| made(bytes, tables::check));
}

#[test]
fn transactions_of_the_corpus_break_a_promise() {
    replay("store", |bytes| made(bytes, store::check));
}

#[test]
fn log_entry_of_the_corpus_breaks_a_promise() {
    replay("txlog_entries", txlog_entries::check);
}

#[test]
fn log_frame_of_the_corpus_breaks_a_promise() {
    replay("txlog_frames", txlog_frames::check);
}
