//! Hosts that do not lend a record exactly once.

use std::cell::Cell;

use statevec_abi::typed::Record;
use statevec_abi_alloc::{
    InvariantReadContextExt, RuntimeHostContext, RuntimeHostContextExt, RuntimeHostError,
};

use crate::{
    Account, account, invariants,
    memory::{Conduct, Memory},
    two_accounts,
};

/// The error that every call reports for a host of this conduct, and how many times its
/// closure has run.
fn assert_each_call(conduct: Conduct, message: &str, runs_each: u32) {
    for (call, name) in CALLS {
        let runs = Cell::new(0);
        let mut memory = two_accounts().that(conduct);
        let result = call(&mut memory, &|| runs.set(runs.get() + 1));
        assert_eq!(result, Err(RuntimeHostError::new(message)), "{name}");
        assert_eq!(runs.get(), runs_each, "{name}");
    }
}

type Call = fn(&mut Memory, &dyn Fn()) -> Result<(), RuntimeHostError>;

const CALLS: &[(Call, &str)] = &[
    (
        |memory, run| through_dyn(memory).with_read_typed::<Account, _, _>(1, |_| run()).map(drop),
        "by id",
    ),
    (
        |memory, run| {
            through_dyn(memory).with_read_typed_by_pk(Account::pk(7), |_| run()).map(drop)
        },
        "by key",
    ),
    (
        |memory, run| through_dyn(memory).update_typed_by_pk(Account::pk(7), |_| run()).map(drop),
        "update",
    ),
    (
        |memory, run| through_dyn(memory).update_or_create_typed_by_pk(&account(7, 0), |_| run()),
        "update an old one",
    ),
    (
        |memory, run| invariants(memory).with_read_typed::<Account, _, _>(1, |_| run()).map(drop),
        "by id, for invariants",
    ),
    (
        |memory, run| invariants(memory).with_read_typed_by_pk(Account::pk(7), |_| run()).map(drop),
        "by key, for invariants",
    ),
    (
        |memory, run| {
            invariants(memory).for_each_typed::<Account, _, _>(|_, _| {
                run();
                Ok(())
            })
        },
        "each, for invariants",
    ),
];

fn through_dyn(memory: &mut Memory) -> &mut dyn RuntimeHostContext {
    memory
}

#[test]
fn a_record_lent_twice_is_visited_once() {
    assert_each_call(Conduct::LendsTwice, "record Account: the host lent it twice", 1);
}

#[test]
fn a_record_never_lent_is_no_answer() {
    let message = "record Account: the host succeeded without lending it";
    assert_each_call(Conduct::NeverLends, message, 0);
}

#[test]
fn a_record_lent_and_then_denied_is_not_none() {
    let message = "record Account: the host lent it and then reported that there is none";
    assert_each_call(Conduct::DeniesAfterLending, message, 1);
}

#[test]
fn a_short_record_is_not_visited() {
    let size = Account::DATA_SIZE;
    let message = format!(
        "Account has {} bytes, but its layout needs {size}: was it written by another version of the schema?",
        size - 1
    );
    assert_each_call(Conduct::LendsShort, &message, 0);
}

#[test]
fn a_record_that_is_created_is_lent_once_and_whole() {
    let cases = [
        (Conduct::LendsTwice, "record Account: the host lent it twice", 1),
        (Conduct::NeverLends, "record Account: the host succeeded without lending it", 0),
        (
            Conduct::LendsShort,
            "Account has 47 bytes, but its layout needs 48: was it written by another version of the schema?",
            0,
        ),
        (
            Conduct::NamesAnotherKind,
            "record Account: the host answered with a key of kind 4; its kind is 3",
            1,
        ),
        (Conduct::Refuses, "not today", 0),
    ];
    for (conduct, message, runs_each) in cases {
        let refusal = RuntimeHostError::new(message);
        let mut memory = two_accounts().that(conduct);
        assert_eq!(memory.create_typed(&account(9, 0)), Err(refusal.clone()), "{conduct:?}");
        if conduct == Conduct::Refuses {
            continue;
        }
        let mut runs = 0;
        let mut memory = two_accounts().that(conduct);
        let result = memory.update_or_create_typed_by_pk(&account(9, 0), |_| runs += 1);
        assert_eq!((result, runs), (Err(refusal), runs_each), "{conduct:?}");
    }
}

#[test]
fn keys_of_another_kind_and_of_absent_records_are_errors() {
    let each = |conduct| {
        let memory = two_accounts().that(conduct);
        let mut runs = 0;
        let result = invariants(&memory).for_each_typed::<Account, RuntimeHostError, _>(|_, _| {
            runs += 1;
            Ok(())
        });
        (result.unwrap_err().message, runs)
    };
    let other = "record Account: the host answered with a key of kind 4; its kind is 3";
    assert_eq!(each(Conduct::NamesAnotherKind), (other.to_owned(), 0));
    let absent = "record Account: the host listed number 3 and then had no such record";
    assert_eq!(each(Conduct::ListsAnAbsentRecord), (absent.to_owned(), 2));
    assert_eq!(each(Conduct::Refuses), ("not today".to_owned(), 0));
}
