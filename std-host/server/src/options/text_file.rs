//! Files that options name.

use std::{fs::File, io::Read as _, path::Path};

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

/// Reads a text of at most so many bytes, because a device such as `/dev/zero` never ends.
pub(super) fn read_text(
    option: &'static str,
    path: &Path,
    most: usize,
) -> Result<String, OptionsError> {
    let unusable = |problem| OptionsError::File { option, path: path.into(), problem };
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(most as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| unusable(format!("cannot be read ({error})")))?;
    if bytes.len() > most {
        return Err(unusable(format!("has more than {most} bytes")));
    }
    let text = String::from_utf8(bytes).map_err(|_| unusable("is not UTF-8".into()))?;
    // A byte order mark is a mark of the encoding, not a part of the text.
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}
