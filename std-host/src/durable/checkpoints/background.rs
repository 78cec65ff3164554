//! Does jobs beside the commands, on a thread of low priority.

use std::{
    cell::OnceCell,
    io,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::mpsc::{Receiver, Sender, TryRecvError, channel},
    thread,
};

/// A thread that does one job at a time.
///
/// It is started before the first job. So it may run on every processor that its creator was
/// allowed at that time, also if the thread that gives the jobs is bound to one of them later; and
/// giving a job does not take the time of starting a thread.
#[derive(Debug)]
pub(super) struct Background<J, T> {
    /// The thread ends when this is dropped.
    jobs: Sender<J>,
    results: Receiver<thread::Result<T>>,
    /// True from when a job was given until its result was taken.
    has_job: bool,
    ready: OnceCell<thread::Result<T>>,
}

impl<J: Send + 'static, T: Send + 'static> Background<J, T> {
    /// Starts the thread.
    pub(super) fn start(
        name: &str,
        mut function: impl FnMut(J) -> T + Send + 'static,
    ) -> io::Result<Self> {
        let (jobs, given) = channel();
        let (done, results) = channel();
        let run = move || {
            yield_to_commands();
            for job in given {
                let result = catch_unwind(AssertUnwindSafe(|| function(job)));
                // The send cannot fail: dropping the receiver waits for the result first.
                let _sent = done.send(result);
            }
        };
        thread::Builder::new().name(name.into()).spawn(run)?;
        Ok(Self { jobs, results, has_job: false, ready: OnceCell::new() })
    }

    /// Gives the thread a job, after the result of the one before was taken.
    pub(super) fn give(&mut self, job: J) {
        // The send cannot fail: the thread ends only after its sender was dropped.
        self.has_job = self.jobs.send(job).is_ok();
    }

    /// Returns true until the job is done.
    pub(super) fn is_running(&self) -> bool {
        if !self.has_job || self.ready.get().is_some() {
            return false;
        }
        match self.results.try_recv() {
            Ok(result) => self.ready.set(result).is_err(),
            Err(TryRecvError::Empty) => true,
            Err(TryRecvError::Disconnected) => false,
        }
    }

    /// Waits for the job, and takes its result. `None` if there is no job.
    ///
    /// # Panics
    ///
    /// As the function did.
    pub(super) fn wait(&mut self) -> Option<T> {
        self.take().map(|result| result.unwrap_or_else(|panic| resume_unwind(panic)))
    }
}

impl<J, T> Background<J, T> {
    fn take(&mut self) -> Option<thread::Result<T>> {
        if !std::mem::take(&mut self.has_job) {
            return None;
        }
        self.ready.take().or_else(|| self.results.recv().ok())
    }
}

/// Waits for the job.
impl<J, T> Drop for Background<J, T> {
    fn drop(&mut self) {
        // The result does not count any more.
        let _result = self.take();
    }
}

/// Lowers the priority of the calling thread, so that it takes little of the processor from
/// commands and their syncs. It still gets some on a machine that is never idle.
#[cfg(target_os = "linux")]
fn yield_to_commands() {
    // A failure costs nothing but speed. On other systems than Linux, `nice` would change the whole
    // process.
    let _priority = rustix::process::nice(LESS);
}

#[cfg(not(target_os = "linux"))]
fn yield_to_commands() {}

/// About a tenth of the processor if the commands want all of it.
#[cfg(target_os = "linux")]
const LESS: i32 = 10;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail loudly")]

    use std::time::Duration;

    use super::*;

    #[test]
    fn a_result_is_lost_or_comes_too_early() {
        let (go, gone) = channel::<u8>();
        let mut thread =
            Background::start("test", move |plus| gone.recv().unwrap() + plus).unwrap();
        assert!(!thread.is_running());
        assert_eq!(thread.wait(), None, "there was no job");
        for plus in [1, 2] {
            thread.give(plus);
            assert!(thread.is_running());
            go.send(7).unwrap();
            while thread.is_running() {
                thread::yield_now();
            }
            assert!(!thread.is_running(), "the result is kept");
            assert_eq!(thread.wait(), Some(7 + plus));
        }
    }

    #[test]
    fn a_panic_of_a_job_ends_the_thread_or_is_lost() {
        let run = |job: u8| if job == 0 { panic!("planted") } else { job };
        let mut thread = Background::start("test", run).unwrap();
        thread.give(0);
        while thread.is_running() {
            thread::yield_now();
        }
        let panic = catch_unwind(AssertUnwindSafe(|| thread.wait())).unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"planted"));
        thread.give(3);
        assert_eq!(thread.wait(), Some(3));
    }

    #[test]
    fn dropping_does_not_wait_for_the_job() {
        let (done, is_done) = channel();
        let mut thread = Background::start("test", move |()| {
            thread::sleep(Duration::from_millis(20));
            done.send(()).unwrap();
        })
        .unwrap();
        thread.give(());
        drop(thread);
        assert_eq!(is_done.try_recv(), Ok(()));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_caller_loses_its_priority() {
        let nice = || rustix::process::nice(0).unwrap();
        let before = nice();
        let mut thread = Background::start("test", move |()| nice()).unwrap();
        thread.give(());
        assert_eq!(thread.wait(), Some((before + LESS).min(19)));
        assert_eq!(nice(), before);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_caller_that_binds_itself_to_a_processor_shares_it() {
        use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

        let processors = || sched_getaffinity(None).unwrap();
        let before = processors();
        let mut thread = Background::start("test", move |()| processors()).unwrap();
        let mut one = CpuSet::new();
        one.set((0..CpuSet::MAX_CPU).find(|cpu| before.is_set(*cpu)).unwrap());
        sched_setaffinity(None, &one).unwrap();
        thread.give(());
        assert_eq!(thread.wait(), Some(before));
        sched_setaffinity(None, &before).unwrap();
    }
}
