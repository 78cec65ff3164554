//! Runs every input of the corpus without libFuzzer, built by the stable compiler.
//!
//! An input that made a target fail stays in the corpus. If the fault comes back, this test fails
//! and prints the input's name.

use std::{
    collections::BTreeSet,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use arbitrary::{Arbitrary, Unstructured};
use statevec_abi::txlog::LogReader;
use statevec_fuzz::{
    data_files, error_buffer, json_commands, pack::Pack, payloads, schema_json, store, tables,
    txlog_entries, txlog_frames,
};

/// Runs a target's check with every input of its corpus.
fn replay(target: &str, check: impl Fn(&[u8])) {
    let path = Pack::path(target);
    let pack = Pack::read(&path).unwrap();
    assert!(pack.inputs().len() > 0, "{} is empty", path.display());
    let failed =
        pack.inputs().filter(|(_, input)| catch_unwind(AssertUnwindSafe(|| check(input))).is_err());
    let failed: Vec<_> = failed.map(|(name, _)| name).collect();
    assert!(failed.is_empty(), "{}: {failed:#?}", path.display());
}

/// Makes an input of bytes as libFuzzer's macro does.
fn made<'b, T: Arbitrary<'b>>(bytes: &'b [u8], check: impl FnOnce(&T)) {
    if let Ok(input) = T::arbitrary_take_rest(Unstructured::new(bytes)) {
        check(&input);
    }
}

#[test]
fn checkpoint_or_segment_of_the_corpus_breaks_a_promise() {
    replay("data_files", data_files::check);
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

/// A format that has changed would leave whole logs of the corpus behind as damaged ones.
#[test]
fn whole_log_of_the_corpus_is_not_read_to_its_end() {
    for (target, name, start, frames) in
        [("txlog_frames", "example_of_the_page", 0, 3), ("data_files", "segment", 1, 7)]
    {
        let pack = Pack::read(&Pack::path(target)).unwrap();
        let (_, input) = pack.inputs().find(|(found, _)| *found == name).unwrap();
        let mut reader = LogReader::new(&input[start..]).unwrap();
        for frame in 0..frames {
            let (_, mut entries) = reader.next_frame().unwrap().unwrap();
            assert!(entries.all(|entry| entry.is_ok()), "{name}, frame {frame}");
        }
        assert!(reader.next_frame().unwrap().is_none(), "{name}");
    }
}

#[test]
fn target_has_no_corpus_or_corpus_has_no_target() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let stems = |folder: &str, extension: &str| -> BTreeSet<String> {
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let files = files.filter(|file| file.extension().is_some_and(|found| found == extension));
        files.map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
    };
    let targets = stems(folder.join("fuzz_targets").to_str().unwrap(), "rs");
    let packs = stems(folder.join("corpus").to_str().unwrap(), "pack");
    assert_eq!(targets, packs);
}
