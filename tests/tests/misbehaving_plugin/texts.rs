//! Names and schemas that are no texts, or wrong texts. A wrong length cannot be detected, except
//! above the limits, where the bytes are not read.

use std::ptr;

use statevec_abi::{abi::RuntimeBytesRef, boundary::limits};
use statevec_host::{Engine, LoadError};

use crate::{
    library::{open, open_saying, refusal},
    run::assert_goes_on,
};

mod name {
    use super::*;

    #[test]
    fn null_with_a_length() {
        assert_refused(NULL, "bytes pointer is null but len is non-zero");
    }

    #[test]
    fn one_byte_above_the_limit() {
        let name = "n".repeat(limits::PLUGIN_NAME + 1);
        assert_refused(of(name.as_bytes()), "1025 bytes are more than the limit of 1024");
    }

    #[test]
    fn length_of_isize_max_and_one() {
        let len = isize::MAX as usize + 1;
        assert_refused(unseen(len), &format!("{len} bytes are more than the limit of 1024"));
    }

    #[test]
    fn length_of_usize_max() {
        let len = usize::MAX;
        assert_refused(unseen(len), &format!("{len} bytes are more than the limit of 1024"));
    }

    #[test]
    fn bytes_that_are_not_utf8() {
        let text = "it is not UTF-8: invalid utf-8 sequence of 1 bytes from index 2";
        assert_refused(of(b"ab\xFF"), text);
    }

    #[test]
    fn empty() {
        assert_refused(of(b""), "it is empty");
    }

    #[test]
    fn empty_and_null() {
        assert_refused(RuntimeBytesRef::empty(), "it is empty");
    }

    #[test]
    fn as_long_as_the_limit_is_taken() {
        let name = "n".repeat(limits::PLUGIN_NAME);
        assert_eq!(open_saying("raw", "name", of(name.as_bytes())).unwrap().name(), name);
    }

    #[test]
    fn changed_after_it_was_checked() {
        let plugin = open("raw");
        open_saying("raw", "name", NULL).unwrap_err();
        assert_eq!(plugin.name(), "misbehaving");
        assert_goes_on(&mut Engine::create(&plugin, "").unwrap());
    }

    #[track_caller]
    fn assert_refused(name: RuntimeBytesRef, expected: &str) {
        let (error, text) = refusal("raw", "name", name);
        assert!(matches!(error, LoadError::Name { .. }), "{error:?}");
        assert_eq!(text, format!("LIBRARY: the plugin's name cannot be used: {expected}"));
    }
}

mod schema {
    use super::*;

    #[test]
    fn null_with_a_length() {
        assert_no_text(NULL, "bytes pointer is null but len is non-zero");
    }

    #[test]
    fn one_byte_above_the_limit() {
        let expected = "16777217 bytes are more than the limit of 16777216";
        assert_no_text(of(&vec![b' '; limits::SCHEMA + 1]), expected);
    }

    #[test]
    fn length_of_usize_max() {
        let len = usize::MAX;
        assert_no_text(unseen(len), &format!("{len} bytes are more than the limit of 16777216"));
    }

    #[test]
    fn bytes_that_are_not_utf8() {
        let text = "it is not UTF-8: incomplete utf-8 byte sequence from index 2";
        assert_no_text(of(b"{}\xE2\x82"), text);
    }

    #[test]
    fn empty() {
        let text = "it is empty: the plugin's schema function panics, or the plugin was linked with \
                    `schema_json = none`, which is for firmware; leave that option out";
        assert_no_text(of(b""), text);
    }

    #[test]
    fn text_that_is_not_json() {
        assert_no_schema(of(b"records: none"), "line 1, column 1: expected value");
    }

    #[test]
    fn json_that_is_no_object() {
        assert_no_schema(of(b"7"), "line 1, column 1: invalid type: integer `7`");
    }

    #[test]
    fn json_that_ends_too_soon() {
        let json = open("raw").schema_json().to_owned();
        let half = json.get(..json.len() / 2).unwrap();
        assert_no_schema(of(half.as_bytes()), "EOF while parsing");
    }

    #[test]
    fn json_with_something_behind_it() {
        let json = open("raw").schema_json().to_owned() + "{}";
        assert_no_schema(of(json.as_bytes()), "trailing characters");
    }

    #[test]
    fn zero_byte_at_the_end() {
        let json = open("raw").schema_json().to_owned() + "\0";
        assert_no_schema(of(json.as_bytes()), "trailing characters");
    }

    #[test]
    fn enormous_text_that_is_not_json() {
        let (_, text) = assert_no_schema(of(&vec![b'x'; limits::SCHEMA]), "expected value");
        assert!(text.len() < 512, "an error that grows with its cause");
    }

    #[test]
    fn as_long_as_the_limit_is_taken() {
        let mut json = open("raw").schema_json().to_owned();
        json.push_str(&" ".repeat(limits::SCHEMA - json.len()));
        let plugin = open_saying("raw", "schema", of(json.as_bytes())).unwrap();
        assert_eq!(plugin.schema_json().len(), limits::SCHEMA);
        assert_eq!(plugin.schema().to_idl_json(), json.trim_end().to_owned() + "\n");
    }

    #[test]
    fn changed_after_it_was_checked() {
        let plugin = open("raw");
        let mut engine = Engine::create(&plugin, "").unwrap();
        open_saying("raw", "schema", of(b"{}")).unwrap_err();
        assert_goes_on(&mut engine);
        assert_goes_on(&mut Engine::create(&plugin, "").unwrap());
    }

    #[track_caller]
    fn assert_no_text(schema: RuntimeBytesRef, expected: &str) {
        let (error, text) = refusal("raw", "schema", schema);
        assert!(matches!(error, LoadError::SchemaText { .. }), "{error:?}");
        assert_eq!(text, format!("LIBRARY: the plugin's schema cannot be read: {expected}"));
    }

    #[track_caller]
    fn assert_no_schema(schema: RuntimeBytesRef, expected: &str) -> (LoadError, String) {
        let (error, text) = refusal("raw", "schema", schema);
        assert!(matches!(error, LoadError::Schema { .. }), "{error:?}");
        assert!(text.starts_with("LIBRARY: the plugin's schema is not valid: "), "{text}");
        assert!(text.contains(expected), "{text}");
        (error, text)
    }
}

const NULL: RuntimeBytesRef = RuntimeBytesRef { ptr: ptr::null(), len: 4 };

fn of(bytes: &[u8]) -> RuntimeBytesRef {
    RuntimeBytesRef::from_slice(bytes)
}

/// A length above the limits, without any bytes: the host must not read them.
fn unseen(len: usize) -> RuntimeBytesRef {
    RuntimeBytesRef { ptr: ptr::dangling(), len }
}
