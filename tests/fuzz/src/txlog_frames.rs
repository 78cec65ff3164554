//! Arbitrary bytes as a transaction log, and as the payload of a frame in one.
//!
//! - Reading never panics. A log that is read to its end is written as the same bytes.
//! - A frame is read as it was written, with any payload. With one byte changed anywhere in the
//!   log, reading it is an error.

use statevec_abi::{
    schema::{Fingerprints, Version},
    txlog::{
        Alignment, Environment, FrameHeader, LogReader, LogWriter, LoggedLimits, ReadError,
        SegmentHeader,
    },
};

/// See the module. The first six bytes say which byte of the log is changed, how, and how frames
/// are aligned.
pub fn check(input: &[u8]) {
    check_log(input);
    let Some((head, payload)) = input.split_first_chunk::<6>() else { return };
    let [place @ .., by, alignment] = *head;
    let alignment = if alignment % 2 == 0 { Alignment::None } else { Alignment::Sector };
    check_frame(payload, u32::from_le_bytes(place) as usize, by.max(1), alignment);
}

/// The bytes as a log.
fn check_log(bytes: &[u8]) {
    let mut reader = match LogReader::new(bytes) {
        Ok(reader) => reader,
        Err(error) => {
            assert!(error.to_string().len() < 200, "{error}");
            return;
        }
    };
    let mut log = LogWriter::begin(Vec::new(), reader.header()).expect("a header that was read");
    loop {
        match reader.next_frame() {
            Ok(Some((frame, _))) => {
                let payload = payload_before(bytes, &reader, &frame);
                log.write_frame(payload, frame.entry_count).expect("a vector takes everything");
            }
            Ok(None) => break,
            Err(error) => {
                assert!(error.to_string().len() < 200, "{error}");
                let ReadError::Frame { offset, entry, .. } = error else {
                    panic!("{error}: the header was read")
                };
                assert_eq!((offset, entry), (reader.offset(), reader.chain().next_entry));
                assert_eq!(reader.next_frame().err(), Some(error));
                return;
            }
        }
    }
    let written = log.into_sink();
    let (same, rest) = bytes.split_at(written.len());
    assert_eq!(same, written);
    assert!(rest.iter().all(|byte| *byte == 0));
}

/// The payload of the frame that was read last.
fn payload_before<'b>(bytes: &'b [u8], reader: &LogReader<'_>, frame: &FrameHeader) -> &'b [u8] {
    let len = frame.frame_len();
    let end = reader.offset() - reader.header().alignment.padding(len);
    &bytes[end - frame.payload_len as usize..end]
}

/// A log of one frame with this payload, as it is and with one byte changed.
fn check_frame(payload: &[u8], place: usize, by: u8, alignment: Alignment) {
    let header = SegmentHeader {
        first_entry: 3,
        ..SegmentHeader::first(
            "fuzz",
            Version::new(1, 0),
            Fingerprints { records: [1; 16], commands: [2; 16], events: [3; 16], types: [4; 16] },
            Environment { limits: LoggedLimits::default(), ..Environment::default() },
            alignment,
        )
    };
    let mut log = LogWriter::begin(Vec::new(), &header).expect("a header");
    log.write_frame(payload, 2).expect("a vector takes everything");
    assert_eq!(log.next_entry(), 5);
    let mut bytes = log.into_sink();

    let mut reader = LogReader::new(&bytes).expect("a header that was written");
    assert_eq!(reader.header(), &header);
    let (frame, _) = reader.next_frame().expect("a frame").expect("a frame");
    assert_eq!(payload_before(&bytes, &reader, &frame), payload);
    assert!(matches!(reader.next_frame(), Ok(None)));

    let place = place % bytes.len();
    bytes[place] ^= by;
    let damaged = LogReader::new(&bytes).map(|mut reader| reader.next_frame().is_err());
    assert!(damaged.unwrap_or(true), "byte {place} was not missed");
}
