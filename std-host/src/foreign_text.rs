//! Foreign text: names, messages and reasons that come from a plugin, a schema or an input line.
//!
//! Such text must not change what surrounds it: no terminal command, no further line, no reordered
//! or invisible characters. One rule, [`is_hidden`], says which characters are escaped. It applies
//! to tables, error texts and JSON alike; only the form of the escape differs. The rule is a fixed
//! list, so the same text has the same form on every machine.
//!
//! # Example
//! ```
//! use statevec_host::foreign_text::{Escaped, push_json_string};
//!
//! let name = "bank\u{202e}so.gnp\n";
//! assert_eq!(Escaped(name).to_string(), r"bank\u{202e}so.gnp\n");
//!
//! let mut json = String::new();
//! push_json_string(name, &mut json);
//! assert_eq!(json, r#""bank\u202eso.gnp\n""#);
//! ```

mod escaped;
mod json;

pub use escaped::{Escaped, EscapedLines};
pub use json::{escape_json, push_json_display, push_json_string};

/// Returns true if a character is escaped in foreign text.
///
/// These are the control characters U+0000 to U+001F and U+007F to U+009F, the separators U+2028
/// and U+2029, Unicode's bidirectional controls, and characters without a width of their own.
#[must_use]
#[inline]
pub fn is_hidden(c: char) -> bool {
    c < ' ' || (c > '~' && (disturbs(c) || has_no_width(c)))
}

/// Returns true if a character moves the cursor, breaks the line or reorders the text around it.
pub(crate) fn disturbs(c: char) -> bool {
    matches!(c,
        '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{2028}' | '\u{2029}'
        // Bidi_Control
        | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Soft hyphen, grapheme joiner, zero-width spaces and joiners, invisible operators, byte order
/// mark, annotation marks and tags.
fn has_no_width(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}'
        | '\u{206a}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Splits text around the first character that matches; `None` if none does.
fn split_at_match(text: &str, matches: fn(char) -> bool) -> Option<(&str, char, &str)> {
    let (plain, rest) = text.split_at(text.find(matches)?);
    let mut chars = rest.chars();
    Some((plain, chars.next()?, chars.as_str()))
}
