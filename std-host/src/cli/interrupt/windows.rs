//! Ctrl-C, Ctrl-Break, and the end of the console or the session.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use windows_sys::Win32::System::Console::{CTRL_BREAK_EVENT, CTRL_C_EVENT, SetConsoleCtrlHandler};
use windows_sys::core::BOOL;

use super::Interrupt;

/// The numbers of the signals that mean the same on Unix, and so the same exit codes.
const INTERRUPTED: usize = 2;
const TERMINATED: usize = 15;

/// An action that ends the wait for input.
pub(super) type Waker = Mutex<Option<Box<dyn Fn() + Send>>>;

/// The handler's own clone. Windows passes a handler nothing.
static WATCHED: OnceLock<Interrupt> = OnceLock::new();

impl Interrupt {
    /// Handles the events from now on. The second one ends the process at once, because a plugin
    /// may never return.
    pub(crate) fn watch() -> io::Result<Self> {
        let new = || Self { received: Arc::new(AtomicUsize::new(0)), waker: Arc::default() };
        let interrupt = WATCHED.get_or_init(new).clone();
        // SAFETY: the handler is a function of this program, and uses only what threads share (rule
        // 10).
        match unsafe { SetConsoleCtrlHandler(Some(handle), 1) } {
            0 => Err(io::Error::last_os_error()),
            _ => Ok(interrupt),
        }
    }

    /// There is no such signal on Windows.
    pub(crate) fn survive_file_size_limit() -> io::Result<()> {
        Ok(())
    }

    /// Runs an action when an event comes.
    pub(crate) fn wake_by(&self, action: impl Fn() + Send + 'static) {
        *self.waker.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(action));
    }
}

/// Windows calls this on a thread of its own, and runs its default action if the answer is 0.
unsafe extern "system" fn handle(event: u32) -> BOOL {
    let Some(interrupt) = WATCHED.get() else { return 0 };
    let is_key = [CTRL_C_EVENT, CTRL_BREAK_EVENT].contains(&event);
    let number = if is_key { INTERRUPTED } else { TERMINATED };
    let is_first = interrupt.received.swap(number, Relaxed) == 0;
    if !is_first {
        return 0;
    }
    if let Some(wake) = &*interrupt.waker.lock().unwrap_or_else(PoisonError::into_inner) {
        wake();
    }
    // Windows ends the process when this returns, and otherwise after some seconds.
    while !is_key {
        thread::park();
    }
    1
}
