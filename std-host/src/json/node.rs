//! One JSON value as it stands in a line of input.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::error::cut;

/// A JSON value that keeps the members of an object in order and repeated ones too, which `serde_json::Value` drops silently.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node<'a> {
    Null,
    Bool(bool),
    Unsigned(u64),
    /// A whole number below zero.
    Negative(i64),
    /// A number with a fraction or an exponent, or one that 64 bits do not hold.
    Float(f64),
    Text(Cow<'a, str>),
    /// No field takes a list, so nobody asks what is in it.
    List,
    Object(Vec<(Cow<'a, str>, Node<'a>)>),
}

/// `Display` shows a value in an error: as it stands when it is short, else as what it is.
impl fmt::Display for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Unsigned(value) => write!(f, "{value}"),
            Self::Negative(value) => write!(f, "{value}"),
            // Past 2^53 the digits would be others than those in the line.
            Self::Float(value) if value.abs() > 9e15 => f.write_str("a number beyond 64 bits"),
            Self::Float(value) => write!(f, "{value:?}"),
            Self::Text(text) => write!(f, "{:?}", cut(text)),
            Self::List => f.write_str("a list"),
            Self::Object(_) => f.write_str("an object"),
        }
    }
}

impl<'de> Deserialize<'de> for Node<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Node<'de>, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Node<'de>, E> {
        Ok(Node::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Node<'de>, E> {
        Ok(Node::Unsigned(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Node<'de>, E> {
        Ok(u64::try_from(value).map_or(Node::Negative(value), Node::Unsigned))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Node<'de>, E> {
        Ok(Node::Float(value))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node<'de>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Node::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some(Key(key)) = map.next_key()? {
            members.push((key, map.next_value()?));
        }
        Ok(Node::Object(members))
    }
}

/// A member's key, borrowed from the line unless it is written with escapes.
struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Node::deserialize(deserializer)? {
            Node::Text(text) => Ok(Self(text)),
            other => Err(D::Error::custom(format_args!("a key is a string, not {other}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Node;

    fn node(text: &str) -> Node<'_> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn repeated_members_are_kept_in_order() {
        let Node::Object(members) = node(r#"{"b":1,"a":-2,"b":1.5}"#) else {
            panic!("an object");
        };
        let keys: Vec<&str> = members.iter().map(|(key, _)| &**key).collect();
        assert_eq!(keys, ["b", "a", "b"]);
        let values: Vec<&Node<'_>> = members.iter().map(|(_, value)| value).collect();
        assert_eq!(values, [&Node::Unsigned(1), &Node::Negative(-2), &Node::Float(1.5)]);
    }

    #[test]
    fn an_error_shows_digits_only_if_they_are_those_of_the_line() {
        for (text, shown) in [
            ("18446744073709551615", "18446744073709551615"),
            ("18446744073709551616", "a number beyond 64 bits"),
            ("-9223372036854775808", "-9223372036854775808"),
            ("1.5", "1.5"),
            ("1e2", "100.0"),
            ("null", "null"),
            ("[1,{}]", "a list"),
            (r#""a\n""#, r#""a\n""#),
        ] {
            assert_eq!(node(text).to_string(), shown);
        }
    }
}
