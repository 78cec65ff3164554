//! Counts of what happened, so that a run in which nothing goes wrong is found.

use std::ops::AddAssign;

/// The numbers of runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in super::super) struct Totals {
    pub(super) commands: u64,
    pub(in super::super) crashes: u64,
    pub(in super::super) partitions: u64,
    pub(in super::super) lost: u64,
    pub(in super::super) repeated: u64,
    pub(in super::super) take_overs: u64,
    pub(in super::super) stops: u64,
    /// Leases that were given back and taken by another replica before they would have expired.
    pub(in super::super) handovers: u64,
    pub(in super::super) divergences: u64,
    pub(in super::super) joins: u64,
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.commands += other.commands;
        self.crashes += other.crashes;
        self.partitions += other.partitions;
        self.lost += other.lost;
        self.repeated += other.repeated;
        self.take_overs += other.take_overs;
        self.stops += other.stops;
        self.handovers += other.handovers;
        self.divergences += other.divergences;
        self.joins += other.joins;
    }
}
