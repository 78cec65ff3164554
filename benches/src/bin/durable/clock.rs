//! Clocks for batches.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The time that a measurement counts.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Clock {
    /// All of it, with waiting for the disk.
    Wall,
    /// The time that the processor spent on this process, all threads together. Other processes do
    /// not change it.
    Processor,
}

impl Clock {
    /// The time since the clock began.
    pub(crate) fn now(self) -> Duration {
        let time = clock_gettime(match self {
            Self::Wall => ClockId::Monotonic,
            Self::Processor => ClockId::ProcessCPUTime,
        });
        Duration::new(time.tv_sec.cast_unsigned(), time.tv_nsec as u32)
    }
}
