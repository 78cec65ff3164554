//! The digest of a file's bytes.

use std::{
    fmt,
    io::{self, Read},
    str::FromStr,
};

use sha2::Digest as _;

/// A SHA-256 digest, as `sha256sum` prints it: 64 hexadecimal digits, of either case when read.
///
/// # Example
///
/// ```
/// use statevec_host::Sha256;
///
/// let digest = Sha256::of(&b"foo"[..])?;
/// assert_eq!(digest, "2C26B46B68FFC68FF99B453C1D30413413422D706483BFA0F98A5E886266E7AE".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256([u8; 32]);

/// A fault of a text that should be a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseSha256Error {
    /// There are too few characters, or too many.
    #[error("a SHA-256 digest has 64 hexadecimal digits, not {found}")]
    Length {
        /// How many characters there are.
        found: usize,
    },
    /// A character is not a hexadecimal digit.
    #[error(
        "a SHA-256 digest has 64 hexadecimal digits, and {found:?}, character {position}, is none"
    )]
    Digit {
        /// The first such character.
        found: char,
        /// Its place, counted from 1.
        position: usize,
    },
}

impl Sha256 {
    /// A digest from its bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The digest of all bytes of a reader.
    ///
    /// # Errors
    ///
    /// The reader fails.
    pub fn of(mut reader: impl Read) -> io::Result<Self> {
        let mut hasher = sha2::Sha256::new();
        let mut buffer = vec![0; 64 << 10];
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => return Ok(Self(hasher.finalize().into())),
                Ok(len) => hasher.update(buffer.get(..len).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The digest's bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl FromStr for Sha256 {
    type Err = ParseSha256Error;

    fn from_str(text: &str) -> Result<Self, ParseSha256Error> {
        // A character that is no digit is reported before a wrong length: in "sha256:…" it is the
        // cause.
        if let Some((position, found)) =
            (1..).zip(text.chars()).find(|(_, c)| !c.is_ascii_hexdigit())
        {
            return Err(ParseSha256Error::Digit { found, position });
        }
        if text.len() != 64 {
            return Err(ParseSha256Error::Length { found: text.len() });
        }
        let mut bytes = [0; 32];
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = digits.iter().fold(0, |byte, &digit| byte << 4 | value(digit));
        }
        Ok(Self(bytes))
    }
}

/// The value of a hexadecimal digit.
fn value(digit: u8) -> u8 {
    char::from(digit).to_digit(16).map_or(0, |value| value as u8)
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sha256({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::{ParseSha256Error, Sha256};

    /// FIPS 180-2, appendix B.1.
    const OF_ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn error(text: &str) -> ParseSha256Error {
        text.parse::<Sha256>().unwrap_err()
    }

    #[test]
    fn digest_is_the_standard_s_and_reads_back() {
        let digest = Sha256::of(&b"abc"[..]).unwrap();
        assert_eq!(digest.to_string(), OF_ABC);
        assert_eq!(OF_ABC.parse(), Ok(digest));
        assert_eq!(OF_ABC.to_uppercase().parse(), Ok(digest));
        assert_eq!(Sha256::from_bytes(*digest.as_bytes()), digest);
        assert_eq!(format!("{digest:?}"), format!("Sha256({OF_ABC})"));
    }

    #[test]
    fn text_of_another_length() {
        for len in [0, 1, 63, 65, 128] {
            let text = "a".repeat(len);
            assert_eq!(error(&text), ParseSha256Error::Length { found: len });
        }
        assert_eq!(error("abc").to_string(), "a SHA-256 digest has 64 hexadecimal digits, not 3");
    }

    #[test]
    fn character_that_is_no_digit() {
        for (text, found, position) in [
            (OF_ABC.replacen('c', "g", 1), 'g', 13),
            (OF_ABC.replacen('b', "é", 1), 'é', 1),
            (format!("0x{OF_ABC}"), 'x', 2),
            (format!("sha256:{OF_ABC}"), 's', 1),
            (format!("{OF_ABC}  libbank.so"), ' ', 65),
            (format!("+{}", &OF_ABC[1..]), '+', 1),
        ] {
            assert_eq!(error(&text), ParseSha256Error::Digit { found, position }, "{text}");
        }
    }
}
