//! The bank's schema, in the published macros.
#![allow(
    missing_docs,
    unreachable_pub,
    dead_code,
    rust_2018_idioms,
    clippy::all,
    reason = "what the published macros expand to is not ours to change"
)]

use statevec_published::prelude::*;

pub use schema::*;

#[schema_module(version = "1.0")]
pub mod schema {
    use super::*;

    #[derive(EnumU8)]
    #[repr(u8)]
    pub enum Reason {
        Deposit = 1,
        Withdraw = 2,
        TransferSent = 3,
        TransferReceived = 4,
    }

    #[record(kind = 1, record_len = 64, pk(fields = [account_id]))]
    pub struct Account {
        #[field(index = 1, immutable)]
        pub account_id: u64,
        #[field(index = 2)]
        pub balance: i64,
        #[field(index = 3)]
        pub changes: u64,
        #[field(index = 4)]
        pub changed_at_us: u64,
    }

    #[command(kind = 1)]
    pub struct Deposit {
        #[field(index = 1)]
        pub account_id: u64,
        #[field(index = 2)]
        pub amount: u64,
    }

    #[command(kind = 2)]
    pub struct Withdraw {
        #[field(index = 1)]
        pub account_id: u64,
        #[field(index = 2)]
        pub amount: u64,
    }

    #[command(kind = 3)]
    pub struct Transfer {
        #[field(index = 1)]
        pub from: u64,
        #[field(index = 2)]
        pub to: u64,
        #[field(index = 3)]
        pub amount: u64,
    }

    #[event(kind = 1)]
    pub struct BalanceChanged {
        #[field(index = 1)]
        pub account_id: u64,
        #[field(index = 2)]
        pub delta: i64,
        #[field(index = 3)]
        pub balance: i64,
        #[field(index = 4, enum_u8)]
        pub reason: Reason,
    }
}
