//! Typed calls through the ABI, and `dispatch!`.

use super::store::{Outcome, Store, run, validate};
use statevec_abi::plugin::ReadAccess as _;
use statevec_abi::{
    boundary::{ErrorSlot, RuntimeCommandRef, TxResult},
    dispatch,
    plugin::{Plugin, ReadContext, StaticPlugin, Tx},
    static_plugin,
    typed::{Command, DecodePayload, Event, Payload, Record},
};
use statevec_fixtures::declared::{Account, Changed, Note, Noted, Side};

/// Creates an account.
#[derive(Command)]
#[command(kind = 1)]
struct Open {
    account_id: u64,
    balance: i64,
}

/// Adds to an account that exists.
#[derive(Command)]
#[command(kind = 2)]
struct Deposit {
    account_id: u64,
    amount: i64,
}

/// Adds to an account, new or not.
#[derive(Command)]
#[command(kind = 5)]
struct Credit {
    account_id: u64,
    amount: i64,
}

/// Deletes an account, and tells its last balance.
#[derive(Command)]
#[command(kind = 6)]
struct Close {
    account_id: u64,
}

struct Teller;

const TELLER: StaticPlugin = static_plugin!(Teller, slots = 16);

impl Plugin for Teller {
    fn name() -> &'static str {
        "teller"
    }

    fn schema() -> &'static str {
        statevec_fixtures::declared::SCHEMA.json
    }

    fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Ok(Self)
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        dispatch!(
            tx,
            match command {
                Open(open) => {
                    let account = Account {
                        account_id: open.account_id,
                        balance: open.balance,
                        side: Side::Buy,
                    };
                    let key = tx.create(&account)?;
                    let read = tx.read_by_id::<Account, _>(key.sys_id, |a| a.balance())?;
                    assert_eq!(read, Some(open.balance));
                    Ok(())
                }
                Deposit(deposit) => {
                    let to = tx.update(Account::pk(deposit.account_id), |account| {
                        account.set_balance(account.balance() + deposit.amount);
                        account.balance()
                    })?;
                    let Some(to) = to else {
                        return Err(tx.reject(format_args!("no account {}", deposit.account_id)));
                    };
                    tx.emit(&Changed { id: deposit.account_id, to })
                }
                Credit(credit) => {
                    let initial =
                        Account { account_id: credit.account_id, balance: 0, side: Side::Sell };
                    let to = tx.update_or_create(&initial, |account| {
                        account.set_balance(account.balance() + credit.amount);
                        account.balance()
                    })?;
                    tx.emit(&Changed { id: credit.account_id, to })
                }
                Close(close) => {
                    let pk = Account::pk(close.account_id);
                    let Some(account) = tx.get(pk)? else {
                        return Err(tx.reject(format_args!("no account {}", close.account_id)));
                    };
                    assert_eq!(tx.read(pk, |account| account.balance())?, Some(account.balance));
                    assert!(tx.delete(pk)?);
                    assert!(!tx.delete(pk)?);
                    tx.emit(&Changed { id: account.account_id, to: account.balance })
                }
                Note(note) => self.note(tx, &note),
            }
        )
    }

    fn validate_biz_invariants<'c>(&self, state: &mut ReadContext<'c>) -> TxResult<'c> {
        let mut sum = 0;
        state.for_each(|state, account: Account| {
            if account.balance < 0 {
                return Err(state.reject(format_args!("account {} owes", account.account_id)));
            }
            sum += account.balance;
            Ok(())
        })?;
        if sum > 1000 {
            return Err(state.reject(format_args!("the sum is {sum}")));
        }
        Ok(())
    }
}

impl Teller {
    fn note<'tx>(&self, tx: &mut Tx<'tx>, note: &Note<'_>) -> TxResult<'tx> {
        tx.emit(&Noted { text: note.text, id: note.id })
    }
}

fn call(store: &mut Store, command: &impl Command) -> Outcome {
    let mut payload = vec![0; command.encoded_len()];
    command.encode(&mut payload).unwrap();
    call_raw(store, kind_of(command), &payload)
}

fn call_raw(store: &mut Store, kind: u8, payload: &[u8]) -> Outcome {
    run(TELLER, store, kind, payload)
}

fn kind_of<P: Payload>(_: &P) -> u8 {
    P::KIND
}

fn store_with(balances: &[(u64, i64)]) -> Store {
    let mut store = Store::default();
    for &(account_id, balance) in balances {
        call(&mut store, &Open { account_id, balance }).unwrap();
    }
    store
}

fn changes(store: &Store) -> Vec<Changed> {
    let changed = |(kind, payload): &(u8, Vec<u8>)| {
        assert_eq!(*kind, Changed::KIND);
        Changed::decode(payload).unwrap()
    };
    store.events.iter().map(changed).collect()
}

fn balances(store: &Store) -> Vec<(u64, i64)> {
    let balance = |(_, data): &(u64, Vec<u8>)| {
        let account = Account::decode(data).unwrap();
        (account.account_id, account.balance)
    };
    store.records.iter().map(balance).collect()
}

#[test]
fn records_are_created_updated_and_deleted_by_key() {
    let mut store = store_with(&[(300, 5), (2, 7)]);
    call(&mut store, &Deposit { account_id: 300, amount: -1 }).unwrap();
    assert_eq!(balances(&store), [(300, 4), (2, 7)]);
    call(&mut store, &Close { account_id: 300 }).unwrap();
    assert_eq!(balances(&store), [(2, 7)]);
    let expected = Changed { id: 300, to: 4 };
    assert_eq!(changes(&store), [expected.clone(), expected]);
}

#[test]
fn update_or_create_runs_the_same_update_either_way() {
    let mut store = Store::default();
    call(&mut store, &Credit { account_id: 9, amount: 3 }).unwrap();
    call(&mut store, &Credit { account_id: 9, amount: 4 }).unwrap();
    assert_eq!(balances(&store), [(9, 7)]);
    let account = Account::decode(&store.records[0].1).unwrap();
    assert_eq!(account.side, Side::Sell);
    assert_eq!(changes(&store), [Changed { id: 9, to: 3 }, Changed { id: 9, to: 7 }]);
}

#[test]
fn what_the_host_refuses_keeps_its_kind_and_text() {
    let mut store = store_with(&[(1, 1)]);
    let error = call(&mut store, &Open { account_id: 1, balance: 2 }).unwrap_err();
    assert_eq!(error, (4001, "duplicate".to_owned()));
}

#[test]
fn a_missing_record_is_none_and_not_an_error() {
    let mut store = Store::default();
    let error = call(&mut store, &Deposit { account_id: 3, amount: 1 }).unwrap_err();
    assert_eq!(error, (2001, "no account 3".to_owned()));
    let error = call(&mut store, &Close { account_id: 4 }).unwrap_err();
    assert_eq!(error, (2001, "no account 4".to_owned()));
}

#[test]
fn a_host_that_lends_too_little_breaks_the_contract() {
    let text = "Account has 47 bytes, but its layout needs 48: \
                was it written by another version of the schema?";
    let commands: [fn(&mut Store) -> Outcome; 4] = [
        |store| call(store, &Deposit { account_id: 1, amount: 1 }),
        |store| call(store, &Close { account_id: 1 }),
        |store| call(store, &Open { account_id: 2, balance: 1 }),
        |store| call(store, &Credit { account_id: 3, amount: 1 }),
    ];
    for command in commands {
        let mut store = store_with(&[(1, 1)]);
        store.lends = Some(47);
        assert_eq!(command(&mut store), Err((1, text.to_owned())));
    }
    let mut store = store_with(&[(1, 1)]);
    store.lends = Some(47);
    assert_eq!(validate(TELLER, &store), Err((1, text.to_owned())));
}

#[test]
fn a_record_with_an_unknown_enum_byte_fails_the_call_and_stays_as_it_was() {
    let mut store = store_with(&[(1, 1)]);
    store.records[0].1[16] = 9;
    let before = store.records.clone();
    let error = call(&mut store, &Deposit { account_id: 1, amount: 1 }).unwrap_err();
    assert_eq!(error, (1, "Account.side is 9, which is no value of Side".to_owned()));
    assert_eq!(store.records, before);
}

#[test]
fn iteration_stops_at_the_first_refusal() {
    let store = store_with(&[(1, 600), (2, 300)]);
    assert_eq!(validate(TELLER, &store), Ok(()));
    let store = store_with(&[(1, 600), (2, -1), (3, -2)]);
    assert_eq!(validate(TELLER, &store), Err((2001, "account 2 owes".to_owned())));
    let store = store_with(&[(1, 600), (2, 500)]);
    assert_eq!(validate(TELLER, &store), Err((2001, "the sum is 1100".to_owned())));
}

#[test]
fn a_host_that_lists_what_it_does_not_have_breaks_the_contract() {
    let mut store = store_with(&[(1, 1)]);
    store.lists_a_ghost = true;
    let text = "the host listed Account 77 and then had no such record";
    assert_eq!(validate(TELLER, &store), Err((1, text.to_owned())));
}

#[test]
fn an_unknown_command_is_invalid_and_names_its_kind() {
    let error = call_raw(&mut Store::default(), 99, &[]).unwrap_err();
    assert_eq!(error, (2002, "unknown command kind 99".to_owned()));
}

#[test]
fn a_payload_of_the_wrong_length_is_invalid() {
    for len in [0, 15, 17] {
        let (kind, text) =
            call_raw(&mut Store::default(), Deposit::KIND, &vec![0; len]).unwrap_err();
        assert_eq!(kind, 2002);
        assert!(text.starts_with(&format!("Deposit has {len} bytes")), "{text}");
    }
}

#[test]
fn an_event_that_outgrows_its_declaration_rejects_the_command() {
    let mut store = Store::default();
    let note = Note {
        id: 1,
        text: &[b'.'; 30],
        side: Side::Buy,
        name: b"".into(),
        more: b"",
        open: false,
    };
    call(&mut store, &note).unwrap();
    assert_eq!(store.events[0].1.len(), Noted::MAX_LEN);
    let text = &[b'.'; 31];
    let (kind, text) = call(&mut store, &Note { text, ..note }).unwrap_err();
    assert_eq!(kind, 2001);
    assert!(text.starts_with("Noted takes 41 bytes"), "{text}");
    assert_eq!(store.events.len(), 1);
}
