//! The position of an engine, and the check that its next command may run.

use super::Position;

/// The position of an engine and the condition of its plugin instance.
///
/// The hot path makes one comparison: commands above `open_above` run at once. All others take the
/// cold path through [`check`](Self::check).
#[derive(Debug)]
pub(super) struct Progress {
    position: Position,
    condition: Condition,
    /// The last `ext_seq` while the instance is usable; the largest number otherwise.
    open_above: u64,
}

/// Condition of the plugin instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Condition {
    /// It can run commands.
    Usable,
    /// A call of it failed: the next call needs a new instance.
    Spent,
    /// The environment failed: nothing runs any more.
    Stopped,
}

impl Progress {
    pub(super) const fn new() -> Self {
        Self {
            position: Position { tx_seq: 0, ext_seq: None },
            condition: Condition::Usable,
            open_above: 0,
        }
    }

    pub(super) fn position(&self) -> Position {
        self.position
    }

    pub(super) fn condition(&self) -> Condition {
        self.condition
    }

    pub(super) fn set_position(&mut self, position: Position) {
        self.position = position;
        self.set_condition(self.condition);
    }

    pub(super) fn set_condition(&mut self, condition: Condition) {
        self.condition = condition;
        self.open_above = match condition {
            Condition::Usable => self.position.ext_seq.unwrap_or(0),
            Condition::Spent | Condition::Stopped => u64::MAX,
        };
    }

    /// Returns true if a command may run without further checks.
    #[inline]
    pub(super) fn is_open_for(&self, ext_seq: u64) -> bool {
        ext_seq > self.open_above
    }

    /// The last `ext_seq`, if it is not below this one. The first command may have `ext_seq` 0,
    /// which is not above any number.
    pub(super) fn duplicate_of(&self, ext_seq: u64) -> Option<u64> {
        self.position.ext_seq.filter(|last| ext_seq <= *last)
    }

    /// Counts a committed command.
    #[inline]
    pub(super) fn commit(&mut self, ext_seq: u64) -> u64 {
        self.position.tx_seq += 1;
        self.advance(ext_seq);
        self.position.tx_seq
    }

    /// Moves behind a command that has its outcome.
    #[inline]
    pub(super) fn advance(&mut self, ext_seq: u64) {
        self.position.ext_seq = Some(ext_seq);
        self.open_above = ext_seq;
    }
}

#[cfg(test)]
mod tests {
    use super::{Condition, Position, Progress};

    #[test]
    fn first_command_may_have_number_zero_and_the_second_may_not() {
        let mut progress = Progress::new();
        assert!(!progress.is_open_for(0), "zero takes the cold path");
        assert_eq!(progress.duplicate_of(0), None);
        progress.advance(0);
        assert_eq!(progress.duplicate_of(0), Some(0));
        assert!(progress.is_open_for(1));
    }

    #[test]
    fn largest_number_is_a_duplicate_the_second_time() {
        let mut progress = Progress::new();
        assert!(progress.is_open_for(u64::MAX));
        progress.advance(u64::MAX);
        assert!(!progress.is_open_for(u64::MAX));
        assert_eq!(progress.duplicate_of(u64::MAX), Some(u64::MAX));
    }

    #[test]
    fn nothing_is_open_for_a_spent_instance() {
        let mut progress = Progress::new();
        progress.set_condition(Condition::Spent);
        assert!(!progress.is_open_for(u64::MAX));
        progress.set_position(Position { tx_seq: 3, ext_seq: Some(7) });
        assert!(!progress.is_open_for(8), "a new position makes no new instance");
        progress.set_condition(Condition::Usable);
        assert!(progress.is_open_for(8) && !progress.is_open_for(7));
    }
}
