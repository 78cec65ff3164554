//! The plugin, with the SDK: it makes one host call and passes its failure on.

use statevec_abi::plugin::ReadAccess;
use statevec_abi::{
    abi::RuntimePluginApiV1,
    boundary::{ErrorSlot, RuntimeCommandRef, TxResult},
    plugin::{Plugin, ReadContext, StaticPlugin, Tx},
    static_plugin,
};

use statevec_fixtures::wrong_host::{
    Subject,
    call::{ACCOUNT, Account, Call, Entry, Task, Way, task, visited},
};

/// The plugin under test.
pub(crate) static SUBJECT: Subject =
    Subject { api, violation, reported, listed_another_kind, listed_but_absent };

fn api() -> &'static RuntimePluginApiV1 {
    static PLUGIN: StaticPlugin = static_plugin!(Caller, slots = 128);
    PLUGIN.api()
}

/// The kind and the text for a host's breach of contract.
fn violation(text: &str) -> (u16, String) {
    (1, text.into())
}

/// The kind and the text for a host call that failed with these.
fn reported(call: Call, kind: u16, text: &str) -> (u16, String) {
    match text {
        "" => (kind, format!("{} failed and gave no reason", call.name())),
        text => (kind, text.into()),
    }
}

/// The plugin's text for a walk that shows a record of another kind.
fn listed_another_kind(got: u8) -> String {
    format!("for_each_record_key_raw answered with a record of kind {got}; 1 was asked for")
}

/// The plugin's text for a walk that shows a record which cannot be read.
fn listed_but_absent(sys_id: u64) -> String {
    format!("the host listed Account {sys_id} and then had no such record")
}

struct Caller;

impl Plugin for Caller {
    fn name() -> &'static str {
        "caller"
    }

    fn schema() -> &'static str {
        "{}"
    }

    fn create<'c>(config: &str, error: ErrorSlot<'c>) -> TxResult<'c, Self> {
        match config {
            "" => Ok(Self),
            config => Err(error.config_error(format_args!("the configuration is {config}"))),
        }
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, _: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        if task().way == Way::ForgivingOnce {
            let _ = write_or_read(tx);
        }
        write_or_read(tx)
    }

    fn validate_biz_invariants<'c>(&self, state: &mut ReadContext<'c>) -> TxResult<'c> {
        if task().way == Way::ForgivingOnce {
            let _ = read(state);
        }
        read(state)
    }
}

fn write_or_read<'tx>(tx: &mut Tx<'tx>) -> TxResult<'tx> {
    let Task { entry, way } = task();
    match (entry, way) {
        (Entry::Create, Way::Typed) => tx.create(&Account { id: 7, balance: -1 }).map(drop),
        (Entry::Create, _) => tx.create_raw(ACCOUNT, |_| visited()).map(drop),
        (Entry::Update, Way::Typed) => {
            let updated = tx.update(Account::pk(7), |account| {
                visited();
                account.set_balance(-1);
            })?;
            found(tx, updated)
        }
        (Entry::Update, _) => {
            let updated = tx.update_by_pk_raw(ACCOUNT, b"key", |_| visited())?;
            found(tx, updated)
        }
        (Entry::Delete, _) => {
            let deleted = tx.delete_by_pk_raw(ACCOUNT, b"key")?;
            found(tx, deleted.then_some(()))
        }
        (Entry::Emit, _) => tx.emit_raw(1, b"event"),
        (Entry::Log, _) => tx.log(format_args!("text")),
        _ => read(tx),
    }
}

fn read<'c>(state: &mut impl ReadAccess<'c>) -> TxResult<'c> {
    let Task { entry, way } = task();
    let read = match (entry, way) {
        (Entry::ReadById, Way::Typed) => state.read_by_id::<Account, _>(1, |_| visited())?,
        (Entry::ReadById, _) => state.read_raw(ACCOUNT, 1, |_| visited())?,
        (Entry::ReadByPk, Way::Typed) => state.read(Account::pk(7), |_| visited())?,
        (Entry::ReadByPk, _) => state.read_by_pk_raw(ACCOUNT, b"key", |_| visited())?,
        (_, Way::Typed) => {
            let account = |_: &mut ReadContext<'c>, _: Account| {
                visited();
                Ok(())
            };
            Some(state.for_each(account)?)
        }
        (_, way) => {
            let key = |state: &mut ReadContext<'c>, _| {
                visited();
                match way {
                    Way::Nested => state.read_raw(ACCOUNT, 1, |_| ()).map(drop),
                    _ => Ok(()),
                }
            };
            Some(state.for_each_key(ACCOUNT, key)?)
        }
    };
    found(state, read)
}

/// Rejects when there is no record.
fn found<'c>(state: &mut impl ReadAccess<'c>, record: Option<()>) -> TxResult<'c> {
    record.ok_or_else(|| state.reject(format_args!("no record")))
}
