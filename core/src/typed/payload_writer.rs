//! Writes the fields of a command or event one after another, for payloads whose offsets vary.

use super::{EncodeError, Field};

/// A cursor over the buffer for a command or event.
pub struct PayloadWriter<'o> {
    name: &'static str,
    whole: usize,
    rest: &'o mut [u8],
}

impl<'o> PayloadWriter<'o> {
    /// Starts at the first byte of `out`; `name` is the command or event, for errors.
    #[must_use]
    pub const fn new(name: &'static str, out: &'o mut [u8]) -> Self {
        Self { name, whole: out.len(), rest: out }
    }

    /// Writes the next field.
    ///
    /// # Errors
    /// There is no room for it.
    #[inline]
    pub fn field<F: Field>(&mut self, value: F) -> Result<(), EncodeError> {
        let no_room = self.no_room(F::SIZE);
        let free = core::mem::take(&mut self.rest);
        self.rest = value.split_into(free).ok_or(no_room)?;
        Ok(())
    }

    /// Writes the next field, variable bytes called `field`.
    ///
    /// # Errors
    /// There is no room for it, or it is longer than 65535 bytes.
    #[inline]
    pub fn var_bytes(&mut self, field: &'static str, value: &[u8]) -> Result<(), EncodeError> {
        let len = u16::try_from(value.len()).map_err(|_| EncodeError::VarBytesTooLong {
            name: self.name,
            field,
            len: value.len(),
        })?;
        self.field(len)?;
        let no_room = self.no_room(value.len());
        let free = core::mem::take(&mut self.rest);
        let (place, rest) = free.split_at_mut_checked(value.len()).ok_or(no_room)?;
        place.copy_from_slice(value);
        self.rest = rest;
        Ok(())
    }

    /// The length of what was written, in bytes.
    #[must_use]
    #[inline]
    pub const fn len(&self) -> usize {
        self.whole - self.rest.len()
    }

    /// Returns true if nothing was written.
    #[must_use]
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn no_room(&self, size: usize) -> EncodeError {
        EncodeError::NoRoom { name: self.name, needed: self.len() + size, room: self.whole }
    }
}
