//! Idempotency keys.

use sha2::{Digest as _, Sha256};

/// A sender's key for one request, with a digest of the request's body: the same key with another
/// body is a mistake of the sender.
///
/// Both are digests of 128 bits, so that a remembered key has a fixed size. They are not meant
/// against a sender that looks for collisions: that one would only harm its own requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IdempotencyKey {
    pub(crate) key: [u8; 16],
    pub(crate) body: [u8; 16],
}

/// A text that is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an idempotency key has 1 to 255 visible ASCII characters, such as a UUID")]
pub(crate) struct KeyError;

impl IdempotencyKey {
    pub(crate) fn new(key: &[u8], body: &[u8]) -> Result<Self, KeyError> {
        if !(1..=255).contains(&key.len()) || !key.iter().all(u8::is_ascii_graphic) {
            return Err(KeyError);
        }
        Ok(Self { key: digest(key), body: digest(body) })
    }
}

/// The first half of the SHA-256 digest.
fn digest(bytes: &[u8]) -> [u8; 16] {
    let mut half = [0; 16];
    for (to, from) in half.iter_mut().zip(Sha256::digest(bytes)) {
        *to = from;
    }
    half
}

#[cfg(test)]
mod tests {
    use super::{IdempotencyKey, KeyError};

    #[test]
    fn texts_that_are_no_keys_are_refused() {
        let long = [b'x'; 256];
        for text in [&b""[..], b"a b", b"a\n", b"\xc3\xa4", &long] {
            assert_eq!(IdempotencyKey::new(text, b""), Err(KeyError), "{text:?}");
        }
        assert!(IdempotencyKey::new(&long[1..], b"").is_ok());
    }

    #[test]
    fn key_and_body_both_count() {
        let key = |key: &str, body: &str| IdempotencyKey::new(key.as_bytes(), body.as_bytes());
        assert_eq!(key("a", "b"), key("a", "b"));
        assert_ne!(key("a", "b"), key("a", "c"));
        assert_ne!(key("a", "b"), key("c", "b"));
    }
}
