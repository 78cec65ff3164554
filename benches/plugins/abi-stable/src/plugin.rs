//! The plugin.

use abi_stable::{
    export_root_module,
    prefix_type::PrefixTypeTrait as _,
    sabi_extern_fn,
    sabi_trait::TD_Opaque,
    sabi_types::RMut,
    std_types::{RErr, ROk, RResult, RSlice, RSliceMut, RStr, RString},
};
use statevec_abi::typed::{DecodePayload, Event as _, Payload as _, Record as _};
use statevec_bench_core::{
    Account, BalanceChanged, Deposit, Entry, FailInHost, Missing, Noop, ReadById, ReadByPk,
    RejectFormatted, RejectText, SCHEMA,
};

use crate::interface::{
    BenchModule, BenchModule_Ref, Bytes, Bytes_TO, BytesMut, BytesMut_TO, Command, Failure,
    HostMut, Plugin, Plugin_TO, PluginBox,
};

#[export_root_module]
pub fn root_module() -> BenchModule_Ref {
    BenchModule { schema, create }.leak_into_prefix()
}

#[sabi_extern_fn]
fn schema() -> RStr<'static> {
    RStr::from_str(SCHEMA.json)
}

#[sabi_extern_fn]
fn create(_config: RStr<'_>) -> RResult<PluginBox, RString> {
    ROk(Plugin_TO::from_value(Bench { limit: i64::MAX }, TD_Opaque))
}

struct Bench {
    limit: i64,
}

impl Plugin for Bench {
    fn run_tx(&self, mut host: HostMut<'_>, command: Command<'_>) -> RResult<(), Failure> {
        let payload = command.payload.as_slice();
        let outcome = match command.command_kind {
            Noop::KIND => Ok(()),
            ReadById::KIND => decode(payload).and_then(|read| read_by_id(&host, &read)),
            ReadByPk::KIND => decode(payload).and_then(|read| read_by_pk(&host, &read)),
            Deposit::KIND => decode(payload)
                .and_then(|deposit| self.deposit(&mut host, &deposit, command.ref_ext_time_us)),
            RejectText::KIND => {
                Err(rejection("the account is closed: it takes neither deposits nor payouts"))
            }
            RejectFormatted::KIND => {
                decode(payload).and_then(|RejectFormatted { account_id, amount }| {
                    Err(rejection(format!(
                        "account {account_id} cannot pay {amount}: insufficient balance"
                    )))
                })
            }
            FailInHost::KIND => decode(payload).and_then(|fail| fail_in_host(&mut host, &fail)),
            kind => Err(rejection(format!("unknown command kind {kind}"))),
        };
        outcome.into()
    }

    fn on_unload(&mut self) -> RResult<(), Failure> {
        ROk(())
    }
}

/// A closure as a visitor.
struct Visit<F>(F);

impl<F: FnMut(&[u8])> Bytes for Visit<F> {
    fn visit(&mut self, bytes: RSlice<'_, u8>) {
        (self.0)(bytes.as_slice());
    }
}

impl<F: FnMut(&mut [u8])> BytesMut for Visit<F> {
    fn visit(&mut self, mut bytes: RSliceMut<'_, u8>) {
        (self.0)(bytes.as_mut_slice());
    }
}

impl Bench {
    fn deposit(
        &self,
        host: &mut HostMut<'_>,
        deposit: &Deposit,
        now_us: u64,
    ) -> Result<(), Failure> {
        let &Deposit { account_id, amount } = deposit;
        let key = Account::pk(account_id);
        let mut booked = None;
        let mut book = Visit(|data: &mut [u8]| {
            booked = Account::update(data).ok().and_then(|mut account| {
                let balance = account.balance().checked_add(amount)?;
                account.set_balance(balance);
                account.set_changes(account.changes().wrapping_add(1));
                account.set_changed_at_us(now_us);
                (balance <= self.limit).then_some(balance)
            });
        });
        let book = BytesMut_TO::from_ptr(RMut::new(&mut book), TD_Opaque);
        if !host.update_by_pk(Account::KIND, key.as_bytes().into(), book).into_result()? {
            return Err(rejection("there is no such account"));
        }
        let Some(balance) = booked else {
            return Err(rejection("the balance would overflow"));
        };
        let entry = Entry { account_id, delta: amount, balance, at_us: now_us };
        let mut init = Visit(|data: &mut [u8]| data.copy_from_slice(&entry.to_bytes()));
        let init = BytesMut_TO::from_ptr(RMut::new(&mut init), TD_Opaque);
        host.create(Entry::KIND, init).into_result()?;
        let event = BalanceChanged { account_id, delta: amount, balance, reason: 1 };
        event
            .with_encoded(|payload| host.emit(BalanceChanged::KIND, payload.into()))
            .map_err(|error| rejection(error.to_string()))?
            .into_result()
    }
}

fn read_by_id(host: &HostMut<'_>, read: &ReadById) -> Result<(), Failure> {
    let mut sum = 0_i64;
    for sys_id in read.first..read.first + read.count {
        let mut add = Visit(|data: &[u8]| sum = add_balance(sum, data));
        let visitor = Bytes_TO::from_ptr(RMut::new(&mut add), TD_Opaque);
        if !host.read_by_id(Account::KIND, sys_id, visitor).into_result()? {
            return Err(rejection("there is no such account"));
        }
    }
    expect(sum, read.expected)
}

fn read_by_pk(host: &HostMut<'_>, read: &ReadByPk) -> Result<(), Failure> {
    let mut sum = 0_i64;
    for account_id in read.first..read.first + read.count {
        let key = Account::pk(account_id);
        let mut add = Visit(|data: &[u8]| sum = add_balance(sum, data));
        let visitor = Bytes_TO::from_ptr(RMut::new(&mut add), TD_Opaque);
        if !host.read_by_pk(Account::KIND, key.as_bytes().into(), visitor).into_result()? {
            return Err(rejection("there is no such account"));
        }
    }
    expect(sum, read.expected)
}

/// A record that does not decode adds nothing, and the sum is not the expected one.
fn add_balance(sum: i64, data: &[u8]) -> i64 {
    Account::view(data).map_or(sum, |account| sum.wrapping_add(account.balance()))
}

fn expect(sum: i64, expected: i64) -> Result<(), Failure> {
    if sum == expected {
        Ok(())
    } else {
        Err(rejection("the balances read are not those expected"))
    }
}

/// Makes a host call that fails, because the store has no records of this kind.
fn fail_in_host(host: &mut HostMut<'_>, fail: &FailInHost) -> Result<(), Failure> {
    let key = Missing::pk(fail.id);
    let mut ignore = Visit(|_: &mut [u8]| ());
    let ignore = BytesMut_TO::from_ptr(RMut::new(&mut ignore), TD_Opaque);
    match host.update_by_pk(Missing::KIND, key.as_bytes().into(), ignore) {
        ROk(true) => Ok(()),
        ROk(false) => Err(rejection("there is no such record")),
        RErr(failure) => Err(failure),
    }
}

fn decode<'p, C: DecodePayload<'p>>(payload: &'p [u8]) -> Result<C, Failure> {
    C::decode(payload).map_err(|error| Failure { kind: 2002, text: error.to_string().into() })
}

fn rejection(text: impl Into<RString>) -> Failure {
    Failure { kind: 2001, text: text.into() }
}
