//! The signal handler and the exit handler. Their data lies in statics, because a signal handler
//! may neither allocate nor lock.

use std::mem;
use std::os::fd::{BorrowedFd, RawFd};
use std::ptr;
use std::sync::atomic::{
    AtomicBool, AtomicI32, AtomicPtr, AtomicU8, AtomicU64, AtomicUsize, Ordering::Relaxed,
};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

use super::Call;

/// Bytes that are not written yet.
static BUFFER: AtomicPtr<u8> = AtomicPtr::new(ptr::null_mut());
static LEN: AtomicUsize = AtomicUsize::new(0);
static OUTPUT: AtomicI32 = AtomicI32::new(-1);

/// The line of the command, or the number of the entry.
static LINE: AtomicU64 = AtomicU64::new(0);
/// The running call; [`NONE`] outside of the plugin.
static CALL: AtomicU8 = AtomicU8::new(NONE);
static EXT_SEQ: AtomicU64 = AtomicU64::new(0);

const NONE: u8 = 0;
const CREATE: u8 = 1;
const COMMAND: u8 = 2;
const VALIDATE: u8 = 3;
const UNLOAD: u8 = 4;
const LOAD: u8 = 5;
const ENTRY: u8 = 6;

/// The end by a call of `exit`.
const EXIT: &str = "exit";

/// Set when the program ends on its own. Until then a call of `exit` is the plugin's.
static ENDS: AtomicBool = AtomicBool::new(false);

/// Signals of a crash, with their names.
const CRASHES: [(i32, &str); 5] = [
    (libc::SIGABRT, "SIGABRT"),
    (libc::SIGBUS, "SIGBUS"),
    (libc::SIGFPE, "SIGFPE"),
    (libc::SIGILL, "SIGILL"),
    (libc::SIGSEGV, "SIGSEGV"),
];

/// Watches for crashes from now on. `output` is the descriptor that buffered outcomes go to.
pub(crate) fn watch(output: RawFd) {
    OUTPUT.store(output, Relaxed);
    for (signal, _) in CRASHES {
        // SAFETY: all-zero bytes are a valid `sigaction` (rule 10).
        let mut action: libc::sigaction = unsafe { mem::zeroed() };
        let handler: extern "C" fn(libc::c_int) = on_signal;
        action.sa_sigaction = handler as libc::sighandler_t;
        // On the alternate stack, because the plugin may have used up its own; and once, because a
        // crash inside the handler must end the process.
        action.sa_flags = libc::SA_ONSTACK | libc::SA_RESETHAND;
        // SAFETY: the action is initialised, and the handler is safe in a signal: it reads atomics
        // and makes system calls only (rule 10). A failure leaves the default action.
        unsafe { libc::sigaction(signal, &raw const action, ptr::null_mut()) };
    }
    // SAFETY: the function takes no argument and may run at any exit (rule 10).
    unsafe { libc::atexit(on_exit) };
}

/// The program ends on its own from now on.
pub(super) fn end() {
    ENDS.store(true, Relaxed);
}

/// Tells which bytes are not written yet. They stay where they are while the plugin runs.
#[inline]
pub(crate) fn save(buffer: &[u8]) {
    BUFFER.store(buffer.as_ptr().cast_mut(), Relaxed);
    LEN.store(buffer.len(), Relaxed);
}

/// Runs a call of the plugin.
#[inline]
pub(crate) fn during<R>(call: Call, body: impl FnOnce() -> R) -> R {
    let kind = match call {
        Call::Load => LOAD,
        Call::Create => CREATE,
        Call::Command { line, ext_seq } => {
            LINE.store(line, Relaxed);
            EXT_SEQ.store(ext_seq, Relaxed);
            COMMAND
        }
        Call::Validate => VALIDATE,
        Call::Entry(number) => {
            next_entry(number);
            ENTRY
        }
        Call::Unload => UNLOAD,
    };
    CALL.store(kind, Relaxed);
    let result = body();
    CALL.store(NONE, Relaxed);
    result
}

/// Tells which entry is replayed next.
pub(crate) fn next_entry(number: u64) {
    LINE.store(number, Relaxed);
}

extern "C" fn on_signal(signal: libc::c_int) {
    let name = CRASHES.iter().find(|(number, _)| *number == signal);
    write_note(name.map_or("a signal", |(_, name)| name));
    // The default action is back. It ends the process when the handler returns, with the state of
    // the crash for a core dump.
    // SAFETY: the call may be made in a signal handler (rule 10).
    unsafe { libc::raise(signal) };
}

extern "C" fn on_exit() {
    if !ENDS.load(Relaxed) {
        write_note(EXIT);
        // The plugin's own exit code may be 0, which means success.
        // SAFETY: `_exit` may be called at any time, and ends the process (rule 10).
        unsafe { libc::_exit(1) };
    }
}

/// Writes the buffered outcomes, and then the note.
fn write_note(how: &str) {
    let (buffer, len) = (BUFFER.load(Relaxed), LEN.swap(0, Relaxed));
    if !buffer.is_null() {
        // SAFETY: `save` stored the address and length of a buffer that stays as it is while the
        // plugin runs (rule 10).
        let bytes = unsafe { std::slice::from_raw_parts(buffer, len) };
        write_all(OUTPUT.load(Relaxed), bytes);
    }
    let mut note = Note { bytes: [0; 256], len: 0 };
    note.push(match CALL.load(Relaxed) {
        // Outside of calls a signal may be the program's own fault, but an exit is not.
        NONE if how != EXIT => "error: the program ended (",
        _ => "error: the plugin ended the process (",
    });
    note.push(how);
    note.push(")");
    match CALL.load(Relaxed) {
        LOAD => note.push(" while it was loaded"),
        CREATE => note.push(" while it was created"),
        ENTRY => {
            note.push(" in entry ");
            note.push_number(LINE.load(Relaxed));
            note.push(" of the log");
        }
        COMMAND => {
            note.push(" in the command of line ");
            note.push_number(LINE.load(Relaxed));
            note.push(" with ext_seq ");
            note.push_number(EXT_SEQ.load(Relaxed));
            note.push("; all outcomes before it have been printed");
        }
        VALIDATE => note.push(" while it checked its invariants"),
        UNLOAD => note.push(" while it was unloaded"),
        NONE if how == EXIT => note.push(" from a thread of its own"),
        _ => {}
    }
    note.push("\n");
    write_all(libc::STDERR_FILENO, note.bytes.get(..note.len).unwrap_or_default());
}

fn write_all(fd: RawFd, mut bytes: &[u8]) {
    if fd < 0 {
        return;
    }
    // SAFETY: standard error and the output stay open as long as the process (rule 10).
    let fd = unsafe { BorrowedFd::borrow_raw(fd) };
    while !bytes.is_empty() {
        match rustix::io::write(fd, bytes) {
            Ok(len @ 1..) => bytes = bytes.get(len..).unwrap_or_default(),
            Err(Errno::AGAIN) => {
                let mut fds = [PollFd::from_borrowed_fd(fd, PollFlags::OUT)];
                if poll(&mut fds, None).is_err() {
                    return;
                }
            }
            Err(Errno::INTR) => {}
            Ok(0) | Err(_) => return,
        }
    }
}

/// A text on the stack.
struct Note {
    bytes: [u8; 256],
    len: usize,
}

impl Note {
    fn push(&mut self, text: &str) {
        for (place, byte) in self.bytes.iter_mut().skip(self.len).zip(text.bytes()) {
            *place = byte;
            self.len += 1;
        }
    }

    fn push_number(&mut self, mut number: u64) {
        let mut digits = [b'0'; 20];
        let mut first = digits.len();
        for (position, digit) in digits.iter_mut().enumerate().rev() {
            *digit = b'0' + (number % 10) as u8;
            (number, first) = (number / 10, position);
            if number == 0 {
                break;
            }
        }
        let digits = digits.get(first..).unwrap_or_default();
        self.push(str::from_utf8(digits).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::Note;

    #[test]
    fn numbers_of_every_length_are_written_in_full() {
        for number in [0, 7, 10, 123, u64::MAX] {
            let mut note = Note { bytes: [0; 256], len: 0 };
            note.push("n ");
            note.push_number(number);
            assert_eq!(note.bytes[..note.len], *format!("n {number}").as_bytes());
        }
    }

    #[test]
    fn text_that_is_too_long_is_cut() {
        let mut note = Note { bytes: [0; 256], len: 0 };
        note.push(&"x".repeat(300));
        note.push("y");
        assert_eq!((note.len, note.bytes), (256, [b'x'; 256]));
    }
}
