//! The plugin's configuration text.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use statevec_abi::boundary::limits;

use super::bounded_text;
use super::error::CliError;
use super::plugin_args::ConfigArgs;

/// The text of `--config` or of the file of `--config-file`; empty if neither is given.
pub(crate) fn read(args: &ConfigArgs) -> Result<String, CliError> {
    match &args.config_file {
        None => Ok(args.config.clone().unwrap_or_default()),
        Some(path) => {
            let file = File::open(path);
            file.map_err(|source| unreadable(path, source)).and_then(|file| read_file(path, file))
        }
    }
}

/// Reads at most as many bytes as a configuration may have.
fn read_file(path: &Path, file: impl Read) -> Result<String, CliError> {
    let bytes = bounded_text::bytes(file, limits::CONFIG);
    let Some(bytes) = bytes.map_err(|source| unreadable(path, source))? else {
        return Err(CliError::ConfigTooLong { path: path.to_owned() });
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to() + 1;
        unreadable(path, io::Error::other(format!("byte {at} is not UTF-8")))
    })?;
    // A byte order mark is a mark of the encoding, not a part of the text.
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

fn unreadable(path: &Path, source: io::Error) -> CliError {
    CliError::ConfigFile { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read as _};
    use std::path::Path;

    use super::{CliError, limits, read_file};

    fn read(file: impl io::Read) -> Result<String, CliError> {
        read_file(Path::new("app.toml"), file)
    }

    #[test]
    fn a_file_that_never_ends_is_refused_at_the_longest_configuration() {
        let error = read(io::repeat(0)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "--config-file app.toml: has more than 16777216 bytes, the longest configuration of a plugin"
        );
        let longest = read(io::repeat(b' ').take(limits::CONFIG as u64)).unwrap();
        assert_eq!(longest.len(), limits::CONFIG);
    }

    #[test]
    fn bytes_that_are_not_utf8_are_refused_with_their_place() {
        let error = read(&b"key = \xff"[..]).unwrap_err();
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert_eq!(source, "byte 7 is not UTF-8");
    }
}
