//! Stops the compiler when a kind or name is used twice, with a text that names both types.

use super::text::Text;
use crate::schema::name::same;

/// Stops the compiler when an entry before `at` has the kind of the entry `at`. `what` is plural:
/// "commands".
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

/// Stops the compiler when an entry before `at` has the name of the entry `at`. `what` is plural:
/// "commands". An entry is a path, as its author wrote it, and the name.
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
