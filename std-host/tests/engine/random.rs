//! Arbitrary scripts, compared with the model byte by byte before and after every command.

use proptest::{collection::vec, prelude::*};

use crate::{
    model::{Ends, Model},
    schema::{ACCOUNT, NOTE, PAIR, SEEN},
    script::{Ran, Script, Step, engine, run},
};

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn store_and_model_never_differ_and_no_rollback_leaves_a_trace(scripts in vec(script(), 1..24)) {
        let mut engine = engine();
        let mut only_committed = crate::script::engine();
        let mut model = Model::new();
        for script in &scripts {
            let before = engine.store().image();
            let ends = model.run(script);
            match (run(&mut engine, script), ends) {
                (Ran::Committed(events), Ends::Committed(expected)) => {
                    prop_assert_eq!(&events, &expected);
                    prop_assert_eq!(run(&mut only_committed, script), Ran::Committed(events));
                }
                (Ran::Rejected(2001 | 4001, _), Ends::Rejected) => {
                    prop_assert_eq!(engine.store().image(), before);
                }
                (Ran::Failed(1001, _), Ends::Unlisted) => {
                    prop_assert_eq!(engine.store().image(), before);
                }
                (ran, ends) => prop_assert!(false, "{ran:?}, but the model says {ends:?}"),
            }
            model.assert_matches(engine.store());
        }
        prop_assert_eq!(engine.store().image(), only_committed.store().image());
        prop_assert_eq!(engine.tx_seq(), only_committed.tx_seq());
    }
}

pub(crate) fn script() -> impl Strategy<Value = Script> {
    let steps = vec(step(), 0..24);
    let last = prop_oneof![3 => Just(None), 1 => Just(Some(Step::Reject))];
    (steps, last, any::<bool>()).prop_map(|(mut steps, last, tolerant)| {
        steps.extend(last);
        Script { steps, tolerant }
    })
}

/// Steps with few different keys, so that they meet the same records, and sometimes with an unknown
/// kind.
fn step() -> impl Strategy<Value = Step> {
    let kind = prop_oneof![6 => Just(ACCOUNT), 4 => Just(PAIR), 2 => Just(NOTE), 1 => Just(9)];
    let key = (0..5_u64, 0..4_u64, 0..2_u64);
    let key = prop_oneof![4 => 0..6_u64, 1 => key.prop_map(|(name, flag, len)| name | flag << 24 | len << 32)];
    (0..14_u8, kind, key.clone(), key, any::<i64>()).prop_map(|(code, kind, key, other, value)| {
        match code {
            0..=3 => Step::Create { kind, key, value },
            4 | 5 => Step::Update { kind, key, value },
            6 | 7 => Step::Delete { kind, key },
            8 => Step::UpdateKey { kind, key, new_key: other },
            9 => Step::UpdateOpened { kind, key, opened: other },
            10 => Step::Read { kind, key },
            11 => Step::ReadById { kind, id: key },
            12 => Step::Walk { kind },
            _ => Step::Emit { kind: if key == 5 { 8 } else { SEEN }, byte: other as u8 },
        }
    })
}
