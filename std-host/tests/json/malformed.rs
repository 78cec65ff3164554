//! Bytes from a plugin that do not fit its schema are shown, and never read past their end.

use statevec_abi::abi::RecordKey;
use statevec_host::json::{DecodeError, JsonWriter};

use crate::schema::schema;

fn event(kind: u8, payload: &[u8]) -> String {
    let mut out = String::new();
    JsonWriter::new(&schema()).event(kind, payload, &mut out);
    out
}

fn record(key: RecordKey, data: &[u8]) -> String {
    let mut out = String::new();
    JsonWriter::new(&schema()).record(key, data, &mut out);
    out
}

#[test]
fn an_event_that_fits_is_written_with_its_fields() {
    let payload = [1, 2, 2, 0, b'h', b'i', 1, 0, b'x', 0, 0, 0];
    assert_eq!(
        event(3, &payload),
        r#"{"event":"Short","payload":{"id":513,"note":"hi","label":"x"}}"#
    );
}

#[test]
fn events_that_do_not_fit_are_shown_as_bytes_with_the_reason() {
    for (payload, hex, reason) in [
        (&[][..], "", r#"Short: 0 bytes end before field \"id\" does"#),
        (&[1], "01", r#"Short: 1 byte ends before field \"id\" does"#),
        (&[1, 0, 3, 0, 7], "0100030007", r#"Short: 5 bytes end before field \"note\" does"#),
        (
            &[1, 0, 0, 0, 5, 0, 1, 2, 3, 4],
            "01000000050001020304",
            r#"Short: field \"label\" states 5 bytes, at most 4 fit"#,
        ),
        (
            &[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9],
            "0100000000000000000009",
            "Short: expected 10 bytes, found 11",
        ),
    ] {
        let expected =
            format!(r#"{{"event":"Short","malformed":{{"hex":"{hex}","reason":"{reason}"}}}}"#);
        assert_eq!(event(3, payload), expected);
    }
    assert_eq!(
        event(200, &[5]),
        r#"{"event":200,"malformed":{"hex":"05","reason":"the schema has no event of kind 200"}}"#
    );
}

#[test]
fn a_record_is_read_at_its_offsets_and_only_at_its_size() {
    let mut data = vec![0xee; 64];
    data[..9].copy_from_slice(&[5, 0, 0, 0, 0, 0, 0, 0, 0xff]);
    data[16..32].copy_from_slice(&u128::MAX.to_le_bytes());
    data[32..39].copy_from_slice(&[3, 1, 0, b'a', b'z', b'z', b'z']);
    let key = RecordKey { kind: 1, sys_id: u64::MAX };
    assert_eq!(
        record(key, &data),
        concat!(
            r#"{"record":"Every","sys_id":18446744073709551615,"data":{"id":5,"on":true,"#,
            r#""wide":"340282366920938463463374607431768211455","side":3,"label":"a"}}"#
        )
    );
    for len in [0, 63, 65] {
        let mut data = data.clone();
        data.resize(len, 0);
        let mut out = "before".to_owned();
        let error = JsonWriter::new(&schema()).record_fields(1, &data, &mut out).unwrap_err();
        assert_eq!(error, DecodeError::Length { name: "Every".to_owned(), expected: 64, len });
        assert_eq!(out, "before", "refused bytes leave no text behind");
        let line = record(key, &data);
        assert!(line.contains(r#""malformed":{"hex":""#), "{line}");
    }
}
