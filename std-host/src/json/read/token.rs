//! JSON values as they stand in a line.

use std::borrow::Cow;
use std::fmt;

use crate::json::error::{CommandError, CommandProblem, cut};

/// One value. Lists and objects are not read: no list is ever valid, and objects have readers of
/// their own.
#[derive(Debug, Clone, Copy)]
pub(super) enum Token<'a> {
    Null,
    Bool(bool),
    /// The number's text.
    Number(&'a str),
    Text(JsonString<'a>),
    List,
    Object,
}

/// A string as it stands in a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct JsonString<'a> {
    /// The text between the quotes.
    pub(super) inner: &'a str,
    /// Offset of the first quote.
    pub(super) offset: usize,
    pub(super) has_escapes: bool,
}

impl<'a> JsonString<'a> {
    /// The text that the string stands for; borrowed from the line unless it has escapes.
    #[inline]
    pub(super) fn text(self) -> Result<Cow<'a, str>, CommandError> {
        match self.has_escapes {
            false => Ok(Cow::Borrowed(self.inner)),
            true => self.unescaped().map(Cow::Owned),
        }
    }

    fn unescaped(self) -> Result<String, CommandError> {
        serde_json::from_str(&format!("\"{}\"", self.inner)).map_err(|error| {
            // serde_json counts columns from 1, and a JSON string has one line.
            let offset = self.offset + error.column().saturating_sub(1);
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default().to_owned();
            CommandError::at(offset, CommandProblem::Syntax { message })
        })
    }
}

/// `Display` shows a value in an error: scalars as they stand in the line, the rest by their type.
impl fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(text) => f.write_str(&cut(text)),
            Self::Text(string) => match string.text() {
                Ok(text) => write!(f, "{:?}", cut(&text)),
                Err(_) => f.write_str("a string"),
            },
            Self::List => f.write_str("a list"),
            Self::Object => f.write_str("an object"),
        }
    }
}
