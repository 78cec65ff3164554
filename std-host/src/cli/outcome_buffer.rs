//! The outcomes on their way to standard output.

use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::rc::Rc;

use super::crash;
use super::stdio::Stdout;

/// Bytes that are collected before a write.
const CAPACITY: usize = 64 << 10;

/// A buffer before a writer. [`FlushFirst`] shares it.
pub(crate) struct OutcomeBuffer<W> {
    out: W,
    buffer: Vec<u8>,
    /// True if each line is written before the next command runs.
    flushes_each: bool,
    /// True if the crash note writes the buffer if the process dies.
    is_saved: bool,
    /// The error of a flush that a reader caused, which cannot report it.
    failed: Option<io::Error>,
}

impl<W: Write> OutcomeBuffer<W> {
    pub(crate) fn new(out: W) -> Self {
        let buffer = Vec::with_capacity(CAPACITY);
        Self { out, buffer, flushes_each: false, is_saved: false, failed: None }
    }

    /// Writes each line before the next command runs.
    pub(crate) fn flush_each(&mut self) {
        self.flushes_each = true;
    }

    /// Prepares the output for a call of the plugin, which may end the process.
    #[inline]
    pub(crate) fn before_call(&mut self) -> io::Result<()> {
        if self.flushes_each { self.flush() } else { Ok(()) }
    }

    /// The error of a flush that came before a read.
    pub(crate) fn take_failure(&mut self) -> Option<io::Error> {
        self.failed.take()
    }

    #[inline]
    fn save(&self) {
        if self.is_saved {
            crash::save(&self.buffer);
        }
    }
}

impl OutcomeBuffer<Stdout> {
    /// A buffer before standard output. If the plugin ends the process, the rest is written.
    pub(crate) fn of_stdout(stdout: Stdout) -> Self {
        let is_read_meanwhile = stdout.is_read_meanwhile();
        let mut output = Self::new(stdout);
        #[cfg(unix)]
        output.save_in_crash();
        if is_read_meanwhile {
            output.flush_each();
        }
        output
    }
}

#[cfg(unix)]
impl<W: Write + std::os::fd::AsFd> OutcomeBuffer<W> {
    /// Lets the crash note write the buffer if the process dies.
    pub(crate) fn save_in_crash(&mut self) {
        use std::os::fd::AsRawFd as _;
        crash::watch(self.out.as_fd().as_raw_fd());
        self.is_saved = true;
    }
}

impl<W: Write> Write for OutcomeBuffer<W> {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.buffer.len() + bytes.len() > CAPACITY {
            self.flush()?;
        }
        if bytes.len() > CAPACITY {
            return self.out.write(bytes);
        }
        self.buffer.extend_from_slice(bytes);
        self.save();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = self.out.write_all(&self.buffer);
        // Also after an error, so that the same bytes are not written twice.
        self.buffer.clear();
        self.save();
        result?;
        self.out.flush()
    }
}

/// An input that flushes an output before each read: a read may block, and the sender of the
/// commands may be waiting for the outcomes so far.
pub(crate) struct FlushFirst<R, W> {
    input: R,
    output: Rc<RefCell<OutcomeBuffer<W>>>,
}

impl<R, W> FlushFirst<R, W> {
    pub(crate) fn new(input: R, output: Rc<RefCell<OutcomeBuffer<W>>>) -> Self {
        Self { input, output }
    }
}

impl<R: Read, W: Write> Read for FlushFirst<R, W> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut output = self.output.borrow_mut();
        if let Err(error) = output.flush() {
            output.failed = Some(error);
            return Err(io::Error::other("standard output cannot be written"));
        }
        drop(output);
        self.input.read(buffer)
    }
}
