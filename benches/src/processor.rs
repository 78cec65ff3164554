//! Time of the processor, which other processes do not change.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The time that the processor has spent on this thread.
#[must_use]
pub fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.cast_unsigned(), time.tv_nsec as u32)
}
