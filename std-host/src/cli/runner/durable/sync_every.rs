//! When entries are made durable.

use std::{
    str::FromStr,
    time::{Duration, Instant},
};

/// How often entries are made durable while input is at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SyncEvery {
    Commands(u64),
    Time(Duration),
}

impl SyncEvery {
    pub(crate) const DEFAULT: Self = Self::Commands(1024);
}

impl FromStr for SyncEvery {
    type Err = String;

    /// Reads a number of commands, or a time as in `5ms`.
    fn from_str(text: &str) -> Result<Self, String> {
        let refused =
            || format!("`{text}` is neither a number of commands, from 1, nor a time such as 5ms");
        if let Some(millis) = text.strip_suffix("ms") {
            let millis = millis.trim().parse().map_err(|_| refused())?;
            return Ok(Self::Time(Duration::from_millis(millis)));
        }
        match text.parse() {
            Ok(0) | Err(_) => Err(refused()),
            Ok(commands) => Ok(Self::Commands(commands)),
        }
    }
}

/// Tells when the next sync is due.
pub(super) struct SyncClock {
    every: SyncEvery,
    commands: u64,
    last: Instant,
}

impl SyncClock {
    pub(super) fn new(every: SyncEvery) -> Self {
        Self { every, commands: 0, last: Instant::now() }
    }

    /// Counts a command.
    pub(super) fn count(&mut self) {
        self.commands += 1;
    }

    pub(super) fn is_due(&self) -> bool {
        match self.every {
            SyncEvery::Commands(commands) => self.commands >= commands,
            SyncEvery::Time(time) => self.commands > 0 && self.last.elapsed() >= time,
        }
    }

    /// Begins again, after a sync.
    pub(super) fn restart(&mut self) {
        (self.commands, self.last) = (0, Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, SyncEvery};

    #[test]
    fn a_number_of_commands_or_a_time_and_nothing_else() {
        assert_eq!("16".parse(), Ok(SyncEvery::Commands(16)));
        assert_eq!("5ms".parse(), Ok(SyncEvery::Time(Duration::from_millis(5))));
        for text in ["", "0", "-1", "5s", "ms", "1.5ms", "many"] {
            let error = text.parse::<SyncEvery>().unwrap_err();
            assert!(
                error.contains("neither a number of commands, from 1, nor a time"),
                "{text}: {error}"
            );
        }
    }
}
