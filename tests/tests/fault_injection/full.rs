//! A store that is full, at every size.
//!
//! A second store without a limit runs the commands that the limited store commits, so that the two
//! must stay the same.

use statevec_abi::abi::{RuntimeErrorPhase, runtime_error_kind};
use statevec_host::StoreLimits;
use statevec_tests::scenario::Seen;

use crate::script::Script;

/// The only record kind of the plugins here.
const KIND: u8 = 1;

#[test]
fn bank_library_on_a_store_without_room_for_a_record() {
    assert_traceless_at_every_number_of_records(&Script::bank_library());
}

#[test]
fn linked_bank_on_a_store_without_room_for_a_record() {
    assert_traceless_at_every_number_of_records(&Script::bank_linked());
}

#[test]
fn boxed_plugins_library_on_a_store_without_room_for_a_record() {
    assert_traceless_at_every_number_of_records(&Script::boxed_library());
}

#[test]
fn bank_library_in_a_transaction_without_room() {
    assert_traceless_at_every_size_of_a_transaction(&Script::bank_library());
}

#[test]
fn boxed_plugins_library_in_a_transaction_without_room() {
    assert_traceless_at_every_size_of_a_transaction(&Script::boxed_library());
}

#[test]
fn linked_bank_in_a_transaction_without_room() {
    assert_traceless_at_every_size_of_a_transaction(&Script::bank_linked());
}

fn assert_traceless_at_every_number_of_records(script: &Script) {
    let mut engine = script.engine(script.store(StoreLimits::default()));
    for command in &script.commands {
        let _ = command.run(&mut engine);
    }
    let needed = u32::try_from(engine.store().len(KIND)).unwrap();
    assert!(needed > 1);
    let name = script.plugin.schema().try_get(KIND).unwrap().name.clone();
    for records in 0..=needed {
        let limits = StoreLimits { records_per_kind: records, ..StoreLimits::default() };
        let full = format!("{name} is full: the store takes {records} records of a kind");
        let refused = refused_without_a_trace(script, limits, &full);
        assert_eq!(refused == 0, records == needed, "{refused} refused with {records} records");
    }
}

fn assert_traceless_at_every_size_of_a_transaction(script: &Script) {
    let refused_at = |bytes| {
        let limits = StoreLimits { transaction_bytes: bytes, ..StoreLimits::default() };
        let full =
            format!("the transaction is full: its events and undo steps may take {bytes} bytes");
        refused_without_a_trace(script, limits, &full)
    };
    let refused: Vec<_> = (0..).map(refused_at).take_while(|refused| *refused > 0).collect();
    assert!(refused.len() > 100, "a transaction takes {} bytes", refused.len());
    assert_eq!(refused_at(refused.len() * 2), 0);
    // A command without writes fits every size. One with writes does not fit a size of zero.
    let (recorded, _) = script.record();
    let writing = recorded.iter().filter(|recorded| !recorded.calls.is_empty()).count();
    assert_eq!(refused[0], writing);
}

/// Runs the script on a store with limits, and returns how many commands were refused because it
/// was full.
fn refused_without_a_trace(script: &Script, limits: StoreLimits, text: &str) -> usize {
    let mut limited = script.engine(script.store(limits));
    let mut twin = script.engine(script.store(StoreLimits::default()));
    let (phase, kind) = (RuntimeErrorPhase::RunTx, runtime_error_kind::HOST_REJECTED);
    let full = Seen::Rejected(script.told(phase, kind, text));
    let mut refused = 0;
    for command in &script.commands {
        let seen = command.run(&mut limited);
        if seen == full {
            refused += 1;
        } else {
            assert_eq!(seen, command.run(&mut twin), "{limits:?}: {command:?}");
        }
        let same = limited.store().image() == twin.store().image();
        assert!(same, "{limits:?}: records differ after {seen:?} of {command:?}");
        assert_eq!(limited.store().check_consistency(), Ok(()));
    }
    assert!(limited.validate().is_ok(), "{limits:?}");
    refused
}
