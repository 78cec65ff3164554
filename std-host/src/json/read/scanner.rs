//! JSON text, token by token.

use super::text_len::text_len;
use super::token::{JsonString, Token};
use crate::json::error::{CommandError, CommandProblem};

/// A position in a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    /// The bytes that were not read yet.
    rest: &'a [u8],
}

impl<'a> Scanner<'a> {
    /// Starts at the first byte. The encoding is checked here, once for the whole line. White space
    /// at the end is cut off, so that truncated JSON ends in its last column.
    pub(super) fn new(line: &'a [u8]) -> Result<Self, CommandError> {
        let line = line.trim_ascii_end();
        match str::from_utf8(line) {
            Ok(text) => Ok(Self { text, rest: line }),
            Err(error) => Err(syntax(error.valid_up_to(), "the text is not UTF-8")),
        }
    }

    /// Offset of the next byte.
    #[inline]
    pub(super) fn offset(&self) -> usize {
        self.text.len() - self.rest.len()
    }

    /// Skips white space, and gives the offset of the token that is next.
    #[inline]
    pub(super) fn next_offset(&mut self) -> usize {
        self.peek();
        self.offset()
    }

    /// Skips white space and gives the next byte, which stays; `None` at the end.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<u8> {
        while let [b' ' | b'\t' | b'\n' | b'\r', rest @ ..] = self.rest {
            self.rest = rest;
        }
        self.rest.first().copied()
    }

    /// Takes the next byte if it is this one, after white space.
    #[inline]
    fn takes(&mut self, byte: u8) -> bool {
        self.peek();
        match self.rest {
            [first, rest @ ..] if *first == byte => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn take(&mut self, byte: u8, expected: &'static str) -> Result<(), CommandError> {
        if self.takes(byte) { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    /// Reads the members of an object whose brace is next. `each` reads one, from its name on.
    #[inline]
    pub(super) fn members<E: From<CommandError>>(
        &mut self,
        mut each: impl FnMut(&mut Self) -> Result<(), E>,
    ) -> Result<(), E> {
        self.take(b'{', "expected `{`")?;
        if self.takes(b'}') {
            return Ok(());
        }
        loop {
            self.peek();
            each(self)?;
            if !self.takes(b',') {
                return Ok(self.take(b'}', "expected `,` or `}`")?);
            }
        }
    }

    /// Takes a member's name and its colon if they are these, in the usual form: no escapes and no
    /// white space.
    #[inline]
    pub(super) fn takes_name(&mut self, name: &str) -> bool {
        let Some(text) = self.rest.strip_prefix(b"\"") else { return false };
        // The line's text is measured, not compared first: a name that itself needs an escape must
        // not match.
        match text.split_at_checked(text_len(text)) {
            Some((text, [b'"', b':', rest @ ..])) if text == name.as_bytes() => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// Takes this text if it is next.
    #[inline]
    pub(super) fn takes_text(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text.as_bytes()) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Reads a member's name and its colon.
    pub(super) fn name(&mut self) -> Result<JsonString<'a>, CommandError> {
        self.take(b'"', "expected a name in quotes")?;
        let name = self.string()?;
        self.take(b':', "expected `:`")?;
        Ok(name)
    }

    /// Reads a scalar. Lists and objects are only recognised, and their bracket stays.
    pub(super) fn value(&mut self) -> Result<Token<'a>, CommandError> {
        match self.peek() {
            Some(b'"') => {
                self.take(b'"', "expected a string")?;
                Ok(Token::Text(self.string()?))
            }
            Some(b'-' | b'0'..=b'9') => Ok(Token::Number(self.number()?)),
            Some(b'{') => Ok(Token::Object),
            Some(b'[') => Ok(Token::List),
            Some(b't') => self.literal("true", Token::Bool(true)),
            Some(b'f') => self.literal("false", Token::Bool(false)),
            Some(b'n') => self.literal("null", Token::Null),
            _ => Err(self.unexpected("expected a value")),
        }
    }

    /// Skips an object whose brace is next. Only brackets and strings are looked at: the text is to
    /// be read in full later.
    pub(super) fn skip_object(&mut self) -> Result<(), CommandError> {
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                Some(b'{' | b'[') => depth += 1,
                Some(b'}' | b']') => depth -= 1,
                Some(_) => {}
                None => return Err(self.unexpected("expected `}`")),
            }
            if self.takes(b'"') {
                self.string()?;
            } else {
                self.rest = self.rest.get(1..).unwrap_or_default();
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// Checks that nothing but white space is left.
    pub(super) fn end(&mut self) -> Result<(), CommandError> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.unexpected("expected the end of the line")),
        }
    }

    /// Reads the rest of a string whose quote was taken.
    #[inline]
    fn string(&mut self) -> Result<JsonString<'a>, CommandError> {
        let start = self.offset();
        match self.rest.split_at_checked(text_len(self.rest)) {
            Some((text, [b'"', rest @ ..])) => {
                self.rest = rest;
                let inner = self.text.get(start..start + text.len()).unwrap_or_default();
                Ok(JsonString { inner, offset: start - 1, has_escapes: false })
            }
            _ => self.string_with_escapes(start),
        }
    }

    #[cold]
    fn string_with_escapes(&mut self, start: usize) -> Result<JsonString<'a>, CommandError> {
        loop {
            let end = self.offset() + text_len(self.rest);
            match self.text.as_bytes().get(end..) {
                Some([b'"', rest @ ..]) => {
                    self.rest = rest;
                    let inner = self.text.get(start..end).unwrap_or_default();
                    return Ok(JsonString { inner, offset: start - 1, has_escapes: true });
                }
                Some([b'\\', _, rest @ ..]) => self.rest = rest,
                None | Some([] | [b'\\']) => {
                    return Err(syntax(self.text.len(), "the line ends inside a string"));
                }
                Some([_, ..]) => return Err(syntax(end, "control character in a string")),
            }
        }
    }

    /// Reads a whole number in its usual form; `None`, and nothing read, if the value is another.
    #[inline]
    pub(super) fn plain_whole<T: TryFrom<u64>>(&mut self) -> Option<T> {
        self.peek();
        let mut value = 0_u64;
        let mut rest = self.rest;
        while let [byte @ b'0'..=b'9', behind @ ..] = rest {
            value = value.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
            rest = behind;
        }
        let is_usual = match self.rest.len() - rest.len() {
            1 => true,
            // 19 digits do not overflow.
            2..=19 => self.rest.first() != Some(&b'0'),
            _ => false,
        };
        if !is_usual || matches!(rest, [b'.' | b'e' | b'E', ..]) {
            return None;
        }
        let value = value.try_into().ok()?;
        self.rest = rest;
        Some(value)
    }

    /// Reads a number whose sign or first digit is next.
    fn number(&mut self) -> Result<&'a str, CommandError> {
        let start = self.offset();
        self.skip(b"-");
        let has_zero = self.rest.first() == Some(&b'0');
        let digits = self.digits()?;
        if has_zero && digits > 1 {
            return Err(syntax(self.offset() - digits, "a number with a zero before its digits"));
        }
        if self.skip(b".") {
            self.digits()?;
        }
        if self.skip(b"eE") {
            self.skip(b"+-");
            self.digits()?;
        }
        Ok(self.text.get(start..self.offset()).unwrap_or_default())
    }

    /// Reads at least one digit, and returns how many.
    fn digits(&mut self) -> Result<usize, CommandError> {
        let mut digits = 0;
        while self.skip(b"0123456789") {
            digits += 1;
        }
        if digits == 0 { Err(self.unexpected("expected a digit")) } else { Ok(digits) }
    }

    /// Takes the next byte if it is one of these.
    fn skip(&mut self, bytes: &[u8]) -> bool {
        match self.rest {
            [byte, rest @ ..] if bytes.contains(byte) => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn literal(&mut self, word: &str, token: Token<'a>) -> Result<Token<'a>, CommandError> {
        if self.takes_text(word) { Ok(token) } else { Err(self.unexpected("expected a value")) }
    }

    /// The error for the next byte, or for the end of the line.
    #[cold]
    fn unexpected(&self, expected: &'static str) -> CommandError {
        match self.rest.first() {
            Some(_) => syntax(self.offset(), expected),
            None => syntax(self.text.len(), &format!("{expected}, and the line ends here")),
        }
    }
}

#[cold]
fn syntax(offset: usize, message: &str) -> CommandError {
    CommandError::at(offset, CommandProblem::Syntax { message: message.to_owned() })
}
