//! Names in C, from names in a schema.

use std::collections::BTreeMap;

use super::HeaderError;

/// Words that are reserved in C or C++ and that a schema allows as names of fields. Names of types
/// and functions have an ending, so they need no such check.
const KEYWORDS: &[&str] = &[
    "alignas",
    "alignof",
    "and",
    "asm",
    "auto",
    "bool",
    "break",
    "case",
    "catch",
    "char",
    "class",
    "const",
    "constexpr",
    "continue",
    "default",
    "delete",
    "do",
    "double",
    "else",
    "enum",
    "explicit",
    "export",
    "extern",
    "false",
    "float",
    "for",
    "friend",
    "goto",
    "if",
    "inline",
    "int",
    "long",
    "mutable",
    "namespace",
    "new",
    "not",
    "nullptr",
    "operator",
    "or",
    "private",
    "protected",
    "public",
    "register",
    "restrict",
    "return",
    "short",
    "signed",
    "sizeof",
    "static",
    "struct",
    "switch",
    "template",
    "this",
    "thread_local",
    "throw",
    "true",
    "try",
    "typedef",
    "typeid",
    "typename",
    "union",
    "unsigned",
    "using",
    "virtual",
    "void",
    "volatile",
    "while",
    "xor",
];

/// The names of a header, each with the declaration that it is for.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: BTreeMap<String, String>,
}

impl Names {
    /// Takes a name for a declaration.
    pub(super) fn take(&mut self, name: String, of: &str) -> Result<String, HeaderError> {
        match self.taken.insert(name.clone(), of.to_owned()) {
            None => Ok(name),
            Some(first) => Err(HeaderError::NameTwice { name, first, second: of.to_owned() }),
        }
    }
}

/// A name of a schema in small letters: `StockChanged` is `stock_changed`.
pub(super) fn snake(name: &str) -> String {
    let mut snake = String::new();
    let mut last_is_small = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() && last_is_small {
            snake.push('_');
        }
        last_is_small = c.is_ascii_lowercase() || c.is_ascii_digit();
        match c.to_ascii_lowercase() {
            c if c.is_ascii_alphanumeric() => snake.push(c),
            _ if snake.ends_with('_') => {}
            _ => snake.push('_'),
        }
    }
    if !snake.starts_with(|c: char| c.is_ascii_lowercase()) {
        snake.insert_str(0, "x_");
    }
    snake
}

/// The name of a field, which is no keyword.
pub(super) fn field(name: &str) -> String {
    let mut name = snake(name);
    if KEYWORDS.contains(&&*name) {
        name.push('_');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::{Names, field, snake};

    #[test]
    fn names_of_a_schema_that_c_does_not_take_stay() {
        let names = ["StockChanged", "HTTPStatus2", "deep :: Far", "größe", "7up", "", "a_b"];
        let expected = ["stock_changed", "httpstatus2", "deep_far", "gr_e", "x_7up", "x_", "a_b"];
        assert_eq!(names.map(snake), expected);
        assert_eq!(["class", "int", "value"].map(field), ["class_", "int_", "value"]);
    }

    #[test]
    fn two_declarations_share_a_name() {
        let mut names = Names::default();
        names.take("item_record".into(), "record Item").unwrap();
        let error = names.take("item_record".into(), "record item").unwrap_err();
        let text = "record Item and record item would both be `item_record` in C; rename one";
        assert_eq!(error.to_string(), text);
    }
}
