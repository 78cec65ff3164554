//! `validate_biz_invariants` and `on_unload`.

use std::ptr;

use statevec_abi::abi::RuntimeErrorPhase;

use crate::{
    call::Runtime,
    host::{EMPTY, FAILING},
    plugin::{ACCEPT, DROPPED},
};

const VALIDATE: RuntimeErrorPhase = RuntimeErrorPhase::ValidateBizInvariants;
const UNLOAD: RuntimeErrorPhase = RuntimeErrorPhase::Unload;

#[test]
fn invariants_that_hold_and_one_that_does_not() {
    Runtime::of("").validate(&raw const EMPTY).assert_succeeded();
    let broken = Runtime::of("validate:Σ is not 0");
    broken.validate(&raw const EMPTY).assert_failed(VALIDATE, 2001, "Σ is not 0");
    broken.run(ACCEPT, b"").assert_succeeded();
}

#[test]
fn a_long_invariant_is_cut_between_chars() {
    let broken = Runtime::of(&format!("validate:{}", "ß€".repeat(200)));
    // 102 pairs of 5 bytes, and the 2 bytes of another ß.
    let cut = "ß€".repeat(102) + "ß";
    broken.validate(&raw const EMPTY).assert_failed(VALIDATE, 2001, &cut);
}

#[test]
fn no_instance() {
    let text = "runtime handle is null";
    Runtime::NULL.validate(&raw const EMPTY).assert_failed(VALIDATE, 1, text);
    Runtime::NULL.unload().assert_failed(UNLOAD, 1, text);
}

#[test]
fn a_host_that_cannot_be_read_is_a_rejection_with_its_report() {
    let runtime = Runtime::of("");
    let missing = "runtime read vtable is null";
    runtime.validate(ptr::null()).assert_failed(VALIDATE, 2001, missing);
    let report = "phase=RunTx kind=4001 message=no keys today";
    runtime.validate(&raw const FAILING).assert_failed(VALIDATE, 2001, report);
    runtime.validate(&raw const EMPTY).assert_succeeded();
}

#[test]
fn unloading_fails_with_its_reason_and_the_instance_can_be_destroyed() {
    Runtime::of("").unload().assert_succeeded();
    assert_eq!(DROPPED.get(), 1);
    let stuck = Runtime::of("unload:the file is gone");
    stuck.unload().assert_failed(UNLOAD, 5001, "the file is gone");
    drop(stuck);
    assert_eq!(DROPPED.get(), 2);
}
