//! Panics in a plugin, with a text for their payload or with a value whose destructor panics in
//! turn.

use statevec_abi::abi::{RuntimeBytesRef, RuntimeErrorPhase as Phase};
use statevec_host::{Engine, EngineError, LoadError, PluginFailure};

use crate::{
    library::{self, refusal},
    run::{assert_goes_on, assert_made_anew, engine, fail_wrong, of},
};

/// Two tests for each place, named after the place and the payload.
macro_rules! panics {
    ($table:literal: $($name:ident: $check:ident($place:literal);)*) => {$(
        mod $name {
            #[test]
            fn with_a_text() {
                crate::panics::$check($table, $place, "text");
            }

            #[test]
            fn with_a_payload_that_panics_when_dropped() {
                crate::panics::$check($table, $place, "bomb");
            }
        }
    )*};
    ($table:literal) => {
        panics! {
            $table:
            panic_in_plugin_name: before_there_is_an_instance("name");
            panic_in_create: in_create("create");
            panic_in_run_tx: in_run_tx("run_tx");
            panic_in_read_by_id_visitor: in_run_tx("read_by_id visitor");
            panic_in_read_by_pk_visitor: in_run_tx("read_by_pk visitor");
            panic_in_for_each_visitor: in_run_tx("for_each visitor");
            panic_in_create_visitor: in_run_tx("create visitor");
            panic_in_update_visitor: in_run_tx("update visitor");
            panic_in_destructor_of_a_visitor_that_ran: in_run_tx("destructor of a visitor that ran");
            panic_in_destructor_of_a_visitor_that_never_ran: in_run_tx("destructor of a visitor that never ran");
            panic_in_validate: in_validate("validate");
            panic_in_read_by_id_visitor_of_validate: in_validate("validate read_by_id visitor");
            panic_in_read_by_pk_visitor_of_validate: in_validate("validate read_by_pk visitor");
            panic_in_for_each_visitor_of_validate: in_validate("validate for_each visitor");
            panic_in_on_unload: in_on_unload("on_unload");
            panic_in_drop: in_drop("drop");
        }
    };
}

/// A plugin with the SDK.
mod sdk {
    panics!("panicking");
    panics! {
        "panicking":
        panic_in_schema_bytes: before_there_is_an_instance("schema");
        panic_in_the_text_of_a_rejection: in_run_tx("text of a rejection");
        panic_in_the_text_of_a_log: in_run_tx("text of a log");
    }
}

/// A plugin behind the published traits. Its schema is made once per process, so these tests cannot
/// make it panic again and again; the tests of that crate do.
mod boxed {
    panics!("boxed");
}

fn before_there_is_an_instance(table: &str, place: &str, thrown: &str) {
    let how = format!("{place} {thrown}");
    let (error, text) = refusal(table, "panic", RuntimeBytesRef::from_slice(how.as_bytes()));
    match error {
        LoadError::Name { .. } if place == "name" => {
            assert_eq!(text, "LIBRARY: the plugin's name cannot be used: it is empty");
        }
        LoadError::SchemaText { .. } if place == "schema" => {
            let expected = "LIBRARY: the plugin's schema cannot be read: it is empty: the plugin's \
                            schema function panics, or ";
            assert!(text.starts_with(expected), "{text}");
        }
        other => panic!("{other:?}"),
    }
}

fn in_create(table: &str, place: &str, thrown: &str) {
    let plugin = library::open(table);
    match Engine::create(&plugin, &format!("{place} {thrown}")) {
        Err(EngineError::Create { source, .. }) => {
            assert_eq!(source, panicked(Phase::Create, place, thrown));
        }
        other => panic!("{other:?}"),
    }
    assert_goes_on(&mut Engine::create(&plugin, "nowhere text").unwrap());
}

fn in_run_tx(table: &str, place: &str, thrown: &str) {
    let mut engine = engine(table, &format!("{place} {thrown}"));
    assert_eq!(fail_wrong(&mut engine), panicked(Phase::RunTx, place, thrown));
    assert_made_anew(table, engine);
}

fn in_validate(table: &str, place: &str, thrown: &str) {
    let mut engine = engine(table, &format!("{place} {thrown}"));
    let before = engine.store().image();
    let failure = engine.validate().map_err(PluginFailure::from).unwrap_err();
    assert_eq!(failure, panicked(Phase::ValidateBizInvariants, place, thrown));
    assert_eq!(engine.store().image(), before);
    assert_made_anew(table, engine);
}

fn in_on_unload(table: &str, place: &str, thrown: &str) {
    let config = format!("{place} {thrown}");
    match engine(table, &config).unload().map(drop).map_err(EngineError::from) {
        Err(EngineError::Unload { source, .. }) => {
            assert_eq!(source, panicked(Phase::Unload, place, thrown));
        }
        other => panic!("{other:?}"),
    }
    // The records survive although the result of the unload is ignored.
    let store = engine(table, &config).into_store();
    assert_eq!(library::panics(), 1);
    assert_eq!(store.len(crate::run::ACCOUNT), 1);
}

/// A panic while an instance is destroyed cannot be reported: it stops at the boundary.
fn in_drop(table: &str, place: &str, thrown: &str) {
    let config = format!("{place} {thrown}");
    engine(table, &config).unload().unwrap();
    assert_eq!(library::panics(), 1);
    let engine = engine(table, &config);
    let (position, store) = (engine.position(), engine.into_store());
    assert_eq!(library::panics(), 1);
    let another = library::open(table);
    let mut engine = Engine::with_store(&another, "nowhere text", store).unwrap();
    engine.resume_at(position);
    assert_goes_on(&mut engine);
}

fn panicked(phase: Phase, place: &str, thrown: &str) -> PluginFailure {
    let place =
        if place.starts_with("destructor") { "destructor of what a visitor holds" } else { place };
    let text = match thrown {
        "text" => format!("plugin panicked: on purpose, in {place}"),
        _ => "plugin panicked: (a payload that is not text)".into(),
    };
    of(phase, 5001, &text)
}
