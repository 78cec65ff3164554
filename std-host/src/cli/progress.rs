//! The progress bar on stderr.

use std::io::{self, IsTerminal as _, Read};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Length of an input, in bytes, from which on a bar is useful. Below it a bar would only flicker.
const LONG: u64 = 4 << 20;

/// Shows how much of a long input has been read.
///
/// It needs a terminal on stderr. Where stdout is a terminal, too, the outcomes show the progress.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Counts the bytes that are read from `input`. `len` is its length in bytes, if it is known.
    /// The bar shows only once much has been read.
    pub(crate) fn watch(
        input: Box<dyn Read>,
        len: Option<u64>,
        is_shown: bool,
    ) -> (Self, Box<dyn Read>) {
        let bar = ProgressBar::with_draw_target(len, ProgressDrawTarget::hidden());
        if !is_shown || !io::stderr().is_terminal() {
            return (Self { bar }, input);
        }
        let template = match len {
            Some(_) => "{bar:24} {percent:>3} %  {bytes} of {total_bytes}, {eta} left",
            None => "{spinner} {bytes} read, {bytes_per_sec}",
        };
        // The templates are constants. A wrong one leaves the library's default look.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        let watched = Watched { input, bar: bar.clone(), unseen: LONG };
        (Self { bar }, Box::new(watched))
    }

    /// Clears the line of the bar.
    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

struct Watched {
    input: Box<dyn Read>,
    bar: ProgressBar,
    /// Bytes to read before the bar shows.
    unseen: u64,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.input.read(buffer)?;
        self.bar.inc(len as u64);
        if self.unseen > 0 {
            self.unseen = self.unseen.saturating_sub(len as u64);
            if self.unseen == 0 {
                self.bar.set_draw_target(ProgressDrawTarget::stderr());
            }
        }
        Ok(len)
    }
}
