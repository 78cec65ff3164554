#![forbid(unsafe_code)]
//! The benched plugin, written as a boxed plugin: the published traits, the schema of the core
//! SDK's plugin.

use statevec_abi::{prelude::*, typed::DecodeError};
use statevec_abi_alloc::{
    RuntimeCommandEnvelope, RuntimeHostContext, RuntimeHostError, RuntimePlugin,
    RuntimePluginError, RuntimePluginFactory, RuntimePluginLoadError, SchemaRegistry, Version,
};
use statevec_bench_core::{
    Account, BalanceChanged, Deposit, Entry, FailInHost, Missing, Noop, ReadById, ReadByPk,
    RejectFormatted, RejectText, SCHEMA,
};

/// Makes the plugin.
#[derive(Debug)]
pub struct Factory;

impl RuntimePluginFactory for Factory {
    fn plugin_name(&self) -> &'static str {
        "bench"
    }

    fn schema_registry(&self) -> SchemaRegistry {
        schema()
    }

    fn create(&self, _config: &str) -> Result<Box<dyn RuntimePlugin>, RuntimePluginLoadError> {
        Ok(Box::new(Bench { limit: i64::MAX }))
    }
}

fn schema() -> SchemaRegistry {
    SchemaRegistry::from_idl_json(SCHEMA.json)
        .or_else(|_| SchemaRegistry::new(Version::new(1, 0), &[], &[], &[], &[]))
        .unwrap_or_else(|_| unreachable!("an empty schema has no mistakes"))
}

struct Bench {
    limit: i64,
}

impl RuntimePlugin for Bench {
    fn name(&self) -> &'static str {
        "bench"
    }

    fn schema_registry(&self) -> SchemaRegistry {
        schema()
    }

    fn run_tx(
        &self,
        tx: &mut dyn RuntimeHostContext,
        command: &dyn RuntimeCommandEnvelope,
    ) -> Result<(), RuntimePluginError> {
        let payload = command.payload();
        match command.command_kind() {
            Noop::KIND => Ok(()),
            ReadById::KIND => read_by_id(tx, &decode(payload)?),
            ReadByPk::KIND => read_by_pk(tx, &decode(payload)?),
            Deposit::KIND => self.deposit(tx, &decode(payload)?, command.ref_ext_time_us()),
            RejectText::KIND => {
                Err(rejection("the account is closed: it takes neither deposits nor payouts"))
            }
            RejectFormatted::KIND => {
                let RejectFormatted { account_id, amount } = decode(payload)?;
                Err(rejection(format!(
                    "account {account_id} cannot pay {amount}: insufficient balance"
                )))
            }
            FailInHost::KIND => fail_in_host(tx, &decode(payload)?),
            kind => Err(rejection(format!("unknown command kind {kind}"))),
        }
    }
}

impl Bench {
    fn deposit(
        &self,
        tx: &mut dyn RuntimeHostContext,
        deposit: &Deposit,
        now_us: u64,
    ) -> Result<(), RuntimePluginError> {
        let &Deposit { account_id, amount } = deposit;
        let mut booked = Ok(None);
        let key = Account::pk(account_id);
        let found = tx.update_typed_by_pk_raw(Account::KIND, key.as_bytes(), &mut |data| {
            booked = Account::update(data).map(|mut account| {
                let balance = account.balance().checked_add(amount)?;
                account.set_balance(balance);
                account.set_changes(account.changes().wrapping_add(1));
                account.set_changed_at_us(now_us);
                (balance <= self.limit).then_some(balance)
            });
        });
        if !found.map_err(passed_on)? {
            return Err(rejection("there is no such account"));
        }
        let Some(balance) = booked.map_err(undecodable)? else {
            return Err(rejection("the balance would overflow"));
        };
        let entry = Entry { account_id, delta: amount, balance, at_us: now_us };
        tx.create_typed_raw(Entry::KIND, &mut |data| data.copy_from_slice(&entry.to_bytes()))
            .map_err(passed_on)?;
        let event = BalanceChanged { account_id, delta: amount, balance, reason: 1 };
        event
            .with_encoded(|payload| tx.emit_typed_event_raw(BalanceChanged::KIND, payload))
            .map_err(|error| rejection(error.to_string()))?
            .map_err(passed_on)
    }
}

fn read_by_id(tx: &dyn RuntimeHostContext, read: &ReadById) -> Result<(), RuntimePluginError> {
    let mut sum = 0_i64;
    for sys_id in read.first..read.first + read.count {
        let mut balance = Ok(0);
        let found = tx.with_read_typed_raw(Account::KIND, sys_id, &mut |data| {
            balance = Account::view(data).map(|account| account.balance());
        });
        if !found.map_err(passed_on)? {
            return Err(rejection("there is no such account"));
        }
        sum = sum.wrapping_add(balance.map_err(undecodable)?);
    }
    expect(sum, read.expected)
}

fn read_by_pk(tx: &dyn RuntimeHostContext, read: &ReadByPk) -> Result<(), RuntimePluginError> {
    let mut sum = 0_i64;
    for account_id in read.first..read.first + read.count {
        let mut balance = Ok(0);
        let key = Account::pk(account_id);
        let found = tx.with_read_typed_by_pk_raw(Account::KIND, key.as_bytes(), &mut |data| {
            balance = Account::view(data).map(|account| account.balance());
        });
        if !found.map_err(passed_on)? {
            return Err(rejection("there is no such account"));
        }
        sum = sum.wrapping_add(balance.map_err(undecodable)?);
    }
    expect(sum, read.expected)
}

fn expect(sum: i64, expected: i64) -> Result<(), RuntimePluginError> {
    if sum == expected {
        Ok(())
    } else {
        Err(rejection("the balances read are not those expected"))
    }
}

/// Makes a host call that fails, because the store has no records of this kind.
fn fail_in_host(
    tx: &mut dyn RuntimeHostContext,
    fail: &FailInHost,
) -> Result<(), RuntimePluginError> {
    let key = Missing::pk(fail.id);
    match tx.update_typed_by_pk_raw(Missing::KIND, key.as_bytes(), &mut |_| ()) {
        Ok(true) => Ok(()),
        Ok(false) => Err(rejection("there is no such record")),
        Err(error) => Err(passed_on(error)),
    }
}

fn decode<'p, C: DecodePayload<'p>>(payload: &'p [u8]) -> Result<C, RuntimePluginError> {
    C::decode(payload).map_err(undecodable)
}

#[cold]
fn undecodable(error: DecodeError) -> RuntimePluginError {
    rejection(error.to_string())
}

fn rejection(text: impl Into<String>) -> RuntimePluginError {
    RuntimePluginError::new(text)
}

fn passed_on(error: RuntimeHostError) -> RuntimePluginError {
    RuntimePluginError::new(error.message)
}
