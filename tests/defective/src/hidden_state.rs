//! State outside of records.

use std::{
    cell::Cell,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use statevec_abi::prelude::*;

use crate::Defective;

static COMMANDS: AtomicU64 = AtomicU64::new(0);
static LAST_AMOUNT: Mutex<u64> = Mutex::new(0);

thread_local! {
    static HERE: Cell<u64> = const { Cell::new(0) };
}

pub(crate) fn before<'tx>(plugin: &Defective, tx: &mut Tx<'tx>, amount: u64) -> TxResult<'tx> {
    let hidden = &plugin.hidden;
    match &*plugin.defect {
        "hidden counter" => {
            hidden.set(hidden.get() + 1);
            if hidden.get().is_multiple_of(5) {
                return Err(tx.reject(format_args!("the fifth command since the start")));
            }
        }
        "counter in a static" => {
            let number = COMMANDS.fetch_add(1, Relaxed);
            if amount == 0 {
                return Err(tx.reject(format_args!("command {number} has no amount")));
            }
        }
        "counter of the thread" => {
            HERE.set(HERE.get() + 1);
            if HERE.get().is_multiple_of(4) {
                return Err(tx.reject(format_args!("the fourth command of this thread")));
            }
        }
        "instances that share an amount" => {
            let last = std::mem::replace(&mut *LAST_AMOUNT.lock().unwrap(), amount);
            if hidden.get() > 0 && last != hidden.get() {
                return Err(tx.reject(format_args!("the last amount was {last}")));
            }
            hidden.set(amount);
        }
        "counter of rejections" if hidden.get() > 1 => {
            hidden.set(0);
            return Err(tx.reject(format_args!("after two rejections")));
        }
        "cache that is not rolled back" => {
            // Set before the work is done, and so wrong when the work fails.
            if hidden.get() == 2 && amount == 1 {
                return Err(tx.reject(format_args!("an amount of 1 after one of 2")));
            }
            hidden.set(amount);
        }
        _ => {}
    }
    Ok(())
}

pub(crate) fn after(plugin: &Defective, was_committed: bool) {
    if plugin.defect == "counter of rejections" && !was_committed {
        plugin.hidden.set(plugin.hidden.get() + 1);
    }
}
