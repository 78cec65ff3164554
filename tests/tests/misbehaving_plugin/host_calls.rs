//! Host calls with one argument wrong.

use statevec_abi::boundary::limits;

use crate::run::{ACCOUNT, assert_goes_on, commit_wrong, engine, reported};

/// One test for each call, with its wrong argument and the host's error. The command must commit,
/// and the call must have no effect.
macro_rules! answers {
    ($($name:ident: $call:literal => $expected:expr;)*) => {$(
        #[test]
        fn $name() {
            assert_eq!(reported("raw", concat!("host call: ", $call)), $expected);
        }
    )*};
}

const NULL_BYTES: &str = "1 bytes pointer is null but len is non-zero";
const NULL_CONTEXT: &str = "1 host context is null";

/// The answer for a kind that the schema lacks: a failure and not a rejection.
fn unlisted(what: &str, kind: u8, with: &str) -> String {
    let pk = if with.is_empty() { "" } else { ", with pk(…)" };
    format!(
        "1001 the schema has no {what} kind {kind}{with}: \
         add the {what} to {what}s: […] of schema!{pk}"
    )
}

mod kinds {
    use super::*;

    answers! {
        read_by_id_of_a_reserved_kind: "read_by_id with kind 0" => unlisted("record", 0, "");
        read_by_id_of_an_unknown_kind: "read_by_id with kind 99" => unlisted("record", 99, "");
        read_by_pk_of_an_unknown_kind: "read_by_pk with kind 255" => unlisted("record", 255, " with a primary key");
        read_by_pk_of_a_kind_without_a_key: "read_by_pk with kind 2" => unlisted("record", 2, " with a primary key");
        for_each_of_an_unknown_kind: "for_each with kind 99" => unlisted("record", 99, "");
        create_of_a_reserved_kind: "create with kind 0" => unlisted("record", 0, "");
        create_of_an_unknown_kind: "create with kind 99" => unlisted("record", 99, "");
        update_of_an_unknown_kind: "update with kind 99" => unlisted("record", 99, " with a primary key");
        update_of_a_kind_without_a_key: "update with kind 2" => unlisted("record", 2, " with a primary key");
        delete_of_an_unknown_kind: "delete with kind 99" => unlisted("record", 99, " with a primary key");
        delete_of_a_kind_without_a_key: "delete with kind 2" => unlisted("record", 2, " with a primary key");
        emit_of_an_unknown_kind: "emit with kind 99" => unlisted("event", 99, "");
    }
}

mod pointers {
    use super::*;

    answers! {
        read_by_id_with_null_visitor: "read_by_id with null visitor" => "1 visitor is null";
        read_by_pk_with_null_visitor: "read_by_pk with null visitor" => "1 visitor is null";
        for_each_with_null_visitor: "for_each with null visitor" => "1 visitor is null";
        create_with_null_visitor: "create with null visitor" => "1 init is null";
        update_with_null_visitor: "update with null visitor" => "1 update is null";

        read_by_id_with_null_out_parameter: "read_by_id with null out parameter" => "1 out_found is null";
        read_by_pk_with_null_out_parameter: "read_by_pk with null out parameter" => "1 out_found is null";
        create_with_null_out_parameter: "create with null out parameter" => "1 out_key is null";
        update_with_null_out_parameter: "update with null out parameter" => "1 out_found is null";
        delete_with_null_out_parameter: "delete with null out parameter" => "1 out_deleted is null";

        read_by_id_with_null_context: "read_by_id with null context" => NULL_CONTEXT;
        read_by_pk_with_null_context: "read_by_pk with null context" => NULL_CONTEXT;
        for_each_with_null_context: "for_each with null context" => NULL_CONTEXT;
        create_with_null_context: "create with null context" => NULL_CONTEXT;
        update_with_null_context: "update with null context" => NULL_CONTEXT;
        delete_with_null_context: "delete with null context" => NULL_CONTEXT;
        emit_with_null_context: "emit with null context" => NULL_CONTEXT;
        log_with_null_context: "log with null context" => NULL_CONTEXT;

        read_by_pk_with_null_key: "read_by_pk with null bytes" => NULL_BYTES;
        update_with_null_key: "update with null bytes" => NULL_BYTES;
        delete_with_null_key: "delete with null bytes" => NULL_BYTES;
        emit_with_null_payload: "emit with null bytes" => NULL_BYTES;
        log_with_null_text: "log with null bytes" => NULL_BYTES;

        read_by_id_that_fails_with_null_out_error: "read_by_id with kind 99 and null out_error" => "failed";
        read_by_pk_that_fails_with_null_out_error: "read_by_pk with kind 99 and null out_error" => "failed";
        for_each_that_fails_with_null_out_error: "for_each with kind 99 and null out_error" => "failed";
        create_that_fails_with_null_out_error: "create with kind 99 and null out_error" => "failed";
        update_that_fails_with_null_out_error: "update with kind 99 and null out_error" => "failed";
        delete_that_fails_with_null_out_error: "delete with kind 99 and null out_error" => "failed";
        emit_that_fails_with_null_out_error: "emit with kind 99 and null out_error" => "failed";

        read_by_id_with_misaligned_out_parameters: "read_by_id with misaligned out parameters" => "ok";
        read_by_pk_with_misaligned_out_parameters: "read_by_pk with misaligned out parameters" => "ok";
        update_with_misaligned_out_parameters: "update with misaligned out parameters" => "ok";
    }

    #[test]
    fn create_with_misaligned_out_parameters() {
        assert_takes_effect("create with misaligned out parameters", &[1, 2]);
    }

    #[test]
    fn delete_with_misaligned_out_parameters() {
        assert_takes_effect("delete with misaligned out parameters", &[]);
    }
}

mod texts {
    use super::*;

    answers! {
        log_with_bytes_that_are_not_utf8: "log with bytes that are not UTF-8" => "ok";
        emit_with_bytes_that_are_not_utf8: "emit with bytes that are not UTF-8" => "ok";
        read_by_pk_with_bytes_that_are_not_utf8: "read_by_pk with bytes that are not UTF-8" => "ok";
    }
}

mod lengths {
    use super::*;

    answers! {
        read_by_pk_with_a_key_one_short: "read_by_pk with len 7" => key(7);
        read_by_pk_with_a_key_one_long: "read_by_pk with len 9" => key(9);
        read_by_pk_with_an_empty_key: "read_by_pk with len 0" => key(0);
        read_by_pk_with_a_key_of_usize_max: "read_by_pk with len usize::MAX" => key(usize::MAX);
        update_with_a_key_one_short: "update with len 7" => key(7);
        update_with_a_key_one_long: "update with len 9" => key(9);
        update_with_a_key_of_usize_max: "update with len usize::MAX" => key(usize::MAX);
        delete_with_a_key_one_short: "delete with len 7" => key(7);
        delete_with_a_key_one_long: "delete with len 9" => key(9);
        delete_with_a_key_of_usize_max: "delete with len usize::MAX" => key(usize::MAX);
        emit_with_a_payload_one_above_the_limit: "emit with len 16777217" => above(limits::EVENT_PAYLOAD + 1, limits::EVENT_PAYLOAD);
        emit_with_a_payload_of_usize_max: "emit with len usize::MAX" => above(usize::MAX, limits::EVENT_PAYLOAD);
        emit_with_a_payload_at_the_limit: "emit with len 16777216" => "ok";
        log_with_a_text_one_above_the_limit: "log with len 65537" => above(limits::LOG_MESSAGE + 1, limits::LOG_MESSAGE);
        log_with_a_text_of_usize_max: "log with len usize::MAX" => above(usize::MAX, limits::LOG_MESSAGE);
        log_with_a_text_at_the_limit: "log with len 65536" => "ok";
    }

    fn key(len: usize) -> String {
        format!("4001 primary key of {len} bytes for record kind 1; its key has 8")
    }

    fn above(len: usize, limit: usize) -> String {
        format!("1 {len} bytes are more than the limit of {limit}")
    }
}

/// Without these, the others could pass because the plugin's calls are wrong in some other way.
mod nothing_wrong {
    use super::*;

    answers! {
        read_by_id: "read_by_id with nothing wrong" => "ok";
        read_by_pk: "read_by_pk with nothing wrong" => "ok";
        for_each: "for_each with nothing wrong" => "ok";
        update: "update with nothing wrong" => "ok";
        emit: "emit with nothing wrong" => "ok";
        log: "log with nothing wrong" => "ok";
    }

    #[test]
    fn create() {
        assert_takes_effect("create with nothing wrong", &[1, 2]);
    }

    #[test]
    fn delete() {
        assert_takes_effect("delete with nothing wrong", &[]);
    }
}

/// Checks that the call succeeds, and that there are these accounts afterwards.
#[track_caller]
fn assert_takes_effect(call: &str, numbers: &[u64]) {
    let mut engine = engine("raw", &format!("host call: {call}"));
    assert_eq!(commit_wrong(&mut engine), "ok");
    let found: Vec<_> = engine.store().records(ACCOUNT).map(|record| record.sys_id).collect();
    assert_eq!(found, numbers);
    assert_goes_on(&mut engine);
}
