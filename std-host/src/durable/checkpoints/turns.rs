//! Lets commands run between the steps of a checkpoint.

use std::{thread, time::Duration};

use super::run_queue::RunQueue;

/// Steps of a checkpoint, such as an entry that was read or a record that was written.
///
/// A thread that the kernel has given a processor may keep it until the next tick of the kernel's
/// clock, which comes every 4 ms on many systems, although a thread of higher priority waits for
/// the processor. So a checkpoint offers it after every few steps.
///
/// The kernel may refuse the offer, because the thread has waited for its share before. So a
/// checkpoint that had to wait for a processor rests after some offers. When it goes on, the kernel
/// chooses a processor anew, and takes one that is idle.
#[derive(Debug)]
pub(super) struct Turns {
    /// Steps until the next offer.
    steps: u32,
    /// Offers until the next rest, if the thread has waited.
    offers: u32,
    /// `None` if there are no commands, or the kernel does not count.
    waits: Option<Waits>,
}

impl Turns {
    /// These take about 50 µs, and an offer that no thread takes less than one.
    const STEPS: u32 = 256;
    /// These take less than half of a millisecond.
    const OFFERS: u32 = 8;
    /// Longer than all steps before it, so that commands get most of the processor.
    const REST: Duration = Duration::from_millis(1);

    /// For a checkpoint on the thread that would run commands.
    pub(super) fn alone() -> Self {
        Self { steps: Self::STEPS, offers: Self::OFFERS, waits: None }
    }

    /// For a checkpoint on the calling thread, beside one that runs commands.
    pub(super) fn beside_commands() -> Self {
        Self { waits: Waits::of_this_thread(), ..Self::alone() }
    }

    /// Counts a step.
    #[inline]
    pub(super) fn step(&mut self) {
        self.steps -= 1;
        if self.steps == 0 {
            self.steps = Self::STEPS;
            self.offer();
        }
    }

    fn offer(&mut self) {
        thread::yield_now();
        self.offers -= 1;
        if self.offers == 0 {
            self.offers = Self::OFFERS;
            if self.waits.as_mut().is_some_and(Waits::has_waited) {
                thread::sleep(Self::REST);
            }
        }
    }
}

/// The time that this thread has waited for a processor.
#[derive(Debug)]
struct Waits {
    queue: RunQueue,
    before: Duration,
}

impl Waits {
    fn of_this_thread() -> Option<Self> {
        let queue = RunQueue::of_this_thread()?;
        Some(Self { before: queue.waited()?, queue })
    }

    /// Returns true if the thread has waited since the last call.
    fn has_waited(&mut self) -> bool {
        self.queue.waited().is_some_and(|waited| has_grown(&mut self.before, waited))
    }
}

/// Returns true for a longer time than it takes to begin on a processor that is idle.
fn has_grown(before: &mut Duration, now: Duration) -> bool {
    let grown = now.saturating_sub(*before);
    *before = now;
    grown >= Duration::from_micros(100)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail loudly")]

    use std::{
        hint::spin_loop,
        sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    };

    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    use super::*;

    /// Binds the calling thread to the first processor that it may use.
    fn share_one_processor() {
        let allowed = sched_getaffinity(None).unwrap();
        let first = (0..CpuSet::MAX_CPU).find(|cpu| allowed.is_set(*cpu)).unwrap();
        let mut one = CpuSet::new();
        one.set(first);
        sched_setaffinity(None, &one).unwrap();
    }

    #[test]
    fn steps_keep_the_processor_from_a_thread_that_waits_for_it() {
        let (count, is_over) = (AtomicU64::new(0), AtomicBool::new(false));
        thread::scope(|threads| {
            let other = || {
                share_one_processor();
                while !is_over.load(Relaxed) {
                    count.fetch_add(1, Relaxed);
                    spin_loop();
                }
            };
            let checkpoint = || {
                share_one_processor();
                while count.load(Relaxed) == 0 {
                    thread::yield_now();
                }
                let mut turns = Turns::alone();
                let before = count.load(Relaxed);
                // Without the offers these steps are over before the next tick.
                for _ in 0..200 * Turns::STEPS {
                    turns.step();
                }
                is_over.store(true, Relaxed);
                assert_ne!(count.load(Relaxed), before);
            };
            threads.spawn(other);
            threads.spawn(checkpoint);
        });
    }
    #[test]
    fn a_checkpoint_rests_after_no_wait_or_again_after_the_same_one() {
        let mut before = Duration::from_micros(7);
        let mut has_waited = |micros| has_grown(&mut before, Duration::from_micros(micros));
        assert!(!has_waited(106));
        assert!(!has_waited(205), "two short waits are no long one");
        assert!(has_waited(305));
        assert!(!has_waited(305));
    }
}
