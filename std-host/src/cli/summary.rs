//! Counts the outcomes of a run, and prints a summary in one line.

use std::fmt;
use std::time::{Duration, Instant};

use statevec_abi::txlog::{EntryOutcome, TransactionEntry};
use statevec_host::Outcome;

/// Outcomes by their class.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) commands: u64,
    pub(crate) committed: u64,
    pub(crate) rejected: u64,
    pub(crate) failed: u64,
    pub(crate) duplicates: u64,
    pub(crate) invalid: u64,
    pub(crate) events: u64,
}

impl Counts {
    pub(crate) fn count(&mut self, outcome: &Outcome<'_>) {
        self.commands += 1;
        match outcome {
            Outcome::Committed { events, .. } => {
                self.committed += 1;
                self.events += events.len() as u64;
            }
            Outcome::Rejected(_) => self.rejected += 1,
            Outcome::Failed(_) => self.failed += 1,
            Outcome::Duplicate { .. } => self.duplicates += 1,
        }
    }
}

impl Counts {
    /// Counts the outcome that a log has.
    pub(crate) fn count_logged(&mut self, entry: &TransactionEntry<'_>) {
        self.commands += 1;
        match entry.outcome {
            EntryOutcome::Committed { .. } => {
                self.committed += 1;
                self.events += entry.events.len() as u64;
            }
            EntryOutcome::Rejected(_) => self.rejected += 1,
            EntryOutcome::Failed(_) => self.failed += 1,
        }
    }

    /// Counts a command that was submitted before.
    pub(crate) fn count_duplicate(&mut self) {
        self.commands += 1;
        self.duplicates += 1;
    }
}

/// Counts and the time that reading, running and printing took together.
pub(crate) struct Summary {
    counts: Counts,
    elapsed: Duration,
}

impl Summary {
    pub(crate) fn since(start: Instant, counts: Counts) -> Self {
        Self { counts, elapsed: start.elapsed() }
    }
}

/// One line. Failures, duplicates and invalid lines are mentioned when there are any.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = &self.counts;
        write!(f, "{}: {} committed", Number(counts.commands, "command"), counts.committed)?;
        write!(f, ", {} rejected", counts.rejected)?;
        if counts.failed > 0 {
            write!(f, ", {} failed", counts.failed)?;
        }
        if counts.duplicates > 0 {
            write!(f, ", {}", Number(counts.duplicates, "duplicate"))?;
        }
        if counts.invalid > 0 {
            write!(f, ", {}", Number(counts.invalid, "invalid line"))?;
        }
        let seconds = self.elapsed.as_secs_f64();
        write!(f, "; {}; {seconds:.3} seconds", Number(counts.events, "event"))?;
        if seconds > 0.0 {
            write!(f, ", {:.0} commands per second", counts.commands as f64 / seconds)?;
        }
        Ok(())
    }
}

/// A number with its noun.
pub(crate) struct Number(pub(crate) u64, pub(crate) &'static str);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(number, noun) = self;
        match noun.strip_suffix('y') {
            _ if *number == 1 => write!(f, "{number} {noun}"),
            Some(stem) => write!(f, "{number} {stem}ies"),
            None => write!(f, "{number} {noun}s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Counts, Duration, Number, Summary};

    #[test]
    fn a_run_that_took_no_time_has_no_speed() {
        let counts =
            Counts { commands: 3, committed: 1, rejected: 2, events: 5, ..Counts::default() };
        let mut summary = Summary { counts, elapsed: Duration::from_millis(1500) };
        assert_eq!(
            summary.to_string(),
            "3 commands: 1 committed, 2 rejected; 5 events; 1.500 seconds, 2 commands per second"
        );
        summary.counts.failed = 1;
        summary.elapsed = Duration::ZERO;
        assert_eq!(
            summary.to_string(),
            "3 commands: 1 committed, 2 rejected, 1 failed; 5 events; 0.000 seconds"
        );
    }

    #[test]
    fn one_of_each_has_no_plural() {
        let of = |number| Number(number, "entry").to_string();
        assert_eq!([of(0), of(1), of(2)], ["0 entries", "1 entry", "2 entries"]);
        let counts = Counts {
            commands: 1,
            committed: 1,
            events: 1,
            duplicates: 1,
            invalid: 1,
            ..Counts::default()
        };
        let text = Summary { counts, elapsed: Duration::ZERO }.to_string();
        let expected = "1 command: 1 committed, 0 rejected, 1 duplicate, 1 invalid line; 1 event; \
                        0.000 seconds";
        assert_eq!(text, expected);
    }
}
