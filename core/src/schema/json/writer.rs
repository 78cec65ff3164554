//! A JSON writer that works in constants: two-space indentation, one member or item per line.

/// Writes into a byte slice, and keeps counting when the slice is full.
pub(super) struct Writer<'o> {
    out: &'o mut [u8],
    written: usize,
    depth: usize,
    /// True if the object or array that is open has no member yet, so that the next one needs no
    /// comma.
    first: bool,
}

impl<'o> Writer<'o> {
    pub(super) const fn new(out: &'o mut [u8]) -> Self {
        Self { out, written: 0, depth: 0, first: true }
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

    /// Closes on a line of its own, also if there is no item.
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

    pub(super) const fn number(&mut self, value: u32) {
        if value >= 10 {
            self.number(value / 10);
        }
        self.raw(&[b'0' + (value % 10) as u8]);
    }

    pub(super) const fn hex(&mut self, mut bytes: &[u8]) {
        while let [byte, rest @ ..] = bytes {
            self.raw(&[hex_digit(*byte >> 4), hex_digit(*byte & 15)]);
            bytes = rest;
        }
    }

    /// A quoted string.
    pub(super) const fn string(&mut self, value: &str) {
        self.raw(b"\"");
        let bytes = value.as_bytes();
        let (mut plain, mut at) = (0, 0);
        while at < bytes.len() {
            // Most bytes need no escape, and are recognised without a call (see `part`).
            at += match bytes[at] {
                b' ' | b'!' | b'#'..=b'[' | b']'..=b'~' => 1,
                byte => match escape(byte, bytes, at + 1) {
                    None => 1,
                    Some((escape, len)) => {
                        self.part(bytes, plain, at);
                        self.escape(escape);
                        plain = at + len;
                        len
                    }
                },
            };
        }
        self.part(bytes, plain, bytes.len());
        self.raw(b"\"");
    }

    pub(super) const fn raw(&mut self, bytes: &[u8]) {
        self.part(bytes, 0, bytes.len());
    }

    /// Writes `bytes[from..to]` byte by byte: for constants the compiler interprets this code, and
    /// calls of slicing and copying take far longer.
    const fn part(&mut self, bytes: &[u8], mut from: usize, to: usize) {
        let mut at = self.written;
        self.written += to - from;
        while from < to && at < self.out.len() {
            self.out[at] = bytes[from];
            from += 1;
            at += 1;
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
        self.part(NEW_LINE, 0, 1 + 2 * self.depth);
    }
}

/// A line break and the indentation of the deepest line in a schema: a field's member.
const NEW_LINE: &[u8; 11] = b"\n          ";

enum Escape {
    Short(u8),
    Control(u8),
}

/// The escape of a character that begins with `byte`, and the character's length; none if it needs
/// no escape.
///
/// The control characters are those of Unicode: 0 to 1f, 7f, and 80 to 9f, which take two bytes in
/// UTF-8.
const fn escape(byte: u8, bytes: &[u8], next: usize) -> Option<(Escape, usize)> {
    match byte {
        b'"' | b'\\' => Some((Escape::Short(byte), 1)),
        b'\n' => Some((Escape::Short(b'n'), 1)),
        b'\r' => Some((Escape::Short(b'r'), 1)),
        b'\t' => Some((Escape::Short(b't'), 1)),
        0..=0x1f | 0x7f => Some((Escape::Control(byte), 1)),
        0xc2 if next < bytes.len() && bytes[next] <= 0x9f => {
            Some((Escape::Control(bytes[next]), 2))
        }
        _ => None,
    }
}

const fn hex_digit(nibble: u8) -> u8 {
    match nibble {
        0..=9 => b'0' + nibble,
        _ => b'a' + nibble - 10,
    }
}
