//! Sinks that keep a number instead of the bytes.

use core::convert::Infallible;

use embedded_io::{ErrorType, Write};

use super::Crc32;

/// Counts the bytes.
#[derive(Debug, Default)]
pub(super) struct Count(pub(super) usize);

impl ErrorType for Count {
    type Error = Infallible;
}

impl Write for Count {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        // Saturates: the caller refuses a length that no u32 holds.
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// Counts the bytes and computes their CRC.
#[derive(Debug, Default)]
pub(super) struct Checksum {
    pub(super) len: usize,
    pub(super) crc: Crc32,
}

impl ErrorType for Checksum {
    type Error = Infallible;
}

impl Write for Checksum {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.len = self.len.saturating_add(bytes.len());
        self.crc.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
