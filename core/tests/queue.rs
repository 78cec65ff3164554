//! Queue records, against the bytes that the published codec gives (ABI.md section 6).
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use proptest::{collection::vec, prelude::*};
use statevec_abi::queue::{
    COMMITTED_RESULT_RECORD_LEN, CommittedResultRecord, CommittedStatus, QueueCodecError,
    RejectedErrorCode, SubmitRequest,
};

#[test]
fn submit_request_has_the_published_bytes() {
    let request = SubmitRequest { command_kind: 9, payload: b"abc" };
    let mut out = [0xEE; 12];
    assert_eq!(request.encode(&mut out), Ok(9));
    assert_eq!(out, *b"\x01\x09\x03\0\0\0abc\xEE\xEE\xEE");
    assert_eq!(SubmitRequest::decode(&out[..9]), Ok(request));
    assert_eq!(
        SubmitRequest::decode(b"\x01\0\0\0\0\0"),
        Ok(SubmitRequest { command_kind: 0, payload: b"" })
    );
}

#[test]
fn submit_request_that_is_cut_off() {
    let bytes = b"\x01\x09\x03\0\0\0abc";
    for actual in 0..bytes.len() {
        let expected = if actual < 6 { 6 } else { 9 };
        let error = QueueCodecError::Truncated { expected, actual };
        assert_eq!(SubmitRequest::decode(&bytes[..actual]), Err(error));
    }
}

#[test]
fn submit_request_with_a_length_that_no_memory_holds() {
    let error = SubmitRequest::decode(b"\x01\x09\xFF\xFF\xFF\xFFabc").unwrap_err();
    assert!(matches!(error, QueueCodecError::Truncated { actual: 9, .. }), "{error}");
}

#[test]
fn submit_request_followed_by_something() {
    let error = SubmitRequest::decode(b"\x01\x09\x03\0\0\0abcd").unwrap_err();
    assert_eq!(error, QueueCodecError::TrailingBytes { expected: 9, actual: 10 });
    assert_eq!(error.to_string(), "queue record ends after 9 bytes, but there are 10");
}

#[test]
fn submit_request_of_another_version() {
    let error = SubmitRequest::decode(b"\x02\x09\x03\0\0\0abc").unwrap_err();
    assert_eq!(error, QueueCodecError::UnsupportedVersion { expected: 1, found: 2 });
}

#[test]
fn submit_request_without_room() {
    let mut out = [0xEE; 8];
    let error = SubmitRequest { command_kind: 9, payload: b"abc" }.encode(&mut out).unwrap_err();
    assert_eq!(error, QueueCodecError::NoRoom { needed: 9, room: 8 });
    assert_eq!(out, [0xEE; 8]);
}

const COMMITTED: CommittedResultRecord = CommittedResultRecord {
    ext_seq: 0x0807_0605_0403_0201,
    status: CommittedStatus::Committed { tx_seq: 0x1817_1615_1413_1211 },
};

const COMMITTED_BYTES: [u8; COMMITTED_RESULT_RECORD_LEN] =
    *b"\x02\x01\x02\x03\x04\x05\x06\x07\x08\x01\x11\x12\x13\x14\x15\x16\x17\x18";

#[test]
fn committed_result_has_the_published_bytes() {
    assert_eq!(COMMITTED.to_bytes(), COMMITTED_BYTES);
    assert_eq!(CommittedResultRecord::decode(&COMMITTED_BYTES), Ok(COMMITTED));
    for (error_code, number) in
        [(RejectedErrorCode::CommandRejected, 1), (RejectedErrorCode::RuntimePanic, 103)]
    {
        let record =
            CommittedResultRecord { ext_seq: 5, status: CommittedStatus::Rejected { error_code } };
        let mut bytes = [0; 18];
        (bytes[0], bytes[1], bytes[9], bytes[10]) = (2, 5, 2, number);
        assert_eq!(record.to_bytes(), bytes);
        assert_eq!(CommittedResultRecord::decode(&bytes), Ok(record));
    }
}

#[test]
fn committed_result_of_another_length_or_version() {
    let error = |bytes: &[u8]| CommittedResultRecord::decode(bytes).unwrap_err();
    for actual in 0..18 {
        let truncated = QueueCodecError::Truncated { expected: 18, actual };
        assert_eq!(error(&COMMITTED_BYTES[..actual]), truncated);
    }
    let long = [&COMMITTED_BYTES[..], &[0]].concat();
    assert_eq!(error(&long), QueueCodecError::TrailingBytes { expected: 18, actual: 19 });
    let found = 1;
    assert_eq!(error(&[found; 18]), QueueCodecError::UnsupportedVersion { expected: 2, found });
}

#[test]
fn committed_result_with_an_outcome_that_means_nothing() {
    let mut bytes = COMMITTED_BYTES;
    bytes[9] = 3;
    let error = QueueCodecError::InvalidFieldValue { field: "status_tag", value: 3 };
    assert_eq!(CommittedResultRecord::decode(&bytes), Err(error));
    for value in [0, 2, 102, 1 << 16, (1 << 16) + 1, u64::MAX] {
        bytes[9] = 2;
        bytes[10..].copy_from_slice(&u64::to_le_bytes(value));
        let error = QueueCodecError::InvalidFieldValue { field: "error_code", value };
        assert_eq!(CommittedResultRecord::decode(&bytes), Err(error));
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_decode_to_what_encodes_to_them_or_not_at_all(bytes in vec(any::<u8>(), 0..40), version in 0..3_u8) {
        let mut bytes = bytes;
        if let [first, _, len, ..] = &mut *bytes {
            // Random bytes are rarely a record, so version and length are set.
            (*first, *len) = (version, *len % 32);
        }
        if let Ok(request) = SubmitRequest::decode(&bytes) {
            let mut out = vec![0; request.encoded_len()];
            prop_assert_eq!(request.encode(&mut out), Ok(bytes.len()));
            prop_assert_eq!(&out, &bytes);
        }
        if let Ok(record) = CommittedResultRecord::decode(&bytes) {
            prop_assert_eq!(&record.to_bytes()[..], &bytes);
        }
    }
}
