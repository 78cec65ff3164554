//! When the next checkpoint is due.

/// Counts the log's growth since the last checkpoint was begun.
#[derive(Debug)]
pub(super) struct Schedule {
    every: Option<u64>,
    /// Bytes of the log since then.
    grown: u64,
    /// Bytes of the last checkpoint that was made.
    size: u64,
}

impl Schedule {
    pub(super) fn new(every: Option<u64>, grown: u64, size: u64) -> Self {
        Self { every, grown, size }
    }

    /// Counts bytes of the log.
    pub(super) fn count(&mut self, bytes: u64) {
        self.grown += bytes;
    }

    pub(super) fn is_due(&self) -> bool {
        self.every.is_some_and(|every| self.grown >= every.max(self.size))
    }

    /// A checkpoint is begun now.
    pub(super) fn begin(&mut self) {
        self.grown = 0;
    }

    /// A checkpoint of a size was made.
    pub(super) fn made(&mut self, size: u64) {
        self.size = size;
    }
}

#[cfg(test)]
mod tests {
    use super::Schedule;

    #[test]
    fn large_checkpoints_are_made_as_seldom_as_they_cost() {
        let mut schedule = Schedule::new(Some(100), 0, 0);
        schedule.count(99);
        assert!(!schedule.is_due());
        schedule.count(1);
        assert!(schedule.is_due());
        schedule.begin();
        schedule.made(250);
        schedule.count(249);
        assert!(!schedule.is_due(), "the log is shorter than the checkpoint");
        schedule.count(1);
        assert!(schedule.is_due());
    }

    #[test]
    fn nothing_is_due_without_an_interval() {
        assert!(!Schedule::new(None, u64::MAX, 0).is_due());
    }
}
