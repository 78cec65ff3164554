//! Reads text files up to a limit, because a device such as `/dev/zero` never ends.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The bytes of a file; `None` if there are more than `limit`.
pub(crate) fn bytes(file: impl Read, limit: usize) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    file.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    Ok(Some(bytes).filter(|bytes| bytes.len() <= limit))
}

/// The text of a file.
pub(crate) fn read(path: &Path, limit: usize) -> io::Result<String> {
    let wrong = |text: String| io::Error::new(io::ErrorKind::InvalidData, text);
    let Some(bytes) = bytes(File::open(path)?, limit)? else {
        return Err(wrong(format!("it has more than {limit} bytes")));
    };
    String::from_utf8(bytes).map_err(|error| {
        wrong(format!("byte {} is not UTF-8", error.utf8_error().valid_up_to() + 1))
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io;

    use super::{bytes, read};

    #[test]
    fn a_file_that_never_ends_is_read_to_the_limit() {
        assert_eq!(bytes(io::repeat(0), 9).unwrap(), None);
        assert_eq!(bytes(&b"nine long"[..], 9).unwrap(), Some(b"nine long".to_vec()));
    }

    #[test]
    fn wrong_text_is_refused_with_the_place() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("text");
        for (text, error) in [(&b"ten bytes\n"[..], "more than 9 bytes"), (b"ab\xff", "byte 3")] {
            fs::write(&path, text).unwrap();
            assert!(read(&path, 9).unwrap_err().to_string().contains(error), "{text:?}");
        }
    }
}
