//! The same records, commands and event as those of the core SDK's plugin.

use statevec_published::prelude::*;

#[schema_module(version = "1.0")]
pub mod v1 {
    use super::*;

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

    #[record(kind = 2, record_len = 64)]
    pub struct Entry {
        #[field(index = 1)]
        pub account_id: u64,
        #[field(index = 2)]
        pub delta: i64,
        #[field(index = 3)]
        pub balance: i64,
        #[field(index = 4)]
        pub at_us: u64,
    }

    #[record(kind = 9, record_len = 64, pk(fields = [id]))]
    pub struct Missing {
        #[field(index = 1, immutable)]
        pub id: u64,
    }

    #[command(kind = 1)]
    pub struct Noop {}

    #[command(kind = 2)]
    pub struct ReadById {
        #[field(index = 1)]
        pub first: u64,
        #[field(index = 2)]
        pub count: u64,
        #[field(index = 3)]
        pub expected: i64,
    }

    #[command(kind = 3)]
    pub struct ReadByPk {
        #[field(index = 1)]
        pub first: u64,
        #[field(index = 2)]
        pub count: u64,
        #[field(index = 3)]
        pub expected: i64,
    }

    #[command(kind = 4)]
    pub struct Deposit {
        #[field(index = 1)]
        pub account_id: u64,
        #[field(index = 2)]
        pub amount: i64,
    }

    #[command(kind = 5)]
    pub struct RejectText {}

    #[command(kind = 6)]
    pub struct RejectFormatted {
        #[field(index = 1)]
        pub account_id: u64,
        #[field(index = 2)]
        pub amount: i64,
    }

    #[command(kind = 7)]
    pub struct FailInHost {
        #[field(index = 1)]
        pub id: u64,
    }

    #[event(kind = 1)]
    pub struct BalanceChanged {
        #[field(index = 1)]
        pub account_id: u64,
        #[field(index = 2)]
        pub delta: i64,
        #[field(index = 3)]
        pub balance: i64,
        #[field(index = 4)]
        pub reason: u8,
    }
}
