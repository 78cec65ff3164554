//! The server's store, through the engine.

use statevec_abi::{boundary::RuntimeCommandRef, typed::Payload as _};
use statevec_check_host::{Check, STEPS};
use statevec_host::{Engine, LoadedPlugin, Outcome};
use statevec_tests::beside;

use crate::seen::Seen;

pub(crate) fn plugin() -> LoadedPlugin {
    let path = beside::library("statevec-check-host").unwrap();
    // SAFETY: the library is that of this workspace, and what it does wrong is detected (rule 6).
    unsafe { LoadedPlugin::open(path) }.unwrap()
}

/// The results of all steps, and the text of broken invariants.
pub(crate) fn results() -> (Vec<Seen>, Option<String>) {
    let mut engine = Engine::create(&plugin(), "").unwrap();
    let seen = (1..).zip(STEPS).map(|(ext_seq, step)| {
        let mut payload = [0; 2];
        let len = Check { step: step.number }.encode(&mut payload).unwrap();
        match engine.run(&RuntimeCommandRef::new(Check::KIND, ext_seq, 0, &payload[..len])) {
            Outcome::Committed { events, .. } => {
                Seen::Committed(events.map(|event| event.payload.to_vec()).collect())
            }
            Outcome::Rejected(failure) | Outcome::Failed(failure) => Seen::Failed(failure.kind),
            Outcome::Duplicate { .. } => panic!("the numbers ascend"),
        }
    });
    let seen = seen.collect();
    let invariants = engine.validate().err().map(|failure| failure.to_string());
    assert!(engine.store().is_empty(), "the steps leave rows");
    engine.store().check_consistency().unwrap();
    engine.unload().unwrap();
    (seen, invariants)
}
