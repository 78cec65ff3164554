//! Texts for errors that stop the compiler.

/// A text that a constant function puts together. Parts without room are left out.
pub(super) struct Text {
    bytes: [u8; 512],
    len: usize,
}

impl Text {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; 512], len: 0 }
    }

    pub(super) const fn push(&mut self, part: &str) {
        if part.len() <= self.bytes.len() - self.len {
            let (_, free) = self.bytes.split_at_mut(self.len);
            let (place, _) = free.split_at_mut(part.len());
            place.copy_from_slice(part.as_bytes());
            self.len += part.len();
        }
    }

    pub(super) const fn push_number(&mut self, number: u8) {
        let digits = [b'0' + number / 100, b'0' + number / 10 % 10, b'0' + number % 10];
        let first = match number {
            0..=9 => 2,
            10..=99 => 1,
            _ => 0,
        };
        let (_, digits) = digits.split_at(first);
        if let Ok(digits) = core::str::from_utf8(digits) {
            self.push(digits);
        }
    }

    pub(super) const fn as_str(&self) -> &str {
        let (text, _) = self.bytes.split_at(self.len);
        match core::str::from_utf8(text) {
            Ok(text) => text,
            Err(_) => "the schema breaks a rule",
        }
    }
}
