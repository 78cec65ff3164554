//! The typed extension traits, over a context in memory that can break the contract.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

mod memory;
mod wrong_hosts;

use memory::{Conduct, Memory};
use statevec_abi::{
    abi::RecordKey,
    typed::{DecodePayload, EnumU8, Event, FixedBytes, Record},
};
use statevec_abi_alloc::{
    BizInvariantReadContext, InvariantReadContextExt, RuntimeHostContext, RuntimeHostContextExt,
    RuntimeHostError, RuntimePluginError,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumU8)]
#[repr(u8)]
enum State {
    Open = 1,
    Frozen = 2,
}

#[derive(Debug, Clone, PartialEq, Record)]
#[record(kind = 3, len = 64, pk(id))]
struct Account {
    #[field(immutable)]
    id: u64,
    balance: i64,
    state: State,
    owner: FixedBytes<4>,
}

#[derive(Debug, PartialEq, Event)]
#[event(kind = 5, max_len = 16)]
struct Noted<'a> {
    id: u64,
    note: &'a [u8],
}

fn account(id: u64, balance: i64) -> Account {
    Account { id, balance, state: State::Open, owner: FixedBytes::from(b"ada") }
}

fn two_accounts() -> Memory {
    Memory::of(&[account(7, 100), account(8, 50)])
}

/// The other view of the same memory; called by name, because both traits have these methods.
fn invariants(memory: &Memory) -> &dyn BizInvariantReadContext {
    memory
}

#[test]
fn a_record_is_created_changed_read_and_deleted() -> Result<(), RuntimeHostError> {
    let mut memory = two_accounts();
    let tx: &mut dyn RuntimeHostContext = &mut memory;
    assert_eq!(tx.create_typed(&account(9, -1))?, RecordKey { kind: 3, sys_id: 3 });
    let changed = tx.update_typed_by_pk(Account::pk(9), |account| {
        account.set_state(State::Frozen);
        account.set_balance(account.balance() + 1);
        account.id()
    });
    assert_eq!(changed?, Some(9));
    let expected = Account { state: State::Frozen, ..account(9, 0) };
    let by_id = tx.with_read_typed::<Account, _, _>(3, |account| account.state());
    assert_eq!(by_id?, Some(State::Frozen));
    let by_pk = tx.with_read_typed_by_pk(Account::pk(9), |account| account.owner());
    assert_eq!(by_pk?, Some(FixedBytes::from(b"ada")));
    assert!(tx.delete_by_pk(Account::pk(7))?);
    assert!(!tx.delete_by_pk(Account::pk(7))?);
    assert_eq!(memory.accounts(), [account(8, 50), expected]);
    Ok(())
}

#[test]
fn no_such_record_is_none_and_runs_nothing() -> Result<(), RuntimeHostError> {
    let mut memory = two_accounts();
    let absent = Account::pk(70);
    let state = invariants(&memory);
    assert_eq!(state.with_read_typed::<Account, (), _>(70, |_| unreachable!())?, None);
    assert_eq!(state.with_read_typed_by_pk::<_, (), _>(absent, |_| unreachable!())?, None);
    let tx: &mut dyn RuntimeHostContext = &mut memory;
    assert_eq!(tx.with_read_typed::<Account, (), _>(0, |_| unreachable!())?, None);
    assert_eq!(tx.with_read_typed_by_pk::<_, (), _>(absent, |_| unreachable!())?, None);
    assert_eq!(tx.update_typed_by_pk::<_, (), _>(absent, |_| unreachable!())?, None);
    Ok(())
}

#[test]
fn update_or_create_changes_what_is_there_and_creates_what_is_not() -> Result<(), RuntimeHostError>
{
    let mut memory = two_accounts();
    let tx: &mut dyn RuntimeHostContext = &mut memory;
    for (id, expected) in [(7, 110), (9, 10), (9, 20)] {
        let balance = tx.update_or_create_typed_by_pk(&account(id, 0), |account| {
            account.set_balance(account.balance() + 10);
            account.balance()
        });
        assert_eq!(balance?, expected);
    }
    assert_eq!(memory.accounts(), [account(7, 110), account(8, 50), account(9, 20)]);
    Ok(())
}

#[test]
fn records_are_visited_in_order_until_the_first_error() {
    let mut memory = Memory::of(&[account(1, 1), account(2, -2), account(3, -3)]);
    let mut seen = Vec::new();
    let result = invariants(&memory).for_each_typed::<Account, String, _>(|key, account| {
        seen.push((key.sys_id, account.balance()));
        if account.balance() < 0 { Err(format!("account {} owes", account.id())) } else { Ok(()) }
    });
    assert_eq!(result, Err("account 2 owes".to_owned()));
    assert_eq!(seen, [(1, 1), (2, -2)]);

    let tx: &mut dyn RuntimeHostContext = &mut memory;
    let mut sum = 0;
    let result = tx.for_each_typed::<Account, RuntimePluginError, _>(|_, account| {
        sum += account.balance();
        Ok(())
    });
    assert_eq!((result, sum), (Ok(()), -4));
    let mut keys = Vec::new();
    tx.for_each_record_key(3, &mut |key| keys.push(key.sys_id)).unwrap();
    assert_eq!(keys, [1, 2, 3]);
}

#[test]
fn an_event_arrives_as_it_was_and_one_that_is_too_long_does_not() {
    let mut memory = two_accounts();
    let event = Noted { id: 7, note: b"hello" };
    memory.emit_typed_event(&event).unwrap();
    let error = memory.emit_typed_event(&Noted { id: 7, note: b"too long" }).unwrap_err();
    assert_eq!(
        error.message,
        "Noted takes 18 bytes, but there is room for 16 (an event's room is its max_len)"
    );
    let [(5, payload)] = &memory.events[..] else { panic!("one event: {:?}", memory.events) };
    assert_eq!(Noted::decode(payload), Ok(event));
}

#[test]
fn a_record_that_does_not_decode_is_named_and_left_as_it_is() {
    let mut memory = two_accounts();
    memory.overwrite(16, &[9]);
    let error = RuntimeHostError::new("Account.state is 9, which is no value of State");
    let state = invariants(&memory);
    let read = state.with_read_typed::<Account, (), _>(1, |_| unreachable!());
    assert_eq!(read, Err(error.clone()));
    let visited = state.for_each_typed::<Account, RuntimeHostError, _>(|_, _| unreachable!());
    assert_eq!(visited, Err(error));

    memory.overwrite(16, &[1, 5, 0]);
    let error = "Account.owner states a length of 5 bytes, but it holds at most 4";
    let tx: &mut dyn RuntimeHostContext = &mut memory;
    let read = tx.with_read_typed::<Account, (), _>(1, |_| unreachable!());
    assert_eq!(read, Err(RuntimeHostError::new(error)));
    memory.overwrite(17, &[3, 0]);
    assert_eq!(memory.accounts(), [account(7, 100), account(8, 50)]);
}

#[test]
fn what_the_host_refuses_is_passed_on_as_it_is() {
    let mut memory = two_accounts().that(Conduct::Refuses);
    fn add(tx: &mut dyn RuntimeHostContext) -> Result<(), RuntimePluginError> {
        tx.update_typed_by_pk(Account::pk(7), |account| account.set_balance(0))?;
        Ok(())
    }
    assert_eq!(add(&mut memory), Err(RuntimePluginError::new("not today")));
    let emitted = memory.emit_typed_event(&Noted { id: 1, note: b"" });
    assert_eq!(emitted, Err(RuntimeHostError::new("not today")));
    let deleted = memory.delete_by_pk(Account::pk(7));
    assert_eq!(deleted, Err(RuntimeHostError::new("not today")));
}
