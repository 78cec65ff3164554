//! A reader gives the entries that were written.

use proptest::prelude::*;
use statevec_abi::{
    layers::{KindSet, Limits},
    txlog::{
        Alignment, Chain, Environment, EnvironmentEntry, FrameHeader, LogReader, LogWriter,
        SECTOR_LEN, SegmentHeader,
    },
};

use crate::generated::{OwnedEntry, entries, header, read, write};

proptest! {
    #[test]
    fn entries_are_read_as_they_were_written(entries in entries(), in_sectors: bool) {
        let alignment = if in_sectors { Alignment::Sector } else { Alignment::None };
        let bytes = write(alignment, &entries);
        let mut expected = (header(alignment).first_entry..).zip(&entries);
        let ended = read(&bytes, |number, entry| {
            let (next, owned) = expected.next().expect("no more entries than were written");
            assert!(number == next && owned.is(number, entry), "{owned:?} was read as {entry:?}");
        });
        prop_assert_eq!(ended, Ok(()));
        prop_assert!(expected.next().is_none(), "an entry is missing");
        if in_sectors {
            prop_assert_eq!(bytes.len() % SECTOR_LEN, 0);
        }
    }

    #[test]
    fn decoded_entries_encode_to_the_same_bytes(entries in entries()) {
        let bytes = write(Alignment::None, &entries);
        let mut again = Vec::new();
        read(&bytes, |_, entry| {
            let mut one = [0; 4096];
            let mut sink = &mut one[..];
            entry.encode(&mut sink).unwrap();
            let len = 4096 - sink.len();
            again.push(one[..len].to_vec());
        }).unwrap();
        let mut reader = LogReader::new(&bytes).unwrap();
        for one in again {
            let start = reader.offset() + FrameHeader::LEN;
            reader.next_frame().unwrap().unwrap();
            prop_assert_eq!(&bytes[start..reader.offset()], &one[..]);
        }
    }
}

#[test]
fn entries_that_share_a_frame_are_numbered_from_its_header() {
    let one = OwnedEntry::Environment {
        sha256: [1; 32],
        config: "x".into(),
        limits: (1, 2),
        plugin_limits: Limits::NONE,
    };
    let mut payload = [0; 1024];
    let mut sink = &mut payload[..];
    for number in 41..44 {
        one.environment(number).unwrap().encode(&mut sink).unwrap();
    }
    let len = 1024 - sink.len();
    let chain = Chain::after_segment(&header(Alignment::None));
    let frame = chain.frame(&payload[..len], 3, 40).unwrap();
    assert_eq!((frame.first_entry, frame.durable, frame.next_entry()), (41, 40, 44));
    let entries = frame.check_payload(&payload[..len]).unwrap();
    let numbers: Vec<_> = entries.map(|entry| entry.unwrap().number()).collect();
    assert_eq!(numbers, [41, 42, 43]);
}

#[test]
fn each_frame_of_a_writer_states_the_entry_before_it() {
    for first_entry in [1, 41] {
        let header = SegmentHeader { first_entry, ..header(Alignment::None) };
        let mut bytes = [0; 2048];
        let mut log = LogWriter::begin(&mut bytes[..], &header).unwrap();
        let mut payload = [0; 512];
        for _ in 0..2 {
            let mut sink = &mut payload[..];
            for number in [log.next_entry(), log.next_entry() + 1] {
                let environment = Environment::default();
                EnvironmentEntry { number, environment }.encode(&mut sink).unwrap();
            }
            let len = 512 - sink.len();
            log.write_frame(&payload[..len], 2).unwrap();
        }
        let environment = Environment::default();
        log.write_environment(&EnvironmentEntry { number: first_entry + 4, environment }).unwrap();
        let len = 2048 - log.into_sink().len();
        let mut reader = LogReader::new(&bytes[..len]).unwrap();
        let mut stated = Vec::new();
        while let Some((frame, _)) = reader.next_frame().unwrap() {
            stated.push(frame.durable);
        }
        assert_eq!(stated, [first_entry - 1, first_entry + 1, first_entry + 3]);
    }
}

#[test]
fn a_segment_header_is_read_as_it_was_written() {
    let limited = Limits { events: 3, read: KindSet::of(&[1, 255]), ..Limits::NONE };
    for (alignment, plugin_limits) in [
        (Alignment::Sector, Limits::NONE),
        (Alignment::None, Limits::NONE),
        (Alignment::Sector, limited),
        (Alignment::None, limited),
    ] {
        for last_ext_seq in [None, Some(0), Some(u64::MAX)] {
            let mut header = SegmentHeader { last_ext_seq, ..header(alignment) };
            header.environment.plugin_limits = plugin_limits;
            let mut bytes = [0xAA; 1024];
            let mut sink = &mut bytes[..];
            header.encode(&mut sink).unwrap();
            let len = 1024 - sink.len();
            assert_eq!(len, header.encoded_len() + alignment.padding(header.encoded_len()));
            assert_eq!(SegmentHeader::len_of(&bytes[..16]), Ok(header.encoded_len()));
            assert_eq!(SegmentHeader::decode(&bytes[..len]), Ok(header));
            assert_eq!(Chain::after_segment(&header).next_entry, 41);
        }
    }
}
