//! Records that were written are read again.

use fastrand::Rng;
use statevec_abi::abi::RecordKey;
use statevec_host::json::{JsonWriter, StateLine, longest_state_line, parse_state_line};

use crate::schema::schema;

#[test]
fn records_with_any_bytes_read_back_to_what_is_written_alike() {
    let schema = schema();
    let writer = JsonWriter::new(&schema);
    let mut random = Rng::with_seed(1);
    let (mut seen, mut malformed) = (0, 0);
    for def in schema.record_defs() {
        for round in 0..2_000 {
            let mut bytes = vec![0; def.data_size as usize];
            // Mostly small bytes: they are lengths that fit.
            bytes.fill_with(|| random.u8(..if round % 2 == 0 { 4 } else { 255 }));
            let key = RecordKey { kind: def.kind, sys_id: random.u64(..) };
            let mut line = String::new();
            writer.record(key, &bytes, &mut line);
            assert!(line.len() <= longest_state_line(&schema));
            let mut data = vec![9; 3];
            let parsed = parse_state_line(&schema, line.as_bytes(), &mut data).unwrap();
            assert_eq!(parsed, StateLine::Record(key), "{line}");
            if line.contains("\"malformed\"") {
                assert_eq!(data, bytes, "{line}");
                malformed += 1;
            }
            let mut again = String::new();
            writer.record(key, &data, &mut again);
            assert_eq!(again, line);
            seen += 1;
        }
    }
    assert!(malformed > 100 && malformed < seen, "{malformed} of {seen}");
}

#[test]
fn next_numbers_read_back() {
    let schema = schema();
    let def = schema.record_defs().next().unwrap();
    let mut line = String::new();
    JsonWriter::new(&schema).next_sys_id(def.kind, u64::MAX, &mut line);
    assert_eq!(line, format!(r#"{{"record":"{}","next_sys_id":18446744073709551615}}"#, def.name));
    let parsed = parse_state_line(&schema, line.as_bytes(), &mut Vec::new()).unwrap();
    assert_eq!(parsed, StateLine::NextSysId { kind: def.kind, next_sys_id: u64::MAX });
}
