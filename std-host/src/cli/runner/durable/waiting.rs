//! Lines that wait until their entries are durable.

use std::{
    collections::VecDeque,
    io::{self, Write},
};

/// Waiting lines are at most about this long together, in bytes.
const LONG: usize = 1 << 20;

/// Lines in order, each with the entry that it waits for.
#[derive(Default)]
pub(super) struct WaitingLines {
    text: String,
    /// The entry of each line, and the line's length in bytes.
    lines: VecDeque<(u64, usize)>,
}

impl WaitingLines {
    /// The place to write the next line to.
    pub(super) fn text(&mut self) -> &mut String {
        &mut self.text
    }

    /// Ends the line that begins at `start`. It waits for `entry`, or for the line before it.
    pub(super) fn end_line(&mut self, start: usize, entry: Option<u64>) {
        let before = self.lines.back().map_or(0, |(entry, _)| *entry);
        self.lines.push_back((entry.unwrap_or(before), self.text.len() - start));
    }

    /// Returns true if there is so much text that it should be made durable at once.
    pub(super) fn is_long(&self) -> bool {
        self.text.len() > LONG
    }

    /// Prints the lines up to a durable entry.
    pub(super) fn print(&mut self, durable: u64, out: &mut impl Write) -> io::Result<()> {
        let mut len = 0;
        while let Some((entry, line_len)) = self.lines.front().copied()
            && entry <= durable
        {
            len += line_len;
            self.lines.pop_front();
        }
        let printed = out.write_all(self.text.as_bytes().get(..len).unwrap_or_default());
        self.text.drain(..len);
        printed
    }
}

#[cfg(test)]
mod tests {
    use super::WaitingLines;

    fn waiting(lines: &[(&str, Option<u64>)]) -> WaitingLines {
        let mut waiting = WaitingLines::default();
        for (line, entry) in lines {
            let text = waiting.text();
            let start = text.len();
            text.push_str(line);
            waiting.end_line(start, *entry);
        }
        waiting
    }

    #[test]
    fn lines_are_printed_up_to_the_durable_entry_and_in_order() {
        let mut waiting = waiting(&[("a", Some(1)), ("b", Some(2)), ("dup", None), ("c", Some(3))]);
        let mut printed = Vec::new();
        waiting.print(0, &mut printed).unwrap();
        assert_eq!(printed, b"");
        waiting.print(1, &mut printed).unwrap();
        assert_eq!(printed, b"a");
        waiting.print(2, &mut printed).unwrap();
        assert_eq!(printed, b"abdup", "a duplicate waits for the line before it");
        waiting.print(9, &mut printed).unwrap();
        assert_eq!(printed, b"abdupc");
        waiting.print(9, &mut printed).unwrap();
        assert_eq!(printed, b"abdupc");
    }
}
