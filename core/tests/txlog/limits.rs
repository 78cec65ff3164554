//! Writers without room, and entries that are too long or have a wrong number.

use statevec_abi::{
    boundary::limits,
    txlog::{
        Alignment, Change, EncodeError, EntryOutcome, Environment, LogWriter, SegmentHeader,
        StateDigest, TransactionEntry,
    },
};

use crate::generated::header;

type Entry =
    TransactionEntry<'static, [statevec_abi::txlog::EntryEvent<'static>; 0], [Change<'static>; 0]>;

fn entry(number: u64) -> Entry {
    TransactionEntry {
        number,
        ext_seq: 1,
        ref_ext_time_us: 1,
        command_kind: 1,
        payload: &[7; 100],
        outcome: EntryOutcome::Committed { tx_seq: 1 },
        events: [],
        changes: [],
        digest: StateDigest::EMPTY,
    }
}

#[test]
fn a_sink_that_is_full_breaks_the_log() {
    let mut bytes = [0; 300];
    let mut log = LogWriter::begin(&mut bytes[..], &header(Alignment::None)).unwrap();
    let error = log.write(&entry(41)).unwrap_err();
    assert!(matches!(error, EncodeError::Sink(_)), "{error}");
    let error = log.write(&entry(41)).unwrap_err();
    assert!(matches!(error, EncodeError::Broken), "{error}");
    assert!(error.to_string().ends_with("begin another log"), "{error}");
}

#[test]
fn an_entry_with_another_number_is_refused_and_leaves_the_log_whole() {
    let mut bytes = [0; 1024];
    let mut log = LogWriter::begin(&mut bytes[..], &header(Alignment::None)).unwrap();
    for found in [40, 42] {
        let error = log.write(&entry(found)).unwrap_err();
        assert_eq!(error.to_string(), format!("entry {found} was given where entry 41 belongs"),);
    }
    log.write(&entry(41)).unwrap();
    log.write(&entry(42)).unwrap();
}

#[test]
fn a_segment_that_would_begin_with_entry_0_is_refused() {
    let first = SegmentHeader { first_entry: 0, ..header(Alignment::None) };
    let mut bytes = [0xAA; 1024];
    let error = LogWriter::begin(&mut bytes[..], &first).unwrap_err();
    assert_eq!(error.to_string(), "entry 0 was given where entry 1 belongs");
    assert_eq!(bytes, [0xAA; 1024], "nothing was written");
}

#[test]
fn texts_that_no_plugin_may_have_are_refused() {
    let name = "n".repeat(limits::PLUGIN_NAME + 1);
    let named = SegmentHeader { plugin_name: &name, ..header(Alignment::None) };
    let error = named.encode(&mut &mut [0; 4096][..]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "plugin name of 1025 bytes is too long; at most 1024 are possible"
    );
    let config = "c".repeat(limits::CONFIG + 1);
    let environment = Environment { config: &config, ..Environment::default() };
    let configured = SegmentHeader { environment, ..header(Alignment::None) };
    let error = configured.encode(&mut &mut [0; 4096][..]).unwrap_err();
    assert!(error.to_string().starts_with("configuration of 16777217 bytes"), "{error}");
}
