//! Kinds and names that stand twice stop the compiler with a text that names both types.

use crate::schema::name::same;

/// Stops the compiler when an entry before `at` has the kind of the entry `at`. `what` is plural: "commands".
///
/// # Panics
/// There is such an entry.
#[track_caller]
pub const fn assert_distinct_kind(what: &str, entries: &[(u8, &str)], at: usize) {
    let (kind, name) = entries[at];
    let mut earlier = 0;
    while earlier < at {
        let (other_kind, other) = entries[earlier];
        if other_kind == kind {
            let mut text = Text::new();
            text.push(what);
            text.push(" `");
            text.push(other);
            text.push("` and `");
            text.push(name);
            text.push("` both have kind ");
            text.push_number(kind);
            panic!("{}", text.as_str());
        }
        earlier += 1;
    }
}

/// Stops the compiler when an entry before `at` has the name of the entry `at`. `what` is plural: "commands". An entry is
/// a path, as its author wrote it, and the name.
///
/// # Panics
/// There is such an entry.
#[track_caller]
pub const fn assert_distinct_name(what: &str, entries: &[(&str, &str)], at: usize) {
    let (path, name) = entries[at];
    let mut earlier = 0;
    while earlier < at {
        let (other, other_name) = entries[earlier];
        if same(other_name, name) {
            let mut text = Text::new();
            text.push(what);
            text.push(" `");
            text.push(other);
            text.push("` and `");
            text.push(path);
            text.push("` are both called `");
            text.push(name);
            text.push("`");
            panic!("{}", text.as_str());
        }
        earlier += 1;
    }
}

/// A text put together in a constant. What does not fit is left out.
struct Text {
    bytes: [u8; 512],
    len: usize,
}

impl Text {
    const fn new() -> Self {
        Self { bytes: [0; 512], len: 0 }
    }

    const fn push(&mut self, part: &str) {
        if part.len() <= self.bytes.len() - self.len {
            let (_, free) = self.bytes.split_at_mut(self.len);
            let (place, _) = free.split_at_mut(part.len());
            place.copy_from_slice(part.as_bytes());
            self.len += part.len();
        }
    }

    const fn push_number(&mut self, number: u8) {
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

    const fn as_str(&self) -> &str {
        let (text, _) = self.bytes.split_at(self.len);
        match core::str::from_utf8(text) {
            Ok(text) => text,
            Err(_) => "two entries are the same",
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use std::panic::catch_unwind;
    use std::string::String;

    #[test]
    fn a_kind_used_twice_names_both_types() {
        let entries = [(7, "Deposit"), (8, "Withdraw"), (107, "Other"), (107, "Transfer")];
        assert_distinct_kind("commands", &entries, 0);
        assert_distinct_kind("commands", &entries, 2);
        let text = catch_unwind(|| assert_distinct_kind("commands", &entries, 3)).unwrap_err();
        assert_eq!(
            text.downcast_ref::<String>().map(String::as_str),
            Some("commands `Other` and `Transfer` both have kind 107")
        );
    }

    #[test]
    fn a_name_used_twice_names_both_types() {
        let entries = [("Note", "Note"), ("Notes", "Notes"), ("other::Note", "Note")];
        assert_distinct_name("events", &entries, 1);
        let text = catch_unwind(|| assert_distinct_name("events", &entries, 2)).unwrap_err();
        assert_eq!(
            text.downcast_ref::<String>().map(String::as_str),
            Some("events `Note` and `other::Note` are both called `Note`")
        );
    }
}
