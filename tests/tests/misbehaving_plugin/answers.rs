//! Functions that return undefined statuses, or write undefined errors.

use statevec_abi::abi::RuntimeErrorPhase as Phase;
use statevec_host::{Engine, EngineError, PluginFailure};

use crate::{
    library,
    run::{assert_goes_on, commit_wrong, engine, fail_wrong, of},
};

/// The same wrong answers from each of the functions that can fail.
macro_rules! answers {
    ($($call:ident: $phase:expr;)*) => {$(
        mod $call {
            use super::*;

            const CALL: &str = stringify!($call);
            const PHASE: Phase = $phase;

            #[test]
            fn status_2() {
                let text = format!("{CALL} returned status 2; 0 and 1 are defined");
                assert_fails(CALL, "status 2", of(PHASE, 1, &text));
            }

            #[test]
            fn status_of_all_ones() {
                let text = format!("{CALL} returned status 4294967295; 0 and 1 are defined");
                assert_fails(CALL, "status 0xFFFFFFFF", of(PHASE, 1, &text));
            }

            #[test]
            fn failure_with_the_error_left_unwritten() {
                let text = format!("{CALL} failed and gave no reason");
                assert_fails(CALL, "nothing written", of(PHASE, 1, &text));
            }

            #[test]
            fn failure_of_kind_0_keeps_its_text() {
                assert_fails(CALL, "kind 0", of(PHASE, 0, "wrong on purpose"));
            }

            #[test]
            fn failure_of_a_kind_that_nobody_knows() {
                assert_fails(CALL, "kind 65535", of(PHASE, 65535, "wrong on purpose"));
            }

            #[test]
            fn failure_without_a_text() {
                assert_fails(CALL, "no text", of(PHASE, 2001, ""));
            }

            #[test]
            fn phase_0() {
                assert_fails(CALL, "phase 0", of(Phase(0), 2001, "wrong on purpose"));
            }

            #[test]
            fn phase_that_nobody_knows() {
                assert_fails(CALL, "phase 0xFFFFFFFF", of(Phase(u32::MAX), 2001, "wrong on purpose"));
            }

            #[test]
            fn message_len_one_above_the_capacity() {
                assert_fails(CALL, "message_len 513", of(PHASE, 2001, &"x".repeat(512)));
            }

            #[test]
            fn message_len_of_all_ones() {
                assert_fails(CALL, "message_len usize::MAX", of(PHASE, 2001, &"x".repeat(512)));
            }

            #[test]
            fn message_that_is_not_utf8() {
                let text = "a\u{FFFD}b\u{FFFD}";
                assert_fails(CALL, "message that is not UTF-8", of(PHASE, 2001, text));
            }

            #[test]
            fn success_with_an_error_written() {
                assert_eq!(given(CALL, "success with an error"), Ok(()));
            }
        }
    )*};
}

answers! {
    create_runtime: Phase::Create;
    run_tx: Phase::RunTx;
    validate_biz_invariants: Phase::ValidateBizInvariants;
    on_unload: Phase::Unload;
}

#[test]
fn create_runtime_succeeds_and_leaves_the_handle_unwritten() {
    let text = "create_runtime succeeded and returned no runtime handle";
    let expected = of(Phase::Create, 1, text);
    assert_fails("create_runtime", "success without a handle", expected);
}

#[test]
fn create_runtime_fails_and_writes_a_handle_all_the_same() {
    let expected = of(Phase::Create, 2001, "wrong on purpose");
    assert_fails("create_runtime", "failure with a handle", expected);
}

#[track_caller]
fn assert_fails(call: &str, what: &str, expected: PluginFailure) {
    assert_eq!(given(call, what), Err(expected));
}

/// The host's reading of a function's result. After a failure the records must be as before, and
/// the plugin must work in any case.
#[track_caller]
fn given(call: &str, what: &str) -> Result<(), PluginFailure> {
    let config = format!("{call}: {what}");
    let result = match call {
        "create_runtime" => match Engine::create(&library::open("raw"), &config) {
            Ok(_) => Ok(()),
            Err(EngineError::Create { source, .. }) => Err(source),
            Err(other) => panic!("{other}"),
        },
        "on_unload" => match engine("raw", &config).unload().map(drop).map_err(EngineError::from) {
            Ok(()) => Ok(()),
            Err(EngineError::Unload { source, .. }) => Err(source),
            Err(other) => panic!("{other}"),
        },
        "run_tx" if what == "success with an error" => {
            let mut engine = engine("raw", &config);
            commit_wrong(&mut engine);
            assert_goes_on(&mut engine);
            Ok(())
        }
        "run_tx" => {
            let mut engine = engine("raw", &config);
            let failure = fail_wrong(&mut engine);
            assert_goes_on(&mut engine);
            Err(failure)
        }
        _ => {
            let mut engine = engine("raw", &config);
            let before = engine.store().image();
            let result = engine.validate().map_err(PluginFailure::from);
            assert_eq!(engine.store().image(), before);
            assert_goes_on(&mut engine);
            result
        }
    };
    // A fault of one instance does not hold for the next.
    assert_goes_on(&mut Engine::create(&library::open("raw"), "").unwrap());
    result
}
