//! Arbitrary bytes as a transaction log, and as the payload of a frame in one.
//!
//! - Reading never panics. A log that is read to its end is written as the same bytes.
//! - A frame is read as it was written, with any payload. With one byte changed anywhere in the
//!   log, reading it is an error.
//! - A frame is refused if its own entries were durable before it, and only then.

use statevec_abi::{
    schema::{Fingerprints, Version},
    txlog::{
        Alignment, Chain, Environment, FrameError, FrameHeader, LogReader, LogWriter, LoggedLimits,
        ReadError, SegmentHeader,
    },
};

/// See the module. The first six bytes say which byte of the log is changed, how, how frames are
/// aligned, and the last durable entry of a frame.
pub fn check(input: &[u8]) {
    check_log(input);
    let Some((head, payload)) = input.split_first_chunk::<6>() else { return };
    let [place @ .., by, last] = *head;
    check_durable(payload, u64::from(last / 2));
    let alignment = if last % 2 == 0 { Alignment::None } else { Alignment::Sector };
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
    let mut written = Vec::new();
    reader.header().encode(&mut written).expect("a header that was read");
    loop {
        let chain = reader.chain();
        match reader.next_frame() {
            Ok(Some((frame, _))) => {
                let payload = payload_before(bytes, &reader, &frame);
                let again = chain.frame(payload, frame.entry_count, frame.durable);
                let again = again.expect("a payload that was read");
                assert_eq!(again, frame);
                assert!(frame.durable < frame.first_entry);
                written.extend(again.to_bytes());
                written.extend(payload);
                written.resize(reader.offset(), 0);
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
    let header = header(alignment);
    let mut log = LogWriter::begin(Vec::new(), &header).expect("a header");
    log.write_frame(payload, 2).expect("a vector takes everything");
    assert_eq!(log.next_entry(), 5);
    let mut bytes = log.into_sink();

    let mut reader = LogReader::new(&bytes).expect("a header that was written");
    assert_eq!(reader.header(), &header);
    let (frame, _) = reader.next_frame().expect("a frame").expect("a frame");
    assert_eq!((frame.first_entry, frame.durable), (3, 2));
    assert_eq!(payload_before(&bytes, &reader, &frame), payload);
    assert!(matches!(reader.next_frame(), Ok(None)));

    let place = place % bytes.len();
    bytes[place] ^= by;
    let damaged = LogReader::new(&bytes).map(|mut reader| reader.next_frame().is_err());
    assert!(damaged.unwrap_or(true), "byte {place} was not missed");
}

/// A frame with this payload that states a durable entry.
fn check_durable(payload: &[u8], durable: u64) {
    let chain = Chain::after_segment(&header(Alignment::None));
    let frame = chain.frame(payload, 2, durable).expect("a short payload");
    assert_eq!(FrameHeader::decode(&frame.to_bytes()), Ok(frame));
    let refused = FrameError::WrongDurable { first_entry: 3, durable };
    assert_eq!(chain.check(&frame), if durable < 3 { Ok(()) } else { Err(refused) });
}

fn header(alignment: Alignment) -> SegmentHeader<'static> {
    SegmentHeader {
        first_entry: 3,
        ..SegmentHeader::first(
            "fuzz",
            Version::new(1, 0),
            Fingerprints { records: [1; 16], commands: [2; 16], events: [3; 16], types: [4; 16] },
            Environment { limits: LoggedLimits::default(), ..Environment::default() },
            alignment,
        )
    }
}
