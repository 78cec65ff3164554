//! Gives commands at fixed times, and measures each.

use std::{
    error::Error,
    ffi::CStr,
    fs,
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;
use rustix::thread::{name, set_name};
use statevec_benches::processor::{RunQueue, processor_time};

/// Commands per second: few enough that the processor has time for the checkpoint.
pub(crate) const RATE: u64 = 50_000;
pub(super) const INTERVAL: Duration = Duration::from_nanos(1_000_000_000 / RATE);
pub(super) const COMMANDS: u64 = 500_000;

/// Times of the commands, in nanoseconds.
pub(super) struct Paced {
    /// From when a command was due until it was submitted. The time that it had to wait for those
    /// before it counts.
    pub(super) submitted: Histogram<u64>,
    /// Processor time, without that of other threads.
    pub(super) processor: Histogram<u64>,
    /// `None` if the kernel does not count time in the run queue.
    pub(super) queued: Option<Queued>,
    /// How often the thread waited for anything else than a processor.
    pub(super) waits: u64,
}

/// Time in which the thread was ready, and another one had its processor.
pub(super) struct Queued {
    /// Since the command before.
    pub(super) alone: Histogram<u64>,
    /// From when a command was due until it was submitted, if all that takes time is the processor
    /// and the queue.
    pub(super) with_processor: Histogram<u64>,
}

/// Calls the function at fixed times since `began`, from a thread that never sleeps. The calling
/// thread has the name `thread` meanwhile.
pub(super) fn pace(
    thread: &CStr,
    began: Instant,
    mut command: impl FnMut(u64) -> Result<(), Box<dyn Error>>,
) -> Result<Paced, Box<dyn Error>> {
    let (mut submitted, mut processor) = (Histogram::new(3)?, Histogram::new(3)?);
    let name_before = name()?;
    set_name(thread)?;
    let mut queue = Queue::new()?;
    let waits_before = waits()?;
    for number in 0..COMMANDS {
        let due = INTERVAL * number as u32;
        while began.elapsed() < due {
            std::hint::spin_loop();
        }
        let processor_before = processor_time();
        command(number)?;
        let took = began.elapsed().saturating_sub(due);
        let busy = processor_time() - processor_before;
        submitted.record(nanos(took))?;
        processor.record(nanos(busy))?;
        if let Some(queue) = &mut queue {
            queue.record(busy)?;
        }
    }
    let waits = waits()? - waits_before;
    set_name(&name_before)?;
    Ok(Paced { submitted, processor, queued: queue.map(|queue| queue.queued), waits })
}

struct Queue {
    queue: RunQueue,
    before: Duration,
    /// The time that the command before took, from when it was due.
    behind: Duration,
    queued: Queued,
}

impl Queue {
    fn new() -> Result<Option<Self>, Box<dyn Error>> {
        let Some(queue) = RunQueue::of_this_thread()? else { return Ok(None) };
        let queued = Queued { alone: Histogram::new(3)?, with_processor: Histogram::new(3)? };
        Ok(Some(Self { before: queue.waited()?, behind: Duration::ZERO, queue, queued }))
    }

    fn record(&mut self, busy: Duration) -> Result<(), Box<dyn Error>> {
        let now = self.queue.waited()?;
        let waited = now - self.before;
        self.before = now;
        // A wait delays the commands behind it, too, until the thread has caught up.
        self.behind = self.behind.saturating_sub(INTERVAL) + waited + busy;
        self.queued.alone.record(nanos(waited))?;
        self.queued.with_processor.record(nanos(self.behind))?;
        Ok(())
    }
}

/// How often this thread has waited so far.
fn waits() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/thread-self/status")?;
    let waits = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
    Ok(waits.ok_or("the kernel counts no context switches")?.trim().parse()?)
}

pub(super) fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX).max(1)
}
