//! What a run did, in one line.

use std::fmt;
use std::time::{Duration, Instant};

use statevec_host::Outcome;

/// Counts outcomes.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) commands: u64,
    pub(crate) committed: u64,
    pub(crate) rejected: u64,
    pub(crate) failed: u64,
    pub(crate) duplicates: u64,
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

/// One line, with `failed` only when something did.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { commands, committed, rejected, failed, duplicates, events } = self.counts;
        let noun = if commands == 1 { "command" } else { "commands" };
        write!(f, "{commands} {noun}: {committed} committed, {rejected} rejected")?;
        if failed > 0 {
            write!(f, ", {failed} failed")?;
        }
        match duplicates {
            0 => {}
            1 => f.write_str(", 1 duplicate")?,
            duplicates => write!(f, ", {duplicates} duplicates")?,
        }
        let seconds = self.elapsed.as_secs_f64();
        write!(f, "; {events} events; {seconds:.3} seconds")?;
        if seconds > 0.0 {
            write!(f, ", {:.0} commands per second", commands as f64 / seconds)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Counts, Duration, Summary};

    #[test]
    fn a_run_that_took_no_time_has_no_speed() {
        let counts =
            Counts { commands: 3, committed: 1, rejected: 2, failed: 0, duplicates: 0, events: 5 };
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
}
