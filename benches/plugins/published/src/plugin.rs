//! The plugin and its factory.

use statevec_published::{
    CommandSchema as _, GeneratedCommandAccess, GeneratedEventAccess as _, RuntimeCommandEnvelope,
    RuntimeHostContext, RuntimeHostContextExt as _, RuntimeHostError, RuntimePlugin,
    RuntimePluginError, RuntimePluginFactory, RuntimePluginLoadError, SchemaRegistry,
};

use crate::schema::v1::{
    self, Account, BalanceChanged, Deposit, Entry, FailInHost, Missing, Noop, ReadById, ReadByPk,
    RejectFormatted, RejectText,
};

pub(crate) struct Factory;

impl RuntimePluginFactory for Factory {
    fn plugin_name(&self) -> &'static str {
        "bench"
    }

    fn schema_registry(&self) -> SchemaRegistry {
        v1::registry()
    }

    fn create(
        &self,
        _plugin_config_text: &str,
    ) -> Result<Box<dyn RuntimePlugin>, RuntimePluginLoadError> {
        Ok(Box::new(Bench { limit: i64::MAX }))
    }
}

struct Bench {
    limit: i64,
}

impl RuntimePlugin for Bench {
    fn name(&self) -> &'static str {
        "bench"
    }

    fn schema_registry(&self) -> SchemaRegistry {
        v1::registry()
    }

    fn run_tx(
        &self,
        tx: &mut dyn RuntimeHostContext,
        command: &dyn RuntimeCommandEnvelope,
    ) -> Result<(), RuntimePluginError> {
        let payload = command.payload();
        match command.command_kind() {
            Noop::KIND => Ok(()),
            ReadById::KIND => read_by_id(tx, &ReadById::wrap(payload)),
            ReadByPk::KIND => read_by_pk(tx, &ReadByPk::wrap(payload)),
            Deposit::KIND => self.deposit(tx, &Deposit::wrap(payload), command.ref_ext_time_us()),
            RejectText::KIND => {
                Err(rejection("the account is closed: it takes neither deposits nor payouts"))
            }
            RejectFormatted::KIND => {
                let command = RejectFormatted::wrap(payload);
                let (account_id, amount) = (command.account_id(), command.amount());
                Err(rejection(format!(
                    "account {account_id} cannot pay {amount}: insufficient balance"
                )))
            }
            FailInHost::KIND => fail_in_host(tx, &FailInHost::wrap(payload)),
            kind => Err(rejection(format!("unknown command kind {kind}"))),
        }
    }
}

impl Bench {
    fn deposit(
        &self,
        tx: &mut dyn RuntimeHostContext,
        deposit: &<Deposit as GeneratedCommandAccess>::Access<'_>,
        now_us: u64,
    ) -> Result<(), RuntimePluginError> {
        let (account_id, amount) = (deposit.account_id(), deposit.amount());
        let booked = tx
            .update_typed_by_pk::<Account, _, _, _>(Account::pk(account_id), |account| {
                let balance = account.balance().checked_add(amount)?;
                account.set_balance(balance);
                account.set_changes(account.changes().wrapping_add(1));
                account.set_changed_at_us(now_us);
                (balance <= self.limit).then_some(balance)
            })
            .map_err(passed_on)?;
        let balance = match booked {
            Some(Some(balance)) => balance,
            Some(None) => return Err(rejection("the balance would overflow")),
            None => return Err(rejection("there is no such account")),
        };
        tx.create_typed::<Entry, _>(|entry| {
            entry.set_account_id(account_id);
            entry.set_delta(amount);
            entry.set_balance(balance);
            entry.set_at_us(now_us);
        })
        .map_err(passed_on)?;
        let event = BalanceChanged::builder()
            .set_account_id(account_id)
            .set_delta(amount)
            .set_balance(balance)
            .set_reason(1_u8)
            .build();
        tx.emit_typed_event::<BalanceChanged>(event).map_err(passed_on)
    }
}

fn read_by_id(
    tx: &mut dyn RuntimeHostContext,
    read: &<ReadById as GeneratedCommandAccess>::Access<'_>,
) -> Result<(), RuntimePluginError> {
    let mut sum = 0_i64;
    for sys_id in read.first()..read.first() + read.count() {
        let balance = tx.with_read_typed::<Account, _, _>(sys_id, |account| account.balance());
        match balance.map_err(passed_on)? {
            Some(balance) => sum = sum.wrapping_add(balance),
            None => return Err(rejection("there is no such account")),
        }
    }
    expect(sum, read.expected())
}

fn read_by_pk(
    tx: &mut dyn RuntimeHostContext,
    read: &<ReadByPk as GeneratedCommandAccess>::Access<'_>,
) -> Result<(), RuntimePluginError> {
    let mut sum = 0_i64;
    for account_id in read.first()..read.first() + read.count() {
        let balance = tx
            .with_read_typed_by_pk::<Account, _, _, _>(Account::pk(account_id), |account| {
                account.balance()
            });
        match balance.map_err(passed_on)? {
            Some(balance) => sum = sum.wrapping_add(balance),
            None => return Err(rejection("there is no such account")),
        }
    }
    expect(sum, read.expected())
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
    fail: &<FailInHost as GeneratedCommandAccess>::Access<'_>,
) -> Result<(), RuntimePluginError> {
    let updated =
        tx.update_typed_by_pk::<Missing, _, _, _>(Missing::pk(fail.id()), |missing| missing.id());
    match updated.map_err(passed_on)? {
        Some(_) => Ok(()),
        None => Err(rejection("there is no such record")),
    }
}

fn rejection(text: impl Into<String>) -> RuntimePluginError {
    RuntimePluginError::new(text)
}

fn passed_on(error: RuntimeHostError) -> RuntimePluginError {
    RuntimePluginError::new(error.message)
}
