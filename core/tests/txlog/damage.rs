//! Damaged logs: every flipped bit and every cut is found, and no bytes make a reader panic.

use proptest::{collection::vec, prelude::*};
use statevec_abi::{
    layers::Limits,
    txlog::{
        Alignment, Chain, Entries, EntryFault, FrameError, FrameHeader, LogReader, ReadError,
        SegmentError, SegmentHeader, crc32,
    },
};

use crate::generated::{
    OwnedChange, OwnedEntry, OwnedOutcome, bytes, entries, header, read, write,
};

fn small() -> Vec<OwnedEntry> {
    vec![
        OwnedEntry::Transaction {
            ext_seq: 78,
            command: (1, b"open".to_vec()),
            outcome: OwnedOutcome::Committed(31),
            events: vec![(2, b"opened".to_vec())],
            changes: vec![OwnedChange::Created(1, 5, b"record".to_vec())],
            digest: 99,
        },
        OwnedEntry::Transaction {
            ext_seq: 79,
            command: (1, b"open".to_vec()),
            outcome: OwnedOutcome::Rejected(2001, b"no".to_vec()),
            events: vec![],
            changes: vec![],
            digest: 99,
        },
    ]
}

#[test]
fn a_flipped_bit_anywhere_is_found() {
    for alignment in [Alignment::Sector, Alignment::None] {
        let mut bytes = write(alignment, &small());
        assert_eq!(read(&bytes, |_, _| {}), Ok(()));
        for at in 0..bytes.len() {
            for bit in 0..8 {
                bytes[at] ^= 1 << bit;
                assert!(read(&bytes, |_, _| {}).is_err(), "bit {bit} of byte {at} was not missed");
                bytes[at] ^= 1 << bit;
            }
        }
    }
}

#[test]
fn a_log_that_is_cut_between_frames_ends_and_anywhere_else_is_a_fault() {
    for alignment in [Alignment::Sector, Alignment::None] {
        let bytes = write(alignment, &small());
        let mut reader = LogReader::new(&bytes).unwrap();
        let mut ends = vec![reader.offset()];
        while reader.next_frame().unwrap().is_some() {
            ends.push(reader.offset());
        }
        for len in 0..bytes.len() {
            let ended = read(&bytes[..len], |_, _| {});
            assert_eq!(ended.is_ok(), ends.contains(&len), "cut to {len} bytes: {ended:?}");
        }
    }
}

#[test]
fn zeros_behind_the_last_frame_are_unwritten_space() {
    let mut bytes = write(Alignment::Sector, &small());
    bytes.extend([0; 2048]);
    assert_eq!(read(&bytes, |_, _| {}), Ok(()));
    assert_eq!(FrameHeader::decode(&[0; FrameHeader::LEN]), Err(FrameError::Unwritten));
    *bytes.last_mut().unwrap() = 1;
    let reason = read(&bytes, |_, _| {}).unwrap_err();
    assert!(reason.ends_with("entry 43: there is no frame: all bytes are zero"), "{reason}");
}

#[test]
fn a_frame_of_another_place_is_not_the_next_one() {
    let bytes = write(Alignment::None, &small());
    let mut reader = LogReader::new(&bytes).unwrap();
    let before = reader.chain();
    let (first, _) = reader.next_frame().unwrap().unwrap();
    assert_eq!(before.check(&first), Ok(()));
    let (second, _) = reader.next_frame().unwrap().unwrap();
    let expected = before.previous;
    assert_eq!(
        before.check(&second),
        Err(FrameError::WrongPrevious { expected, found: first.crc() }),
    );
    let skipped = Chain { next_entry: 40, ..before };
    assert_eq!(skipped.check(&first), Err(FrameError::WrongFirstEntry { expected: 40, found: 41 }),);
}

#[test]
fn a_frame_whose_own_entries_were_durable_before_it_is_refused() {
    let chain = Chain::after_segment(&header(Alignment::None));
    let framed = |durable| chain.frame(b"", 0, durable).unwrap();
    for durable in [0, 1, 40] {
        assert_eq!(chain.check(&framed(durable)), Ok(()), "{durable}");
    }
    for durable in [41, 42, u64::MAX] {
        let error = FrameError::WrongDurable { first_entry: 41, durable };
        assert_eq!(chain.check(&framed(durable)), Err(error));
    }
    assert_eq!(
        chain.check(&framed(41)).unwrap_err().to_string(),
        "the frame states that entry 41 was durable before it was written, \
         but it begins with entry 41",
    );

    let mut bytes = write(Alignment::None, &[]);
    let offset = bytes.len();
    bytes.extend(framed(41).to_bytes());
    let error = FrameError::WrongDurable { first_entry: 41, durable: 41 };
    let error = ReadError::Frame { offset, entry: 41, error };
    assert_eq!(LogReader::new(&bytes).unwrap().next_frame().unwrap_err(), error);
}

#[test]
fn a_frame_header_that_states_no_durable_entry_is_a_damaged_one() {
    let chain = Chain::after_segment(&header(Alignment::None));
    let whole = chain.frame(b"payload", 1, 40).unwrap().to_bytes();
    let mut short = [&whole[..24], &whole[32..36]].concat();
    short.extend(crc32(&short).to_le_bytes());
    let truncated = FrameError::Truncated { needed: 40, left: 32 };
    assert_eq!(FrameHeader::decode(&short), Err(truncated));
    short.extend(b"payload and more");
    let error = FrameHeader::decode(&short).unwrap_err();
    assert!(matches!(error, FrameError::HeaderCrc { .. }), "{error}");
}

#[test]
fn another_version_or_another_file_is_named() {
    let mut bytes = write(Alignment::None, &[]);
    bytes[8] = 2;
    let version = SegmentError::Version { found: 2, known: 1 };
    assert_eq!(SegmentHeader::decode(&bytes), Err(version));
    assert!(version.to_string().contains("format version 2, and this program reads version 1"));
    assert_eq!(SegmentHeader::decode(b"{\"kind\": \"Deposit\"}"), Err(SegmentError::NoMagic));
    bytes[8] = 1;
    bytes[15] = 0xFF;
    assert!(matches!(SegmentHeader::decode(&bytes), Err(SegmentError::Length { .. })));
}

#[test]
fn a_segment_that_begins_with_entry_0_is_refused() {
    let mut bytes = write(Alignment::None, &[]);
    bytes[16..24].fill(0);
    let end = bytes.len() - 4;
    let crc = crc32(&bytes[..end]);
    bytes[end..].copy_from_slice(&crc.to_le_bytes());
    let error = SegmentHeader::decode(&bytes).unwrap_err();
    assert_eq!(error.to_string(), "segment header, byte 16: 0 is no first entry");
}

/// The fault in a payload of one entry whose body is `body`.
fn fault(body: &[u8]) -> (usize, EntryFault) {
    let mut payload = (body.len() as u32).to_le_bytes().to_vec();
    payload.extend(body);
    let mut entries = Entries::new(&payload, 1, 1);
    let error = entries.next().unwrap().unwrap_err();
    assert!(entries.next().is_none(), "after a fault there are no entries");
    (error.offset, error.fault)
}

/// A transaction entry up to its outcome.
fn transaction(rest: &[u8]) -> Vec<u8> {
    let mut body = vec![1];
    body.extend(1_u64.to_le_bytes());
    body.extend([0; 21]);
    body.extend(rest);
    body
}

#[test]
fn faults_in_an_entry_name_the_field_and_its_place() {
    assert_eq!(fault(&[9, 0, 0]), (4, EntryFault::UnknownKind { kind: 9 }));
    let missing = EntryFault::Truncated { field: "ext_seq", needed: 8, left: 0 };
    assert_eq!(fault(&transaction(b"")[..9]), (13, missing));
    let outcome = EntryFault::UnknownValue { field: "outcome", value: 7 };
    assert_eq!(fault(&transaction(&[7])), (34, outcome));

    let committed = [[1].as_slice(), &[0; 8]].concat();
    let items = |items: &[u8]| fault(&transaction(&[&committed, items].concat()));
    let tag = EntryFault::UnknownValue { field: "item tag", value: 6 };
    assert_eq!(items(&[6]), (43, tag));
    let long = EntryFault::Truncated { field: "event payload", needed: 0xFFFF_FFFF, left: 1 };
    assert_eq!(items(&[1, 3, 0xFF, 0xFF, 0xFF, 0xFF, 0]), (49, long));
    let deleted = [4, 1, 1, 0, 0, 0, 0, 0, 0, 0];
    let event = [1, 3, 0, 0, 0, 0];
    assert_eq!(items(&[&deleted[..], &event].concat()), (53, EntryFault::EventAfterChange));
    let end = [[0].as_slice(), &[0; 18]].concat();
    assert_eq!(items(&end), (60, EntryFault::TrailingBytes { left: 2 }));
    let text = items(&end).1.to_string();
    assert_eq!(text, "2 bytes follow the last field");
}

#[test]
fn a_payload_with_other_entries_than_its_header_counts_is_a_fault() {
    let owned = OwnedEntry::Environment {
        sha256: [0; 32],
        config: String::new(),
        limits: (0, 0),
        plugin_limits: Limits::NONE,
    };
    let mut payload = [0; 256];
    let mut sink = &mut payload[..];
    owned.environment(7).unwrap().encode(&mut sink).unwrap();
    let len = 256 - sink.len();
    let payload = &payload[..len];
    let fault = |first, count| {
        Entries::new(payload, first, count).find_map(Result::err).map(|error| error.fault)
    };
    assert_eq!(fault(7, 1), None);
    assert_eq!(fault(8, 1), Some(EntryFault::WrongNumber { expected: 8, found: 7 }));
    assert_eq!(fault(7, 2), Some(EntryFault::MissingEntry { expected: 8 }));
    assert_eq!(fault(7, 0), Some(EntryFault::TrailingBytes { left: len }));
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(
        bytes in vec(any::<u8>(), 0..300),
        first: u64,
        count: u32,
    ) {
        let _decoded = FrameHeader::decode(&bytes);
        let _decoded = SegmentHeader::decode(&bytes);
        for entry in Entries::new(&bytes, first, count).flatten() {
            drop(format!("{entry:?}"));
        }
    }

    #[test]
    fn bytes_behind_valid_checksums_do_not_make_a_reader_panic(
        entries in entries(),
        at: prop::sample::Index,
        value: u8,
        tail in bytes(),
    ) {
        let log = write(Alignment::None, &entries);
        let mut reader = LogReader::new(&log).unwrap();
        let mut payload = Vec::new();
        while let Some((frame, _)) = reader.next_frame().unwrap() {
            let end = reader.offset();
            payload.extend(&log[end - frame.payload_len as usize..end]);
        }
        payload.extend(tail);
        if !payload.is_empty() {
            let at = at.index(payload.len());
            payload[at] = value;
        }
        let chain = Chain::after_segment(&header(Alignment::None));
        let frame = chain.frame(&payload, entries.len() as u32, 0).unwrap();
        for entry in frame.check_payload(&payload).unwrap().flatten() {
            drop(format!("{entry:?}"));
        }
    }

    #[test]
    fn a_changed_byte_is_found(entries in entries(), at: prop::sample::Index, by in 1_u8..) {
        let mut bytes = write(Alignment::Sector, &entries);
        let at = at.index(bytes.len());
        bytes[at] ^= by;
        prop_assert!(read(&bytes, |_, _| {}).is_err(), "byte {} was not missed", at);
    }
}

#[test]
fn a_faulty_frame_is_named_by_offset_and_entry() {
    let mut bytes = write(Alignment::Sector, &small());
    bytes[1024 + 40] ^= 1;
    let mut reader = LogReader::new(&bytes).unwrap();
    reader.next_frame().unwrap().unwrap();
    let error = reader.next_frame().unwrap_err();
    assert!(matches!(
        error,
        ReadError::Frame { offset: 1024, entry: 42, error: FrameError::PayloadCrc { .. } }
    ));
    assert_eq!(reader.next_frame().unwrap_err(), error, "it stops for good");
}
