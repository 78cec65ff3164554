//! Double-entry bookkeeping: every change of a balance is a posting, and postings come in pairs
//! that cancel out.

use statevec_abi::prelude::*;

use crate::schema::{Account, AccountUpdate, BalanceChanged, PLATFORM, Reason};

/// One half of a booking: the change of one account.
pub(crate) struct Posting {
    pub(crate) account_id: u64,
    pub(crate) delta: i64,
    pub(crate) reason: Reason,
    pub(crate) now_us: u64,
}

/// Books on an account that must exist.
pub(crate) fn post<'tx>(tx: &mut Tx<'tx>, posting: &Posting) -> TxResult<'tx> {
    let account_id = posting.account_id;
    match tx.update(Account::pk(account_id), |account| posting.apply(account))? {
        Some(booked) => posting.announce(tx, booked),
        None => Err(tx.reject(format_args!("account {account_id} does not exist"))),
    }
}

/// Books on an account, and opens it if it does not exist.
pub(crate) fn post_or_open<'tx>(tx: &mut Tx<'tx>, posting: &Posting) -> TxResult<'tx> {
    let account_id = posting.account_id;
    let empty = Account { account_id, balance: 0, changes: 0, changed_at_us: 0 };
    let booked = tx.update_or_create(&empty, |account| posting.apply(account))?;
    posting.announce(tx, booked)
}

/// The reason to refuse a posting.
enum Impossible {
    Insufficient { balance: i64 },
    Overflow,
}

impl Posting {
    /// Books, and returns the new balance.
    fn apply(&self, account: &mut AccountUpdate<'_>) -> Result<i64, Impossible> {
        let before = account.balance();
        let balance = before.checked_add(self.delta).ok_or(Impossible::Overflow)?;
        if balance < 0 && self.account_id != PLATFORM {
            return Err(Impossible::Insufficient { balance: before });
        }
        account.set_balance(balance);
        account.set_changes(account.changes().wrapping_add(1));
        account.set_changed_at_us(self.now_us);
        Ok(balance)
    }

    fn announce<'tx>(&self, tx: &mut Tx<'tx>, booked: Result<i64, Impossible>) -> TxResult<'tx> {
        let &Self { account_id, delta, reason, .. } = self;
        match booked {
            Ok(balance) => tx.emit(&BalanceChanged { account_id, delta, balance, reason }),
            Err(Impossible::Insufficient { balance }) => Err(tx.reject(format_args!(
                "insufficient balance: account {account_id} has {balance}, {} is needed",
                delta.unsigned_abs()
            ))),
            Err(Impossible::Overflow) => {
                Err(tx.reject(format_args!("the balance of account {account_id} would overflow")))
            }
        }
    }
}

/// The invariants: no customer owes anything, and all balances add up to zero.
pub(crate) fn balances_add_up<'c>(state: &mut ReadContext<'c>) -> TxResult<'c> {
    let mut sum = 0_i128;
    state.for_each(|state, account: Account| {
        let Account { account_id, balance, .. } = account;
        if balance < 0 && account_id != PLATFORM {
            return Err(state.reject(format_args!("account {account_id} has {balance}")));
        }
        // Fewer than 2^64 accounts of less than 2^63 each: no overflow.
        sum += i128::from(balance);
        Ok(())
    })?;
    if sum != 0 {
        return Err(state.reject(format_args!("all balances add up to {sum} and not to 0")));
    }
    Ok(())
}
