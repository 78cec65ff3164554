//! A line of output for a line of input that is no command.

use std::fmt;

use crate::foreign_text::push_json_display;

/// A line of input that is not a command, as a line of output:
/// `{"line":3,"status":"invalid","error":"…","column":41}`. It is written with `Display`.
///
/// # Example
/// ```
/// use statevec_host::json::InvalidLine;
///
/// let line = InvalidLine { line: 3, error: &"key \"payload\" is missing", column: None };
/// assert_eq!(
///     line.to_string(),
///     r#"{"line":3,"status":"invalid","error":"key \"payload\" is missing"}"#
/// );
/// ```
#[derive(Clone, Copy)]
pub struct InvalidLine<'a> {
    /// Number of the line, counted from 1.
    pub line: u64,
    /// The error. Its text is foreign, and is escaped.
    pub error: &'a dyn fmt::Display,
    /// Column of the error in bytes, counted from 1, where it is known.
    pub column: Option<usize>,
}

impl fmt::Display for InvalidLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut error = String::new();
        push_json_display(self.error, &mut error);
        write!(f, r#"{{"line":{},"status":"invalid","error":{error}"#, self.line)?;
        match self.column {
            Some(column) => write!(f, r#","column":{column}}}"#),
            None => f.write_str("}"),
        }
    }
}

impl fmt::Debug for InvalidLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InvalidLine")
            .field("line", &self.line)
            .field("error", &self.error.to_string())
            .field("column", &self.column)
            .finish()
    }
}
