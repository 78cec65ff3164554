//! Foreign text on a terminal: `Display` escapes hidden characters.

use std::fmt::{self, Write as _};

use super::{is_hidden, split_at_match};

/// Foreign text in one line: `Display` escapes each hidden character as Rust does (`\n`,
/// `\u{202e}`).
#[derive(Debug, Clone, Copy)]
pub struct Escaped<T>(pub T);

impl<T: fmt::Display> fmt::Display for Escaped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Escaper { out: f, line_break: r"\n" }, "{}", self.0)
    }
}

/// Foreign text of several lines: as [`Escaped`], but line breaks stay and each further line is
/// indented, so it cannot pass for a line of the program.
#[derive(Debug, Clone, Copy)]
pub struct EscapedLines<T>(pub T);

impl<T: fmt::Display> fmt::Display for EscapedLines<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Escaper { out: f, line_break: "\n    " }, "{}", self.0)
    }
}

struct Escaper<'f, 'b> {
    out: &'f mut fmt::Formatter<'b>,
    line_break: &'static str,
}

impl fmt::Write for Escaper<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some((plain, hidden, behind)) = split_at_match(rest, is_hidden) {
            self.out.write_str(plain)?;
            match hidden {
                '\n' => self.out.write_str(self.line_break)?,
                hidden => write!(self.out, "{}", hidden.escape_default())?,
            }
            rest = behind;
        }
        self.out.write_str(rest)
    }
}
