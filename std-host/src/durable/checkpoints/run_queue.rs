//! Counts how long a thread waits for a processor.

use std::time::Duration;

/// The time in which a thread was ready to run and other threads had the processors, as the kernel
/// counts it.
#[derive(Debug)]
pub(super) struct RunQueue {
    #[cfg(target_os = "linux")]
    schedstat: std::fs::File,
}

#[cfg(target_os = "linux")]
impl RunQueue {
    /// `None` if the kernel does not count it.
    pub(super) fn of_this_thread() -> Option<Self> {
        let schedstat = std::fs::File::open("/proc/thread-self/schedstat").ok()?;
        Some(Self { schedstat })
    }

    /// The time so far.
    pub(super) fn waited(&self) -> Option<Duration> {
        use std::os::unix::fs::FileExt as _;
        let mut text = [0; 80];
        let length = self.schedstat.read_at(&mut text, 0).ok()?;
        waiting_of(text.get(..length)?)
    }
}

#[cfg(not(target_os = "linux"))]
impl RunQueue {
    /// Other systems do not tell.
    pub(super) fn of_this_thread() -> Option<Self> {
        None
    }

    pub(super) fn waited(&self) -> Option<Duration> {
        None
    }
}

/// The file holds the nanoseconds of running and of waiting, and how often the thread began to run.
#[cfg(target_os = "linux")]
fn waiting_of(text: &[u8]) -> Option<Duration> {
    let waiting = str::from_utf8(text).ok()?.split_ascii_whitespace().nth(1)?;
    Some(Duration::from_nanos(waiting.parse().ok()?))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_file_has_another_form() {
        assert_eq!(waiting_of(b"147300 2430805 2\n"), Some(Duration::from_nanos(2_430_805)));
        assert_eq!(waiting_of(b"147300\n"), None);
        assert_eq!(waiting_of(b"147300 -1 2\n"), None);
        assert_eq!(waiting_of(b""), None);
    }
}
