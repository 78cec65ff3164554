//! Results on standard output, for people or for programs.

use std::io::{self, Write};

use serde::Serialize;
use statevec_host::foreign_text::escape_json;

use super::error::CliError;

/// Prints a result: as one line of JSON, or as the text that `text` makes.
pub(crate) fn print(
    json: bool,
    result: &impl Serialize,
    text: impl FnOnce() -> String,
) -> Result<(), CliError> {
    print_to(&mut io::stdout().lock(), json, result, text)
}

/// As [`print`], where standard output was taken away from the plugin.
pub(crate) fn print_to(
    out: &mut impl Write,
    json: bool,
    result: &impl Serialize,
    text: impl FnOnce() -> String,
) -> Result<(), CliError> {
    let text = if json {
        let line = serde_json::to_string(result);
        escape_json(&line.map_err(|source| CliError::Output { source: source.into() })?) + "\n"
    } else {
        text()
    };
    match out.write_all(text.as_bytes()) {
        // The reader closed the pipe.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(|source| CliError::Output { source }),
    }
}
