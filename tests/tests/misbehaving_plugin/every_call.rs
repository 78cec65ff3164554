//! Every host call from a place where not every one is legal. A refused call has no effect, even
//! when the command commits.

use statevec_abi::abi::RuntimeErrorPhase as Phase;
use statevec_host::{EngineError, PluginFailure};

use crate::run::{assert_goes_on, commit_wrong, engine, reported};

const LEGAL: &str = "read_by_id read_by_pk for_each create update delete emit log: ok";
const READ_ONLY: &str = "read_by_id read_by_pk for_each: ok\n\
    create update delete emit log: 4001 write refused: inside a read or key visitor, and while invariants are validated, the state is read-only";
const LENT: &str = "read_by_id read_by_pk for_each create update delete emit log: \
    4001 host call refused: inside a create or update visitor no host call is legal";
const CLOSED: &str = "read_by_id read_by_pk for_each create update delete emit log: \
    1 host context used after the call that it was lent to has returned";
const ANOTHER_THREAD: &str = "read_by_id read_by_pk for_each create update delete emit log: \
    1 host context used by another thread than the one that it was lent to";

/// Without this, the other tests could pass because the plugin's calls are wrong in some other way.
#[test]
fn from_run_tx_every_call_is_legal() {
    let mut engine = engine("raw", "every call: run_tx");
    assert_eq!(commit_wrong(&mut engine), LEGAL);
    let numbers: Vec<_> = engine.store().records(1).map(|record| record.sys_id).collect();
    assert_eq!(numbers, [2], "it has created a record and deleted the first");
}

#[test]
fn from_a_read_by_id_visitor_writes_are_refused() {
    assert_eq!(reported("raw", "every call: read_by_id visitor"), READ_ONLY);
}

#[test]
fn from_a_read_by_pk_visitor_writes_are_refused() {
    assert_eq!(reported("raw", "every call: read_by_pk visitor"), READ_ONLY);
}

#[test]
fn from_a_for_each_visitor_writes_are_refused() {
    assert_eq!(reported("raw", "every call: for_each visitor"), READ_ONLY);
}

#[test]
fn from_a_create_visitor_everything_is_refused() {
    assert_eq!(reported("raw", "every call: create visitor"), LENT);
}

#[test]
fn from_an_update_visitor_everything_is_refused() {
    assert_eq!(reported("raw", "every call: update visitor"), LENT);
}

#[test]
fn from_another_thread_everything_is_refused() {
    assert_eq!(reported("raw", "every call: another thread"), ANOTHER_THREAD);
}

#[test]
fn from_another_thread_while_this_one_reads_everything_is_refused() {
    assert_eq!(reported("raw", "every call: another thread, all the while"), ANOTHER_THREAD);
}

#[test]
fn through_the_context_of_another_instance_everything_is_refused() {
    let mut another = engine("raw", "");
    commit_wrong(&mut another);
    let before = another.store().image();
    let config = "every call: run_tx, with the context of another instance";
    assert_eq!(reported("raw", config), CLOSED);
    assert_eq!(another.store().image(), before);
    assert_goes_on(&mut another);
}

/// An instance's context is the same for every command, so that an old one cannot be told from the
/// running one's: its calls count as the running command's.
#[test]
fn through_the_context_of_an_earlier_command_every_call_is_the_running_ones() {
    let mut engine = engine("raw", "every call: run_tx, with the context of an earlier command");
    assert_eq!(commit_wrong(&mut engine), "none was kept");
    assert_eq!(commit_wrong(&mut engine), LEGAL);
    let numbers: Vec<_> = engine.store().records(1).map(|record| record.sys_id).collect();
    assert_eq!(numbers, [2]);
}

#[test]
fn after_run_tx_has_returned_everything_is_refused() {
    assert_eq!(unloaded("every call: on_unload, with the context of run_tx"), CLOSED);
}

#[test]
fn from_another_thread_after_run_tx_has_returned_everything_is_refused() {
    assert_eq!(unloaded("every call: another thread after run_tx"), CLOSED);
}

/// The report of `on_unload`.
fn unloaded(config: &str) -> String {
    let mut engine = engine("raw", config);
    commit_wrong(&mut engine);
    match engine.unload().map_err(EngineError::from) {
        Err(EngineError::Unload { source, .. }) => {
            assert_eq!((source.phase, source.kind.0), (Phase::Unload, 2001));
            source.message
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn from_validate_there_is_no_function_to_write_with() {
    let expected = "read_by_id read_by_pk for_each: ok\ncreate update delete emit log: null entry";
    assert_eq!(validated("every call: validate_biz_invariants"), expected);
}

#[test]
fn from_validate_writes_through_the_context_of_run_tx_are_refused() {
    let config = "every call: validate_biz_invariants, with the context of run_tx";
    assert_eq!(validated(config), READ_ONLY);
}

/// The report of `validate_biz_invariants`.
fn validated(config: &str) -> String {
    let mut engine = engine("raw", config);
    commit_wrong(&mut engine);
    let before = engine.store().image();
    let failure = PluginFailure::from(engine.validate().unwrap_err());
    assert_eq!((failure.phase, failure.kind.0), (Phase::ValidateBizInvariants, 2001));
    assert_eq!(engine.store().image(), before);
    assert_goes_on(&mut engine);
    failure.message
}
