//! Text files that a user names, such as a configuration.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// Reads a text of at most so many bytes, because a device such as `/dev/zero` never ends.
///
/// A byte order mark is a mark of the encoding, so it is left out.
///
/// # Errors
///
/// The file cannot be read, has more bytes, or is not UTF-8; the error says where.
pub fn read(path: &Path, most: usize) -> io::Result<String> {
    read_from(File::open(path)?, most)
}

fn read_from(file: impl Read, most: usize) -> io::Result<String> {
    let wrong = |text: String| io::Error::new(io::ErrorKind::InvalidData, text);
    let mut bytes = Vec::new();
    file.take(most as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > most {
        return Err(wrong(format!("it has more than {most} bytes")));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        wrong(format!("byte {} is not UTF-8", error.utf8_error().valid_up_to() + 1))
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::read_from;

    #[test]
    fn a_file_that_never_ends_is_read_to_the_limit() {
        let error = read_from(io::repeat(b' '), 9).unwrap_err();
        assert_eq!(error.to_string(), "it has more than 9 bytes");
        assert_eq!(read_from(&b"nine long"[..], 9).unwrap(), "nine long");
    }

    #[test]
    fn text_that_is_not_utf8_is_refused_with_the_place() {
        let error = read_from(&b"key = \xff"[..], 9).unwrap_err();
        assert_eq!(error.to_string(), "byte 7 is not UTF-8");
    }

    #[test]
    fn byte_order_mark_is_no_part_of_the_text() {
        assert_eq!(read_from("\u{feff}a".as_bytes(), 9).unwrap(), "a");
    }
}
