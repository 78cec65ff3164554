//! Time of the processor, which other processes do not change; and time without a processor.

use std::{
    fs::File,
    io::{self, ErrorKind},
    os::unix::fs::FileExt as _,
    time::Duration,
};

use rustix::time::{ClockId, clock_gettime};

/// The time that the processor has spent on this thread.
#[must_use]
pub fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.cast_unsigned(), time.tv_nsec as u32)
}

/// Counts how long a thread was ready to run and waited for a processor, because other threads of
/// this machine had it.
#[derive(Debug)]
pub struct RunQueue {
    schedstat: File,
}

impl RunQueue {
    /// Opens the times of the calling thread. `None` if the kernel does not count them.
    ///
    /// # Errors
    ///
    /// The kernel's file cannot be read, or has another form.
    pub fn of_this_thread() -> io::Result<Option<Self>> {
        let schedstat = match File::open("/proc/thread-self/schedstat") {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let queue = Self { schedstat };
        // A kernel that counts nothing writes zeros. This thread runs, so it had a processor once.
        let [_, turns] = queue.counts()?;
        Ok((turns != 0).then_some(queue))
    }

    /// The time in the queue so far.
    ///
    /// # Errors
    ///
    /// As [`of_this_thread`](Self::of_this_thread).
    pub fn waited(&self) -> io::Result<Duration> {
        let [nanos, _] = self.counts()?;
        Ok(Duration::from_nanos(nanos))
    }

    /// Nanoseconds ready without a processor, and how often the thread got one.
    fn counts(&self) -> io::Result<[u64; 2]> {
        let mut text = [0; 80];
        let length = self.schedstat.read_at(&mut text, 0)?;
        let text = text.get(..length).unwrap_or_default();
        counts_of(text).ok_or_else(|| {
            let text = String::from_utf8_lossy(text);
            io::Error::new(ErrorKind::InvalidData, format!("/proc/…/schedstat holds {text:?}"))
        })
    }
}

fn counts_of(text: &[u8]) -> Option<[u64; 2]> {
    let mut numbers = str::from_utf8(text).ok()?.split_ascii_whitespace();
    let [_running, waiting, turns] = [numbers.next()?, numbers.next()?, numbers.next()?];
    Some([waiting.parse().ok()?, turns.parse().ok()?])
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail loudly")]

    use std::thread::{available_parallelism, scope};

    use super::*;

    #[test]
    fn other_threads_take_the_processor_and_no_wait_is_counted() {
        let Some(queue) = RunQueue::of_this_thread().unwrap() else {
            eprintln!("skipped, because this kernel does not count the time in the run queue");
            return;
        };
        let before = queue.waited().unwrap();
        let spin = || {
            let began = processor_time();
            while processor_time() - began < Duration::from_millis(50) {
                std::hint::spin_loop();
            }
        };
        scope(|threads| {
            for _ in 0..available_parallelism().unwrap().get() {
                threads.spawn(spin);
            }
            spin();
        });
        assert!(queue.waited().unwrap() > before);
    }

    #[test]
    fn the_kernels_file_has_another_form() {
        assert_eq!(counts_of(b"147300 2430805 2\n"), Some([2_430_805, 2]));
        assert_eq!(counts_of(b"147300 2430805\n"), None);
        assert_eq!(counts_of(b"147300 -1 2\n"), None);
        assert_eq!(counts_of(b""), None);
    }
}
