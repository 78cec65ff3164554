//! The secret that requests show.

use std::fmt;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// The digest of the secret. The secret itself is not kept.
#[derive(Clone)]
pub(crate) struct Token([u8; 32]);

impl Token {
    /// The least length. A shorter secret can be guessed.
    const LEAST: usize = 16;

    pub(crate) fn new(secret: &str) -> Result<Self, &'static str> {
        if secret.len() < Self::LEAST {
            return Err("has fewer than 16 characters; write a long random secret into it");
        }
        if !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("has a character that HTTP does not carry; use visible ASCII characters");
        }
        Ok(Self(Sha256::digest(secret).into()))
    }

    /// Compares digests in constant time, so that the time of an answer tells nothing about the
    /// secret.
    pub(super) fn matches(&self, shown: &[u8]) -> bool {
        let shown: [u8; 32] = Sha256::digest(shown).into();
        shown.ct_eq(&self.0).into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

#[cfg(test)]
mod tests {
    use super::Token;

    #[test]
    fn a_secret_that_differs_in_one_byte_does_not_match() {
        let secret = "0123456789abcdef0123";
        let token = Token::new(secret).unwrap();
        assert!(token.matches(secret.as_bytes()));
        for place in 0..secret.len() {
            for bit in 0..8 {
                let mut shown = secret.as_bytes().to_vec();
                shown[place] ^= 1 << bit;
                assert!(!token.matches(&shown), "byte {place}, bit {bit}");
            }
            assert!(!token.matches(&secret.as_bytes()[..place]));
        }
        assert!(!token.matches(format!("{secret} ").as_bytes()));
    }

    #[test]
    fn secrets_that_are_short_or_unprintable_are_refused() {
        for secret in ["", "short", "with a blank in it!", "0123456789abcde\u{e4}"] {
            assert!(Token::new(secret).is_err(), "{secret}");
        }
    }
}
