//! A plugin that panics. Its configuration has the place, and `text` or `bomb` for the payload:
//! `update visitor bomb`.

use std::fmt;

use statevec_abi::plugin::ReadAccess as _;
use statevec_abi::{
    abi::RuntimePluginApiV1,
    boundary::{ErrorSlot, RuntimeCommandRef, TxResult},
    plugin::{Plugin, ReadContext, Tx, plugin_api},
};
use statevec_abi_alloc::Boxed;

use super::thrown::{Grenade, Thrown, drop_at_the_end, parse, throw, throw_if_told};
use crate::schema::{ACCOUNT, Account, SCHEMA, VALUE_AT, WELL, key};

pub(crate) const TABLE: RuntimePluginApiV1 = plugin_api::<Panicking, Boxed>();

/// An instance, and where it panics.
pub(crate) struct Panicking {
    place: String,
    thrown: Thrown,
}

impl Plugin for Panicking {
    fn name() -> &'static str {
        throw_if_told("name");
        "panicking"
    }

    fn schema() -> &'static str {
        throw_if_told("schema");
        SCHEMA.json
    }

    fn create<'c>(config: &str, error: ErrorSlot<'c>) -> TxResult<'c, Self> {
        match parse(config) {
            Some(("create", thrown)) => throw("create", thrown),
            Some((place, thrown)) => Ok(Self { place: place.into(), thrown }),
            None => Err(error.config_error(format_args!("{config:?} is no panic"))),
        }
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        if command.command_kind() == WELL {
            return tx.create(&Account { id: command.ext_seq(), value: 0 }).map(drop);
        }
        // Something to undo.
        tx.create(&Account { id: 1000, value: 7 })?;
        let first = key(1);
        tx.update_by_pk_raw(ACCOUNT, &first, |data| data[VALUE_AT] = 7)?;
        match &*self.place {
            "run_tx" => self.throw(),
            "read_by_id visitor" => tx.read_raw(ACCOUNT, 1, |_| self.throw()).map(drop),
            "read_by_pk visitor" => tx.read_by_pk_raw(ACCOUNT, &first, |_| self.throw()).map(drop),
            "for_each visitor" => tx.for_each_key(ACCOUNT, |_, _| self.throw()),
            "create visitor" => tx.create_raw(ACCOUNT, |_| self.throw()).map(drop),
            "update visitor" => {
                tx.update_by_pk_raw(ACCOUNT, &first, |data| {
                    data.fill(0xEE);
                    self.throw()
                })?;
                Ok(())
            }
            "text of a rejection" => Err(tx.reject(format_args!("because {self}"))),
            "text of a log" => tx.log(format_args!("because {self}")),
            "destructor of a visitor that ran" => {
                let grenade = Grenade(self.thrown);
                tx.read_raw(ACCOUNT, 1, move |_| drop_at_the_end(&grenade)).map(drop)
            }
            "destructor of a visitor that never ran" => {
                let grenade = Grenade(self.thrown);
                tx.read_raw(ACCOUNT, 404, move |_| drop_at_the_end(&grenade)).map(drop)
            }
            _ => Ok(()),
        }
    }

    fn validate_biz_invariants<'c>(&self, state: &mut ReadContext<'c>) -> TxResult<'c> {
        match &*self.place {
            "validate" => self.throw(),
            "validate read_by_id visitor" => state.read_raw(ACCOUNT, 1, |_| self.throw()).map(drop),
            "validate read_by_pk visitor" => {
                state.read_by_pk_raw(ACCOUNT, &key(1), |_| self.throw()).map(drop)
            }
            "validate for_each visitor" => state.for_each_key(ACCOUNT, |_, _| self.throw()),
            _ => Ok(()),
        }
    }

    fn on_unload<'c>(&mut self, _: ErrorSlot<'c>) -> TxResult<'c> {
        if self.place == "on_unload" {
            self.throw();
        }
        Ok(())
    }
}

impl Drop for Panicking {
    fn drop(&mut self) {
        if self.place == "drop" {
            self.throw();
        }
    }
}

/// Writes a part of its text, and panics.
impl fmt::Display for Panicking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("half of a reason")?;
        self.throw()
    }
}

impl Panicking {
    fn throw(&self) -> ! {
        throw(&self.place, self.thrown)
    }
}
