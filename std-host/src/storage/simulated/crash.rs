//! Kinds of crashes, and the part of the unsynced changes that survives one.

use fastrand::Rng;

/// A kind of crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Crash {
    /// The machine loses its power: what was not synced may be lost.
    Power,
    /// The process is killed: what was written stays readable.
    Kill,
}

/// How much of a list of unsynced changes survives.
#[derive(Debug, Clone, Copy)]
pub(super) enum Survival {
    None,
    All,
    /// This number of changes, from the first on.
    Prefix(usize),
    /// Each with a chance of one half.
    Some,
    /// As `Some`, and a sector may be torn.
    Torn,
}

impl Survival {
    pub(super) fn choose(random: &mut Rng, changes: usize) -> Self {
        match random.u8(..8) {
            0 => Self::None,
            1 => Self::All,
            2 | 3 => Self::Prefix(random.usize(..=changes)),
            4 | 5 => Self::Some,
            _ => Self::Torn,
        }
    }

    /// How many bytes of a change at a position in the list survive, of `len`.
    pub(super) fn of(self, random: &mut Rng, position: usize, len: usize) -> usize {
        let survives = match self {
            Self::None => false,
            Self::All => true,
            Self::Prefix(end) => position < end,
            Self::Some => random.bool(),
            Self::Torn => return if random.bool() { random.usize(..=len) } else { 0 },
        };
        if survives { len } else { 0 }
    }
}
