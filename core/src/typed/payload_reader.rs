//! Reads the fields of a command or event one after another, for payloads whose offsets vary.

use super::layout::{fixed_bytes, zero_padded};
use super::{DecodeError, Field, FixedBytes};

/// A cursor over an encoded command or event.
pub struct PayloadReader<'a> {
    name: &'static str,
    whole: usize,
    rest: &'a [u8],
}

impl<'a> PayloadReader<'a> {
    /// Starts at the first field of `bytes`; `name` is the command or event, for errors.
    #[must_use]
    pub const fn new(name: &'static str, bytes: &'a [u8]) -> Self {
        Self { name, whole: bytes.len(), rest: bytes }
    }

    /// The next field.
    ///
    /// # Errors
    /// The bytes end before it does.
    #[inline]
    pub fn field<F: Field>(&mut self) -> Result<F, DecodeError> {
        let (value, rest) = F::split_from(self.rest).ok_or(self.short(F::SIZE))?;
        self.rest = rest;
        Ok(value)
    }

    /// The next field, fixed bytes called `field`.
    ///
    /// # Errors
    /// The bytes end before it does, or the stated length is too great, or bytes other than zero
    /// stand behind it.
    #[inline]
    pub fn fixed_bytes<const N: usize>(
        &mut self,
        field: &'static str,
    ) -> Result<FixedBytes<N>, DecodeError> {
        let stated = u16::split_from(self.rest).map(|(len, _)| len);
        let value = self.field()?;
        fixed_bytes::<N>(stated.unwrap_or(0), self.name, field)?;
        zero_padded(value, self.name, field)
    }

    /// The next field, variable bytes.
    ///
    /// # Errors
    /// The bytes end before it does.
    #[inline]
    pub fn var_bytes(&mut self) -> Result<&'a [u8], DecodeError> {
        let len = usize::from(self.field::<u16>()?);
        let (value, rest) = self.rest.split_at_checked(len).ok_or(self.short(len))?;
        self.rest = rest;
        Ok(value)
    }

    /// Ends the payload behind the last field.
    ///
    /// # Errors
    /// Bytes follow.
    #[inline]
    pub fn finish(self) -> Result<(), DecodeError> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(DecodeError::Long {
            name: self.name,
            expected: self.whole - self.rest.len(),
            found: self.whole,
        })
    }

    fn short(&self, size: usize) -> DecodeError {
        DecodeError::Short {
            name: self.name,
            needed: self.whole - self.rest.len() + size,
            found: self.whole,
        }
    }
}
