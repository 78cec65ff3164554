//! Bytes from a plugin that do not fit its schema are shown, and never read past their end.

use statevec_abi::abi::RecordKey;
use statevec_host::json::{DecodeError, EventJson, Fields, RecordJson};

use crate::schema::schema;

#[test]
fn an_event_that_fits_is_written_with_its_fields() {
    let schema = schema();
    let payload = [1, 2, 2, 0, b'h', b'i', 1, 0, b'x', 0, 0, 0];
    let event = EventJson { schema: &schema, kind: 3, payload: &payload };
    assert_eq!(
        event.to_string(),
        r#"{"event":"Short","payload":{"id":513,"note":"hi","label":"x"}}"#
    );
}

#[test]
fn events_that_do_not_fit_are_shown_as_bytes_with_the_reason() {
    let schema = schema();
    for (payload, hex, reason) in [
        (&[][..], "", r#"Short: 0 bytes end before field \"id\" does"#),
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
        let event = EventJson { schema: &schema, kind: 3, payload };
        let expected =
            format!(r#"{{"event":"Short","malformed":{{"hex":"{hex}","reason":"{reason}"}}}}"#);
        assert_eq!(event.to_string(), expected);
    }
    let unknown = EventJson { schema: &schema, kind: 200, payload: &[5] };
    assert_eq!(
        unknown.to_string(),
        r#"{"event":200,"malformed":{"hex":"05","reason":"the schema has no event of kind 200"}}"#
    );
}

#[test]
fn a_record_is_read_at_its_offsets_and_only_at_its_size() {
    let schema = schema();
    let mut data = vec![0xee; 64];
    data[..9].copy_from_slice(&[5, 0, 0, 0, 0, 0, 0, 0, 0xff]);
    data[16..32].copy_from_slice(&u128::MAX.to_le_bytes());
    data[32..39].copy_from_slice(&[3, 1, 0, b'a', b'z', b'z', b'z']);
    let key = RecordKey { kind: 1, sys_id: u64::MAX };
    let record = RecordJson { schema: &schema, key, data: &data };
    assert_eq!(
        record.to_string(),
        concat!(
            r#"{"record":"Every","sys_id":18446744073709551615,"data":{"id":5,"on":true,"#,
            r#""wide":"340282366920938463463374607431768211455","side":3,"label":"a"}}"#
        )
    );
    for len in [0, 63, 65] {
        let mut data = data.clone();
        data.resize(len, 0);
        let error = Fields::of_record(&schema, 1, &data).unwrap_err();
        assert_eq!(error, DecodeError::Length { name: "Every".to_owned(), expected: 64, len });
        let line = RecordJson { schema: &schema, key, data: &data }.to_string();
        assert!(line.contains(r#""malformed":{"hex":""#), "{line}");
    }
}
