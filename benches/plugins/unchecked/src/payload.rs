//! Records, commands and the event, as offsets.

use crate::{field, set_field};

pub(crate) const ACCOUNT: u8 = 1;
pub(crate) const ENTRY: u8 = 2;
pub(crate) const MISSING: u8 = 9;
pub(crate) const BALANCE_CHANGED: u8 = 1;

pub(crate) struct Read {
    pub(crate) first: u64,
    pub(crate) count: u64,
    pub(crate) expected: i64,
}

impl Read {
    pub(crate) unsafe fn decode(payload: *const u8) -> Self {
        Self {
            first: u64::from_le_bytes(field(payload, 0)),
            count: u64::from_le_bytes(field(payload, 8)),
            expected: i64::from_le_bytes(field(payload, 16)),
        }
    }
}

pub(crate) unsafe fn account_and_amount(payload: *const u8) -> (u64, i64) {
    let account_id = u64::from_le_bytes(field(payload, 0));
    (account_id, i64::from_le_bytes(field(payload, 8)))
}

pub(crate) unsafe fn balance(account: *const u8) -> i64 {
    i64::from_le_bytes(field(account, 8))
}

/// Books on an account, and returns the new balance.
pub(crate) unsafe fn book(account: *mut u8, amount: i64, limit: i64, now_us: u64) -> Option<i64> {
    let balance = balance(account).checked_add(amount)?;
    let changes = u64::from_le_bytes(field(account, 16)).wrapping_add(1);
    set_field(account, 8, balance.to_le_bytes());
    set_field(account, 16, changes.to_le_bytes());
    set_field(account, 24, now_us.to_le_bytes());
    (balance <= limit).then_some(balance)
}

/// Fills a line of an account's history.
pub(crate) unsafe fn fill_entry(entry: *mut u8, values: [u64; 4]) {
    for (index, value) in values.into_iter().enumerate() {
        set_field(entry, 8 * index, value.to_le_bytes());
    }
}

pub(crate) fn balance_changed(account_id: u64, delta: i64, balance: i64) -> [u8; 25] {
    let mut event = [0; 25];
    event[..8].copy_from_slice(&account_id.to_le_bytes());
    event[8..16].copy_from_slice(&delta.to_le_bytes());
    event[16..24].copy_from_slice(&balance.to_le_bytes());
    event[24] = 1;
    event
}
