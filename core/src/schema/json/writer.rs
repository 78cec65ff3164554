//! A JSON writer that works in constants: two-space indentation, one member or item per line.

/// Writes into a byte slice, and keeps counting when the slice is full.
pub(super) struct Writer<'o> {
    out: &'o mut [u8],
    written: usize,
    depth: usize,
    /// Whether the object or array that is open has no member yet, so that the next one needs no comma.
    first: bool,
}

impl<'o> Writer<'o> {
    pub(super) const fn new(out: &'o mut [u8]) -> Self {
        Self {
            out,
            written: 0,
            depth: 0,
            first: true,
        }
    }

    /// The length of everything written so far, whether or not there was room for it.
    pub(super) const fn written(&self) -> usize {
        self.written
    }

    pub(super) const fn open(&mut self, bracket: u8) {
        self.raw(&[bracket]);
        self.depth += 1;
        self.first = true;
    }

    /// Closes on a line of its own, also when nothing stands inside.
    pub(super) const fn close(&mut self, bracket: u8) {
        self.depth -= 1;
        self.new_line();
        self.raw(&[bracket]);
        self.first = false;
    }

    /// Starts a member of an object. `name` needs no escapes.
    pub(super) const fn key(&mut self, name: &str) {
        self.item();
        self.raw(b"\"");
        self.raw(name.as_bytes());
        self.raw(b"\": ");
    }

    /// Starts an item of an array.
    pub(super) const fn item(&mut self) {
        if !self.first {
            self.raw(b",");
        }
        self.first = false;
        self.new_line();
    }

    pub(super) const fn bool(&mut self, value: bool) {
        self.raw(if value { b"true" } else { b"false" });
    }

    pub(super) const fn number(&mut self, mut value: u32) {
        let mut digits = [0; 10];
        let mut start = digits.len();
        loop {
            start -= 1;
            digits[start] = b'0' + (value % 10) as u8;
            value /= 10;
            if value == 0 {
                break;
            }
        }
        let (_, digits) = digits.split_at(start);
        self.raw(digits);
    }

    pub(super) const fn hex(&mut self, mut bytes: &[u8]) {
        while let [byte, rest @ ..] = bytes {
            self.raw(&[hex_digit(*byte >> 4), hex_digit(*byte & 15)]);
            bytes = rest;
        }
    }

    /// A quoted string. Unescaped stretches are copied whole, which keeps evaluation in constants short.
    pub(super) const fn string(&mut self, value: &str) {
        self.raw(b"\"");
        let mut plain = value.as_bytes();
        let mut at = 0;
        while at < plain.len() {
            let (before, from_here) = plain.split_at(at);
            match escape(from_here) {
                Some((escape, len)) => {
                    self.raw(before);
                    self.escape(escape);
                    (_, plain) = from_here.split_at(len);
                    at = 0;
                }
                None => at += 1,
            }
        }
        self.raw(plain);
        self.raw(b"\"");
    }

    pub(super) const fn raw(&mut self, bytes: &[u8]) {
        let used = if self.written < self.out.len() {
            self.written
        } else {
            self.out.len()
        };
        self.written += bytes.len();
        let (_, free) = self.out.split_at_mut(used);
        if bytes.len() <= free.len() {
            let (now, _) = free.split_at_mut(bytes.len());
            now.copy_from_slice(bytes);
        } else {
            let (fitting, _) = bytes.split_at(free.len());
            free.copy_from_slice(fitting);
        }
    }

    const fn escape(&mut self, escape: Escape) {
        match escape {
            Escape::Short(letter) => self.raw(&[b'\\', letter]),
            Escape::Control(code) => {
                self.raw(b"\\u00");
                self.hex(&[code]);
            }
        }
    }

    const fn new_line(&mut self) {
        self.raw(b"\n");
        let mut level = 0;
        while level < self.depth {
            self.raw(b"  ");
            level += 1;
        }
    }
}

enum Escape {
    Short(u8),
    Control(u8),
}

/// What replaces the character at the start of `bytes`, and how many bytes it has; none if it stands for itself.
///
/// The control characters are those of Unicode: 0 to 1f, 7f, and 80 to 9f, which take two bytes in UTF-8.
const fn escape(bytes: &[u8]) -> Option<(Escape, usize)> {
    match bytes {
        [b'"', ..] => Some((Escape::Short(b'"'), 1)),
        [b'\\', ..] => Some((Escape::Short(b'\\'), 1)),
        [b'\n', ..] => Some((Escape::Short(b'n'), 1)),
        [b'\r', ..] => Some((Escape::Short(b'r'), 1)),
        [b'\t', ..] => Some((Escape::Short(b't'), 1)),
        [code @ (0..=0x1f | 0x7f), ..] => Some((Escape::Control(*code), 1)),
        [0xc2, code @ 0x80..=0x9f, ..] => Some((Escape::Control(*code), 2)),
        _ => None,
    }
}

const fn hex_digit(nibble: u8) -> u8 {
    match nibble {
        0..=9 => b'0' + nibble,
        _ => b'a' + nibble - 10,
    }
}
