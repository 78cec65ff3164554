//! The outcomes of an engine for a plugin's results.

use std::ops::ControlFlow;

use statevec_abi::boundary::RuntimeCommandRef;
use statevec_host::{Outcome, engine::Position};

use crate::{
    schema::{ACCOUNT, SEEN, pk},
    script::{Ran, Script, Step, commit, engine, run},
};

const CREATE: Step = Step::Create { kind: ACCOUNT, key: 1, value: 10 };
const UPDATE: Step = Step::Update { kind: ACCOUNT, key: 1, value: 99 };

#[test]
fn accepted_command_is_kept_with_its_events_in_order() {
    let mut engine = engine();
    let emit = |byte| Step::Emit { kind: SEEN, byte };
    let script = Script::strict([emit(1), CREATE, emit(2)]);
    let payload = script.payload();
    match engine.run(&script.command(1, &payload)) {
        Outcome::Committed { tx_seq, events } => {
            assert_eq!((tx_seq, events.len()), (1, 3));
            assert!(events.clone().all(|event| event.kind == SEEN));
            let payloads: Vec<_> = events.map(|event| event.payload.to_vec()).collect();
            assert_eq!(payloads, [vec![1], 1_u64.to_le_bytes().to_vec(), vec![2]]);
        }
        other => panic!("{other:?}"),
    }
    let record = engine.store().get_by_pk(ACCOUNT, &pk(ACCOUNT, 1)).unwrap();
    assert_eq!(record.sys_id, 1);
    assert_eq!(engine.store().get(ACCOUNT, 1), Some(record.data));
}

#[test]
fn rejection_after_writes_leaves_no_trace() {
    let mut engine = engine();
    commit(&mut engine, &[CREATE]);
    let before = engine.store().image();
    let create = Step::Create { kind: ACCOUNT, key: 2, value: 0 };
    let ran = run(&mut engine, &Script::strict([UPDATE, create, Step::Reject]));
    assert_eq!(ran, Ran::Rejected(2001, "rejected by script".into()));
    assert_eq!(engine.store().image(), before);
    assert_eq!(engine.tx_seq(), 1);
}

#[test]
fn plugin_panics_after_writes_and_the_next_command_meets_a_new_instance() {
    let mut engine = engine();
    commit(&mut engine, &[CREATE]);
    let before = engine.store().image();
    let delete = Step::Delete { kind: ACCOUNT, key: 1 };
    let ran = run(&mut engine, &Script::strict([UPDATE, delete, Step::Panic]));
    assert_eq!(ran, Ran::Failed(5001, "plugin panicked: panicked by script".into()));
    assert_eq!(engine.store().image(), before);

    assert_eq!(engine.position(), Position { tx_seq: 1, ext_seq: Some(2) });
    commit(&mut engine, &[UPDATE]);
    engine.store().check_consistency().unwrap();
}

#[test]
fn committed_transactions_are_counted_and_nothing_else_is() {
    let mut engine = engine();
    let scripts = [
        Script::strict([CREATE]),
        Script::strict([Step::Reject]),
        Script::strict([CREATE]),
        Script::strict([]),
    ];
    let payloads: Vec<_> = scripts.iter().map(Script::payload).collect();
    let commands: Vec<RuntimeCommandRef<'_>> = (1..)
        .zip(scripts.iter().zip(&payloads))
        .map(|(ext_seq, (script, payload))| script.command(ext_seq, payload))
        .collect();
    let mut seen = Vec::new();
    let flow = engine.run_batch(&commands, |position, outcome| {
        seen.push(match outcome {
            Outcome::Committed { tx_seq, .. } => (position, Ok(tx_seq)),
            Outcome::Rejected(failure) | Outcome::Failed(failure) => {
                (position, Err(failure.kind.0))
            }
            other @ Outcome::Duplicate { .. } => panic!("{other:?}"),
        });
        ControlFlow::<()>::Continue(())
    });
    assert!(flow.is_continue());
    assert_eq!(seen, [(0, Ok(1)), (1, Err(2001)), (2, Err(4001)), (3, Ok(2))]);
    assert_eq!(engine.tx_seq(), 2);
}

#[test]
fn batch_stops_where_it_is_told_to() {
    let mut engine = engine();
    let (script, stop) = (Script::strict([]), 1);
    let payload = script.payload();
    let commands = [1, 2, 3, 4].map(|ext_seq| script.command(ext_seq, &payload));
    let flow = engine.run_batch(&commands, |position, outcome| {
        assert!(outcome.is_committed());
        if position == stop { ControlFlow::Break(position) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((flow, engine.tx_seq()), (ControlFlow::Break(stop), 2));
}

#[test]
fn log_of_a_rejected_command_can_be_read_and_is_gone_with_the_next() {
    let mut engine = engine();
    run(
        &mut engine,
        &Script::strict([Step::Log { text: 1 }, Step::Log { text: 22 }, Step::Reject]),
    );
    assert_eq!(engine.store().log().collect::<Vec<_>>(), [&b"log 1"[..], b"log 22"]);
    commit(&mut engine, &[]);
    assert_eq!(engine.store().log().len(), 0);
}

#[test]
fn events_of_a_rejected_command_do_not_reach_the_next() {
    let mut engine = engine();
    run(&mut engine, &Script::strict([Step::Emit { kind: SEEN, byte: 1 }, Step::Reject]));
    assert_eq!(commit(&mut engine, &[Step::Emit { kind: SEEN, byte: 2 }]), [[2]]);
}
