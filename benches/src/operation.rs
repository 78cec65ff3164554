//! The measured operations: the commands, and the work of every plugin for them.

use statevec_abi::boundary::RuntimeCommandRef;

/// Number of different commands of each operation. They are run in rounds.
pub const COMMANDS: u64 = 256;

/// One measured operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// A command that does nothing.
    Noop,
    /// Reads one account by number, and compares its balance with that in the command.
    ReadById,
    /// The same with ten accounts and the sum of their balances.
    ReadById10,
    /// Reads one account by key.
    ReadByPk,
    /// The same with ten.
    ReadByPk10,
    /// Updates an account by key, creates an entry of its history, and emits an event.
    Deposit,
    /// Is rejected with a constant text of 60 bytes.
    RejectText,
    /// Is rejected with a text of two numbers.
    RejectFormatted,
    /// Updates a record of a kind that the store refuses, and passes the store's error on.
    HostError,
    /// Creates an instance of the plugin, tells it that it is unloaded, and destroys it.
    CreateDestroy,
    /// Asks the library for its table, and the plugin for its schema.
    EntrySchema,
}

impl Operation {
    /// All of them, in the order of the tables.
    pub const ALL: [Self; 11] = [
        Self::Noop,
        Self::ReadById,
        Self::ReadById10,
        Self::ReadByPk,
        Self::ReadByPk10,
        Self::Deposit,
        Self::RejectText,
        Self::RejectFormatted,
        Self::HostError,
        Self::CreateDestroy,
        Self::EntrySchema,
    ];

    /// The name in tables, budgets and benches.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Noop => "no-op",
            Self::ReadById => "1 read by id",
            Self::ReadById10 => "10 reads by id",
            Self::ReadByPk => "1 read by key",
            Self::ReadByPk10 => "10 reads by key",
            Self::Deposit => "deposit",
            Self::RejectText => "rejection, 60-byte text",
            Self::RejectFormatted => "rejection, formatted",
            Self::HostError => "host error passed on",
            Self::CreateDestroy => "create and destroy",
            Self::EntrySchema => "entry and schema",
        }
    }

    /// The operation of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.name() == name)
    }

    /// The expected end of a measured command of this operation: nothing, or kind and text of its
    /// failure.
    #[must_use]
    pub fn expected(self, number: u64) -> Option<(u16, String)> {
        let closed = "the account is closed: it takes neither deposits nor payouts";
        match self {
            Self::RejectText => Some((2001, closed.into())),
            Self::RejectFormatted => {
                let (account_id, amount) = (number, number * 7);
                let text =
                    format!("account {account_id} cannot pay {amount}: insufficient balance");
                Some((2001, text))
            }
            Self::HostError => Some((4001, crate::store::Refused::TEXT.into())),
            _ => None,
        }
    }

    /// The commands of the operation, [`COMMANDS`] of them, prepared ahead; none for those that run
    /// no command.
    ///
    /// Reads are of the first half of the accounts, which no deposit changes. The payloads live as
    /// long as the process.
    #[must_use]
    pub fn commands(self) -> Vec<RuntimeCommandRef<'static>> {
        let Some(kind) = self.command_kind() else { return Vec::new() };
        let command = |number: u64| {
            let payload: &[u8] = self.payload(number).leak();
            RuntimeCommandRef::new(kind, number, 1_000_000 + number, payload)
        };
        (1..=COMMANDS).map(command).collect()
    }

    const fn command_kind(self) -> Option<u8> {
        match self {
            Self::Noop => Some(1),
            Self::ReadById | Self::ReadById10 => Some(2),
            Self::ReadByPk | Self::ReadByPk10 => Some(3),
            Self::Deposit => Some(4),
            Self::RejectText => Some(5),
            Self::RejectFormatted => Some(6),
            Self::HostError => Some(7),
            Self::CreateDestroy | Self::EntrySchema => None,
        }
    }

    fn payload(self, number: u64) -> Vec<u8> {
        let fields = match self {
            Self::ReadById | Self::ReadByPk => vec![number, 1, number * 1000],
            Self::ReadById10 | Self::ReadByPk10 => {
                vec![number, 10, (number..number + 10).map(|account| account * 1000).sum()]
            }
            Self::Deposit => vec![512 + number, number * 7],
            Self::RejectFormatted => vec![number, number * 7],
            Self::HostError => vec![number],
            Self::Noop | Self::RejectText | Self::CreateDestroy | Self::EntrySchema => vec![],
        };
        fields.into_iter().flat_map(u64::to_le_bytes).collect()
    }
}
