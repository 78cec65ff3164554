//! Results on standard output, for people or for programs.

use std::io::{self, Write};

use serde::Serialize;
use statevec_host::foreign_text::escape_json;

use super::error::CliError;
use super::stdio::Stdout;

/// Prints a result: as one line of JSON, or as the text that `text` makes.
pub(crate) fn print(
    json: bool,
    result: &impl Serialize,
    text: impl FnOnce() -> String,
) -> Result<(), CliError> {
    let mut stdout = Stdout::take().map_err(|source| CliError::Setup { source })?;
    print_to(&mut stdout, json, result, text)
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
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    unless_closed(written.map_err(|source| CliError::Output { source }))
}

/// The result of printing. A reader that closed the pipe wants no more, which is no error.
pub(crate) fn unless_closed(printed: Result<(), CliError>) -> Result<(), CliError> {
    match printed {
        Err(CliError::Output { source }) if source.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        printed => printed,
    }
}
