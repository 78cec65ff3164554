//! Files that options name.

use std::path::Path;

use statevec_host::text_file;

use super::OptionsError;
use crate::http::Token;

/// Reads the token of requests.
pub(super) fn read_token(path: &Path) -> Result<Token, OptionsError> {
    let text = read_text("token-file", path, 4096)?;
    Token::new(text.trim()).map_err(|problem| OptionsError::File {
        option: "token-file",
        path: path.into(),
        problem: problem.into(),
    })
}

/// Reads a text of at most so many bytes.
pub(super) fn read_text(
    option: &'static str,
    path: &Path,
    most: usize,
) -> Result<String, OptionsError> {
    text_file::read(path, most).map_err(|error| OptionsError::File {
        option,
        path: path.into(),
        problem: format!("cannot be read ({error})"),
    })
}
