//! The limits of a plugin, as data.

use super::KindSet;

/// The limits of a plugin: the kinds that it may use, and the budgets of each command.
///
/// [`Limit`](super::Limit) enforces them. The limits determine the outcomes of commands, so the
/// transaction log holds them.
///
/// ```
/// use statevec_abi::layers::{KindSet, Limits};
///
/// // The plugin may only read, and only records of kinds 1 and 2.
/// const READER: Limits = Limits {
///     read: KindSet::of(&[1, 2]),
///     create: KindSet::NONE,
///     update: KindSet::NONE,
///     delete: KindSet::NONE,
///     ..Limits::NONE
/// };
/// assert!(!READER.is_none() && Limits::default().is_none());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Record kinds that it may read by number or key, and whose keys it may list.
    pub read: KindSet,
    /// Record kinds that it may create.
    pub create: KindSet,
    /// Record kinds that it may update. An update lends the record, so it can also be read there.
    pub update: KindSet,
    /// Record kinds that it may delete.
    pub delete: KindSet,
    /// Event kinds that it may emit.
    pub emit: KindSet,
    /// Host calls in one command, those that the host refuses included.
    pub host_calls: u64,
    /// Bytes in one command: of the records that are lent for reading, creating and updating, of
    /// events and debug messages, and 16 for each key that a scan shows.
    pub bytes: u64,
    /// Events in one command.
    pub events: u64,
}

impl Limits {
    /// No limits: every kind, and the largest budgets.
    pub const NONE: Self = Self {
        read: KindSet::ALL,
        create: KindSet::ALL,
        update: KindSet::ALL,
        delete: KindSet::ALL,
        emit: KindSet::ALL,
        host_calls: u64::MAX,
        bytes: u64::MAX,
        events: u64::MAX,
    };

    /// Returns true if there are no limits.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        let Self { read, create, update, delete, emit, host_calls, bytes, events } = self;
        read.is_all()
            && create.is_all()
            && update.is_all()
            && delete.is_all()
            && emit.is_all()
            && *host_calls == u64::MAX
            && *bytes == u64::MAX
            && *events == u64::MAX
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::NONE
    }
}
