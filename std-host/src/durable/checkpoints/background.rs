//! Runs a function beside the commands, on a thread of low priority.

use std::{
    cell::OnceCell,
    io, panic,
    sync::mpsc::{Receiver, TryRecvError, sync_channel},
    thread::{self, JoinHandle},
};

/// A function that runs on a thread of its own, and its result.
#[derive(Debug)]
pub(super) struct Background<T> {
    /// The thread sends one result, and drops its sender only behind everything else that it does.
    result: Receiver<T>,
    ready: OnceCell<T>,
    thread: JoinHandle<()>,
}

impl<T: Send + 'static> Background<T> {
    /// Starts the thread.
    pub(super) fn spawn(
        name: &str,
        function: impl FnOnce() -> T + Send + 'static,
    ) -> io::Result<Self> {
        let (send, result) = sync_channel(1);
        let run = move || {
            yield_to_commands();
            // The send fails if the engine was dropped: no thread waits for the result then.
            let _sent = send.send(function());
        };
        let thread = thread::Builder::new().name(name.into()).spawn(run)?;
        Ok(Self { result, ready: OnceCell::new(), thread })
    }

    /// Returns true until the result is there, or the function panicked.
    pub(super) fn is_running(&self) -> bool {
        if self.ready.get().is_some() {
            return false;
        }
        match self.result.try_recv() {
            Ok(result) => self.ready.set(result).is_err(),
            Err(TryRecvError::Empty) => true,
            Err(TryRecvError::Disconnected) => false,
        }
    }

    /// Waits for the result, and not for the end of the thread: on a busy machine, that comes
    /// milliseconds later.
    ///
    /// # Panics
    ///
    /// As the function did.
    pub(super) fn wait(self) -> T {
        match self.end() {
            Ok(result) => result,
            Err(panic) => panic::resume_unwind(panic),
        }
    }

    /// As [`wait`](Self::wait), and returns a panic of the function as an error.
    pub(super) fn end(self) -> thread::Result<T> {
        let Self { result, ready, thread } = self;
        match ready.into_inner().or_else(|| result.recv().ok()) {
            Some(result) => Ok(result),
            None => match thread.join() {
                Err(panic) => Err(panic),
                Ok(()) => unreachable!("a thread that did not panic has sent its result"),
            },
        }
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

    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn a_result_is_lost_or_comes_too_early() {
        let (go, gone) = channel::<()>();
        let running = Background::spawn("test", move || gone.recv().map(|()| 7)).unwrap();
        assert!(running.is_running());
        go.send(()).unwrap();
        while running.is_running() {
            std::thread::yield_now();
        }
        assert!(!running.is_running(), "the result is kept");
        assert_eq!(running.wait(), Ok(7));
    }

    #[test]
    fn a_panic_of_the_function_becomes_a_result() {
        let running = Background::spawn("test", || -> u8 { panic!("planted") }).unwrap();
        while running.is_running() {
            std::thread::yield_now();
        }
        let panic = running.end().unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"planted"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_caller_loses_its_priority() {
        let nice = || rustix::process::nice(0).unwrap();
        let before = nice();
        assert_eq!(Background::spawn("test", nice).unwrap().wait(), (before + LESS).min(19));
        assert_eq!(nice(), before);
    }
}
