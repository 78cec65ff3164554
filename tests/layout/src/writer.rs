//! Writes a table at compile time, where there is no formatting.

/// An upper bound of the table's length. A longer table does not compile.
const CAPACITY: usize = 8 << 10;

/// Lines of text, written by `const` code.
pub(crate) struct Writer {
    text: [u8; CAPACITY],
    len: usize,
}

impl Writer {
    pub(crate) const fn new() -> Self {
        Self { text: [0; CAPACITY], len: 0 }
    }

    /// Adds a line: name, property and number.
    pub(crate) const fn line(self, name: &str, what: &str, number: usize) -> Self {
        self.bytes_of(name.as_bytes())
            .byte(b'\t')
            .bytes_of(what.as_bytes())
            .byte(b'\t')
            .decimal(number)
            .byte(b'\n')
    }

    pub(crate) const fn bytes(&self) -> &[u8] {
        self.text.split_at(self.len).0
    }

    const fn bytes_of(mut self, mut bytes: &[u8]) -> Self {
        while let Some((first, rest)) = bytes.split_first() {
            self = self.byte(*first);
            bytes = rest;
        }
        self
    }

    const fn decimal(self, number: usize) -> Self {
        let leading = if number >= 10 { self.decimal(number / 10) } else { self };
        leading.byte(b'0' + (number % 10) as u8)
    }

    const fn byte(mut self, byte: u8) -> Self {
        self.text[self.len] = byte;
        self.len += 1;
        self
    }
}
