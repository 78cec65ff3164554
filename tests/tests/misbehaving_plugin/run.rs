//! Runs commands of an instance, and checks the rules that must hold for every fault.

use statevec_abi::{abi::RuntimeErrorPhase, boundary::RuntimeCommandRef};
use statevec_host::{Engine, Outcome, PluginFailure, engine::Position};

use crate::library;

/// The record that the plugin's correct command creates.
pub(crate) const ACCOUNT: u8 = 1;

/// The command that creates the account of its number.
const WELL: u8 = 1;
/// The command with the fault.
const WRONG: u8 = 2;

/// An instance with account 1.
pub(crate) fn engine(table: &str, config: &str) -> Engine {
    let mut engine = Engine::create(&library::open(table), config).unwrap();
    assert_goes_on(&mut engine);
    engine
}

/// Checks that the instance still works: it creates an account, whose key is the command's
/// `ext_seq`.
#[track_caller]
pub(crate) fn assert_goes_on(engine: &mut Engine) {
    let id = engine.position().next_ext_seq().unwrap();
    match engine.run(&RuntimeCommandRef::new(WELL, id, 0, &[])) {
        Outcome::Committed { .. } => {}
        other => panic!("a good command: {other:?}"),
    }
    assert!(engine.store().get_by_pk(ACCOUNT, &id.to_be_bytes()).is_some());
    engine.store().check_consistency().unwrap();
}

/// Runs the faulty command on a new instance with this configuration. It must commit with a report
/// of the host's results, and must have changed nothing; the instance must still work.
#[track_caller]
pub(crate) fn reported(table: &str, config: &str) -> String {
    let mut engine = engine(table, config);
    let before = engine.store().image();
    let report = commit_wrong(&mut engine);
    assert_eq!(engine.store().image(), before);
    assert_goes_on(&mut engine);
    engine.unload().unwrap();
    report
}

/// The report of the faulty command, which commits.
#[track_caller]
pub(crate) fn commit_wrong(engine: &mut Engine) -> String {
    let ext_seq = engine.position().next_ext_seq().unwrap();
    match engine.run(&RuntimeCommandRef::new(WRONG, ext_seq, 0, &[])) {
        Outcome::Committed { events, .. } => match events.last() {
            Some(report) => String::from_utf8(report.payload[2..].to_vec()).unwrap(),
            None => String::new(),
        },
        other => panic!("no report: {other:?}"),
    }
}

/// The failure of the faulty command, which must leave no trace and have the class of its kind.
#[track_caller]
pub(crate) fn fail_wrong(engine: &mut Engine) -> PluginFailure {
    let (before, tx_seq) = (engine.store().image(), engine.tx_seq());
    let ext_seq = engine.position().next_ext_seq().unwrap();
    let failure = match engine.run(&RuntimeCommandRef::new(WRONG, ext_seq, 0, &[])) {
        Outcome::Rejected(failure) if failure.kind.is_rejection() => PluginFailure::from(failure),
        Outcome::Failed(failure) if !failure.kind.is_rejection() => PluginFailure::from(failure),
        other => panic!("{other:?}"),
    };
    assert_eq!((engine.store().image(), engine.tx_seq()), (before, tx_seq));
    engine.store().check_consistency().unwrap();
    failure
}

/// The next command meets a new instance, and an engine that is started again on the records does
/// the same.
#[track_caller]
pub(crate) fn assert_made_anew(table: &str, mut engine: Engine) {
    let (before, position) = (engine.store().image(), engine.position());
    assert_goes_on(&mut engine);
    let live = engine.store().image();
    assert_ne!(live, before);

    let failed = engine.into_store();
    assert!(failed.image() == live);
    let mut restarted = restarted(table, position);
    assert!(restarted.store().image() == before, "the failed command left a trace");
    assert_goes_on(&mut restarted);
    assert!(restarted.store().image() == live, "live and restarted engines differ");
}

/// An engine in the position, and with the records, of one that ran the same commands but for those
/// that fail.
fn restarted(table: &str, position: Position) -> Engine {
    let mut engine = engine(table, "nowhere text");
    engine.resume_at(position);
    engine
}

/// A failure to compare with.
pub(crate) fn of(phase: RuntimeErrorPhase, kind: u16, message: &str) -> PluginFailure {
    PluginFailure {
        phase,
        kind: statevec_abi::abi::RuntimeErrorKind(kind),
        message: message.into(),
    }
}
