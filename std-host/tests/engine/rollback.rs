//! Rollbacks after every order of creating, updating and deleting.

use crate::{
    schema::ACCOUNT,
    script::{Ran, Script, Step, commit, engine, run},
};

fn create(key: u64) -> Step {
    Step::Create { kind: ACCOUNT, key, value: key as i64 }
}

fn update(key: u64) -> Step {
    Step::Update { kind: ACCOUNT, key, value: -1 }
}

fn delete(key: u64) -> Step {
    Step::Delete { kind: ACCOUNT, key }
}

fn id(number: u64) -> Vec<u8> {
    number.to_le_bytes().to_vec()
}

#[test]
fn number_of_a_deleted_record_is_not_used_again() {
    let mut engine = engine();
    let events = commit(&mut engine, &[create(1), delete(1), create(1)]);
    assert_eq!(events, [id(1), vec![1], id(2)]);
    commit(&mut engine, &[delete(1)]);
    assert_eq!(commit(&mut engine, &[create(1)]), [id(3)]);
    assert_eq!(engine.store().next_sys_id(ACCOUNT), Some(4));
}

#[test]
fn number_of_a_rolled_back_record_is_used_again() {
    let mut engine = engine();
    run(&mut engine, &Script::strict([create(1), create(2), Step::Reject]));
    assert_eq!(engine.store().next_sys_id(ACCOUNT), Some(1));
    assert_eq!(commit(&mut engine, &[create(2)]), [id(1)]);
}

#[test]
fn every_order_of_steps_on_one_record_is_undone() {
    let steps = [create(3), update(3), delete(3), create(1), update(1), delete(1)];
    for order in permutations(&steps) {
        let mut engine = engine();
        commit(&mut engine, &[create(1), create(2)]);
        let before = engine.store().image();
        let mut rejected = order.clone();
        rejected.push(Step::Reject);
        let ran = run(&mut engine, &Script::tolerant(rejected));
        assert_eq!(ran, Ran::Rejected(2001, "rejected by script".into()), "{order:?}");
        assert_eq!(engine.store().image(), before, "{order:?}");
        engine.store().check_consistency().unwrap();
    }
}

#[test]
fn rollback_frees_the_rows_that_the_same_commands_take_again() {
    // Enough deletes and creates to use free rows, tombstones and new rows.
    let (mut straight, mut troubled) = (engine(), engine());
    for round in 0..8 {
        let kept: Vec<_> = (0..16).map(|n| create(round * 16 + n)).collect();
        let gone: Vec<_> = (0..12).map(|n| delete(round * 16 + n)).collect();
        for steps in [&kept, &gone] {
            commit(&mut straight, steps);
            let mut rejected = steps.clone();
            rejected.extend([create(9999), delete(round * 16 + 15), Step::Reject]);
            run(&mut troubled, &Script::strict(rejected));
            commit(&mut troubled, steps);
            assert_eq!(straight.store().image(), troubled.store().image());
            assert_eq!(straight.store().free_rows(ACCOUNT), troubled.store().free_rows(ACCOUNT));
            troubled.store().check_consistency().unwrap();
        }
    }
    assert_eq!(straight.store().len(ACCOUNT), 32);
}

#[test]
fn numbers_stay_in_order_after_most_records_are_deleted() {
    let mut engine = engine();
    commit(&mut engine, &(0..100).map(create).collect::<Vec<_>>());
    commit(&mut engine, &(0..90).map(delete).collect::<Vec<_>>());
    commit(&mut engine, &(0..5).map(create).collect::<Vec<_>>());
    let ids: Vec<_> = engine.store().records(ACCOUNT).map(|record| record.sys_id).collect();
    assert_eq!(ids, (91..=105).collect::<Vec<_>>());
    for id in 0..=106 {
        assert_eq!(
            engine.store().get(ACCOUNT, id).is_some(),
            (91..=105).contains(&id),
            "number {id}"
        );
    }
    engine.store().check_consistency().unwrap();
}

fn permutations(steps: &[Step]) -> Vec<Vec<Step>> {
    let [] = steps else {
        let with_first = |first: usize| {
            let mut rest = steps.to_vec();
            let first = rest.remove(first);
            permutations(&rest).into_iter().map(move |mut rest| {
                rest.insert(0, first);
                rest
            })
        };
        return (0..steps.len()).flat_map(with_first).collect();
    };
    vec![Vec::new()]
}
