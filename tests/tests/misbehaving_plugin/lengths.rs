//! Texts and payloads above the limits, which our host passes on and our plugin side refuses.

use statevec_abi::{
    abi::RuntimeErrorPhase as Phase,
    boundary::{RuntimeCommandRef, limits},
};
use statevec_host::{Engine, EngineError, PluginFailure};

use crate::{
    library::open,
    run::{assert_goes_on, engine, of},
};

#[test]
fn config_one_above_the_limit() {
    let config = "x".repeat(limits::CONFIG + 1);
    assert_eq!(refused(&config), of(Phase::Create, 1, ABOVE));
}

/// The plugin reads it, and refuses it as no configuration of its own. The text that quotes it is
/// cut.
#[test]
fn config_at_the_limit() {
    let refused = refused(&"x".repeat(limits::CONFIG));
    assert_eq!((refused.kind.0, refused.message.len()), (1002, 512));
}

#[test]
fn config_with_a_zero_byte() {
    assert_eq!(refused("a\0b"), of(Phase::Create, 1002, r#""a\0b" is no panic"#));
}

#[test]
fn payload_one_above_the_limit() {
    let mut engine = engine("panicking", "nowhere text");
    let before = engine.store().image();
    let payload = vec![0; limits::COMMAND_PAYLOAD + 1];
    let failure = engine.run(&RuntimeCommandRef::new(1, 2, 0, &payload)).failure();
    assert_eq!(failure.map(PluginFailure::from), Some(of(Phase::RunTx, 1, ABOVE)));
    assert_eq!(engine.store().image(), before);
    assert_goes_on(&mut engine);
}

#[test]
fn payload_at_the_limit() {
    let mut engine = engine("panicking", "nowhere text");
    let payload = vec![0; limits::COMMAND_PAYLOAD];
    assert!(engine.run(&RuntimeCommandRef::new(1, 2, 0, &payload)).is_committed());
}

const ABOVE: &str = "16777217 bytes are more than the limit of 16777216";

fn refused(config: &str) -> PluginFailure {
    match Engine::create(&open("panicking"), config) {
        Err(EngineError::Create { source, .. }) => source,
        other => panic!("{other:?}"),
    }
}
