//! Lets commands run between the steps of a checkpoint.

use std::thread;

/// Steps of a checkpoint, such as an entry that was read or a record that was written.
///
/// A thread that the kernel has given a processor may keep it until the next tick of the kernel's
/// clock, which comes every 4 ms on many systems, although a thread of higher priority waits for
/// the processor. So a checkpoint offers it after every few steps.
#[derive(Debug)]
pub(super) struct Turns {
    /// Steps until the next offer.
    left: u32,
}

impl Turns {
    /// These take about 50 µs, and an offer that no thread takes less than one.
    const STEPS: u32 = 256;

    pub(super) fn new() -> Self {
        Self { left: Self::STEPS }
    }

    /// Counts a step.
    pub(super) fn step(&mut self) {
        self.left -= 1;
        if self.left == 0 {
            self.left = Self::STEPS;
            thread::yield_now();
        }
    }
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
                let mut turns = Turns::new();
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
}
