//! Commands and events as bytes.

use statevec_abi::typed::{
    DecodeError, DecodePayload, EncodeError, Event, FixedBytes, Payload, Record,
};
use statevec_fixtures::declared::{Changed, Fixed, Note, Noted, Side, Tick, deep};

#[rustfmt::skip]
const NOTE: [u8; 27] = [
    5, 0, 0, 0, 0, 0, 0, 0,
    3, 0, b'a', b'b', b'c',
    1,
    2, 0, b'x', b'y', 0, 0, 0, 0, 0,
    1, 0, b'!',
    1,
];

fn note() -> Note<'static> {
    Note { id: 5, text: b"abc", side: Side::Buy, name: b"xy".into(), more: b"!", open: true }
}

fn fixed() -> Fixed {
    Fixed {
        id: 1,
        wide: 2,
        low: -3,
        name: b"ab".into(),
        far: deep::Far::B,
        open: true,
        small: 4,
        short: 5,
        word: 6,
        lower: -7,
    }
}

fn encoded(payload: &impl Payload) -> Vec<u8> {
    let mut out = vec![0; payload.encoded_len()];
    assert_eq!(payload.encode(&mut out), Ok(out.len()));
    out
}

#[test]
fn fields_are_packed_as_published() {
    assert_eq!(encoded(&note()), NOTE);
    #[rustfmt::skip]
    let expected = [
        1, 0, 0, 0, 0, 0, 0, 0,
        2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0xfd, 0xff, 0xff, 0xff,
        2, 0, b'a', b'b', 0, 0, 0,
        9,
        1,
        4,
        5, 0,
        6, 0, 0, 0,
        0xf9, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    ];
    assert_eq!(encoded(&fixed()), expected);
    assert_eq!(encoded(&Tick), []);
}

#[test]
fn variable_bytes_are_borrowed_from_the_payload() {
    let decoded = Note::decode(&NOTE).unwrap();
    assert_eq!(decoded, note());
    assert!(NOTE.as_ptr_range().contains(&decoded.text.as_ptr()));
    assert_eq!(Fixed::decode(&encoded(&fixed())), Ok(fixed()));
    assert_eq!(Tick::decode(&[]), Ok(Tick));
}

#[test]
fn every_cut_is_too_short_and_every_extension_too_long() {
    for len in 0..NOTE.len() {
        let error = Note::decode(&NOTE[..len]).unwrap_err();
        let DecodeError::Short { name, needed, found } = error else {
            panic!("{len}: {error}");
        };
        assert_eq!((name, found), ("Note", len));
        assert!(needed > len && needed <= NOTE.len(), "{len}: {needed}");
    }
    let longer = [NOTE.as_slice(), &[0]].concat();
    let expected = DecodeError::Long { name: "Note", expected: 27, found: 28 };
    assert_eq!(Note::decode(&longer), Err(expected));

    let bytes = encoded(&fixed());
    for len in 0..bytes.len() {
        let expected = DecodeError::Short { name: "Fixed", needed: bytes.len(), found: len };
        assert_eq!(Fixed::decode(&bytes[..len]), Err(expected));
    }
    let error = Tick::decode(&[1, 2]).unwrap_err();
    let text = "Tick has 2 bytes, but its layout ends after 0: \
                was it written by another version of the schema?";
    assert_eq!(error.to_string(), text);
}

#[test]
fn an_unknown_enum_byte_names_the_field() {
    let mut bytes = NOTE;
    bytes[13] = 0;
    let error = Note::decode(&bytes).unwrap_err();
    assert_eq!(error.to_string(), "Note.side is 0, which is no value of Side");
    let mut bytes = encoded(&fixed());
    bytes[35] = 1;
    let error = Fixed::decode(&bytes).unwrap_err();
    assert_eq!(error.to_string(), "Fixed.far is 1, which is no value of Far");
}

#[test]
fn fixed_bytes_with_too_great_a_length_are_refused() {
    let mut bytes = NOTE;
    bytes[15] = 1;
    let error = Note::decode(&bytes).unwrap_err();
    let text = "Note.name states a length of 258 bytes, but it holds at most 7";
    assert_eq!(error.to_string(), text);
    let mut bytes = encoded(&fixed());
    bytes[28] = 6;
    assert!(matches!(
        Fixed::decode(&bytes),
        Err(DecodeError::FixedBytesTooLong { field: "name", len: 6, capacity: 5, .. })
    ));
}

#[test]
fn fixed_bytes_with_something_behind_their_length_are_refused() {
    for at in 18..23 {
        let mut bytes = NOTE;
        bytes[at] = 1;
        let expected = DecodeError::FixedBytesPadding { name: "Note", field: "name" };
        assert_eq!(Note::decode(&bytes), Err(expected), "{at}");
    }
    for at in 32..35 {
        let mut bytes = encoded(&fixed());
        bytes[at] = 1;
        let error = Fixed::decode(&bytes).unwrap_err();
        let text = "Fixed.name has bytes behind its stated length: pad it with zeros";
        assert_eq!(error.to_string(), text, "{at}");
    }
    let mut bytes = encoded(&fixed());
    bytes[28] = 5;
    let full = Fixed::decode(&bytes).unwrap();
    assert_eq!(full.name.as_slice(), b"ab\0\0\0");
}

#[test]
fn a_buffer_that_is_too_small_is_refused_before_it_is_written() {
    for (payload_len, result) in
        [(27, note().encode(&mut [0; 26])), (52, fixed().encode(&mut [0; 51]))]
    {
        let Err(EncodeError::NoRoom { needed, room, .. }) = result else {
            panic!("{result:?}");
        };
        assert_eq!((needed, room), (payload_len, payload_len - 1));
    }
    assert_eq!(note().encode(&mut [0; 100]), Ok(27));
}

#[test]
fn variable_bytes_end_where_their_length_does() {
    let text = vec![7; 65536];
    let mut out = vec![0; 70_000];
    let longest = Note { text: &text[1..], ..note() };
    let len = longest.encode(&mut out).unwrap();
    assert_eq!(Note::decode(&out[..len]), Ok(longest));
    let error = Note { text: &text, ..note() }.encode(&mut out).unwrap_err();
    let text = "Note.text has 65536 bytes, but variable bytes end at 65535";
    assert_eq!(error.to_string(), text);
}

#[test]
fn an_event_longer_than_it_declares_is_refused() {
    let text = [b'.'; 31];
    let fits = Noted { text: &text[1..], id: 1 };
    assert_eq!(fits.with_encoded(<[u8]>::len), Ok(40));
    let error = Noted { text: &text, id: 1 }.with_encoded(<[u8]>::len).unwrap_err();
    let text = "Noted takes 41 bytes, but there is room for 40 (an event's room is its max_len)";
    assert_eq!(error.to_string(), text);
}

#[test]
fn an_event_without_variable_bytes_has_an_exact_buffer() {
    assert_eq!(Changed::MAX_LEN, 16);
    let changed = Changed { id: 3, to: -1 };
    let bytes = changed.with_encoded(<[u8]>::to_vec).unwrap();
    assert_eq!(bytes, encoded(&changed));
    assert_eq!(Changed::decode(&bytes), Ok(changed));
    assert_eq!(FixedBytes::<0>::EMPTY.len(), 0);
}

/// As long as an event can be.
#[derive(Debug, PartialEq, Event)]
#[event(kind = 9, max_len = 65536)]
struct Longest<'a> {
    text: &'a [u8],
}

/// As long as a record can be.
#[derive(Debug, PartialEq, Record)]
#[record(kind = 9, len = 65536)]
struct Largest {
    content: FixedBytes<65518>,
}

#[test]
fn the_longest_event_and_the_largest_record_fit_on_the_stack_of_a_test() {
    let text = [b'.'; 65534];
    assert_eq!(Longest { text: &text }.with_encoded(<[u8]>::len), Ok(65536));
    let error = Longest { text: &[b'.'; 65535] }.with_encoded(<[u8]>::len).unwrap_err();
    assert!(error.to_string().starts_with("Longest takes 65537 bytes"), "{error}");
    let largest = Largest { content: FixedBytes::new(&text[..65518]).unwrap() };
    assert_eq!(Largest::decode(&largest.to_bytes()), Ok(largest));
}
