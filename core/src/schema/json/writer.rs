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
        let mut rest = value.as_bytes();
        while let [byte, tail @ ..] = rest {
            rest = tail;
            match escape(*byte, tail) {
                None => self.raw(&[*byte]),
                Some(Escape::Short(letter)) => self.raw(&[b'\\', letter]),
                Some(Escape::Control(code)) => self.control(code),
                Some(Escape::HighControl(code)) => {
                    self.control(code);
                    if let [_, behind @ ..] = tail {
                        rest = behind;
                    }
                }
            }
        }
        self.raw(b"\"");
    }

    /// Copies byte by byte: the compiler, which runs this for constants, takes far longer over the calls that a copy of
    /// slices consists of.
    pub(super) const fn raw(&mut self, bytes: &[u8]) {
        let (mut from, mut to) = (0, self.written);
        while from < bytes.len() && to < self.out.len() {
            self.out[to] = bytes[from];
            from += 1;
            to += 1;
        }
        self.written += bytes.len();
    }

    const fn control(&mut self, code: u8) {
        self.raw(b"\\u00");
        self.hex(&[code]);
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
    HighControl(u8),
}

/// What replaces a character that begins with `byte`; none if it stands for itself.
///
/// The control characters are those of Unicode: 0 to 1f, 7f, and 80 to 9f.
const fn escape(byte: u8, next: &[u8]) -> Option<Escape> {
    match (byte, next) {
        (b'"' | b'\\', _) => Some(Escape::Short(byte)),
        (b'\n', _) => Some(Escape::Short(b'n')),
        (b'\r', _) => Some(Escape::Short(b'r')),
        (b'\t', _) => Some(Escape::Short(b't')),
        (0..=0x1f | 0x7f, _) => Some(Escape::Control(byte)),
        (0xc2, [code @ 0x80..=0x9f, ..]) => Some(Escape::HighControl(*code)),
        _ => None,
    }
}

const fn hex_digit(nibble: u8) -> u8 {
    match nibble {
        0..=9 => b'0' + nibble,
        _ => b'a' + nibble - 10,
    }
}
