//! The order of a schema's lists, established at compile time.

use crate::schema::{EnumDef, PayloadDef, RecordDef};

/// A macro, because constants can call neither `sort` nor closures. Lists have at most a few
/// hundred entries.
macro_rules! insertion_sort {
    ($defs:ident, $len:expr, |$a:ident, $b:ident| $before:expr) => {
        let mut sorted = 0;
        while sorted < $len {
            let mut at = sorted;
            while at > 0 {
                let ($a, $b) = (&$defs[at], &$defs[at - 1]);
                if !$before {
                    break;
                }
                $defs.swap(at, at - 1);
                at -= 1;
            }
            sorted += 1;
        }
    };
}

/// Sorts records by kind.
#[must_use]
pub const fn sort_records<const N: usize>(
    mut defs: [RecordDef<'static>; N],
) -> [RecordDef<'static>; N] {
    insertion_sort!(defs, N, |a, b| a.kind < b.kind);
    defs
}

/// Sorts commands or events by kind.
#[must_use]
pub const fn sort_payloads<const N: usize>(
    mut defs: [PayloadDef<'static>; N],
) -> [PayloadDef<'static>; N] {
    insertion_sort!(defs, N, |a, b| a.kind < b.kind);
    defs
}

/// Sorts enums by name.
#[must_use]
pub const fn sort_types<const N: usize>(mut defs: [EnumDef<'static>; N]) -> [EnumDef<'static>; N] {
    insertion_sort!(defs, N, |a, b| precedes(a.name.as_bytes(), b.name.as_bytes()));
    defs
}

const fn precedes(mut a: &[u8], mut b: &[u8]) -> bool {
    loop {
        match (a, b) {
            ([x, rest_of_a @ ..], [y, rest_of_b @ ..]) => {
                if *x != *y {
                    return *x < *y;
                }
                (a, b) = (rest_of_a, rest_of_b);
            }
            _ => return a.is_empty() && !b.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_order_as_strings_do() {
        let names = ["", "A", "AB", "B", "a", "é"];
        for a in names {
            for b in names {
                assert_eq!(precedes(a.as_bytes(), b.as_bytes()), a < b, "{a} {b}");
            }
        }
    }

    #[test]
    fn kinds_come_out_ascending() {
        let payload = |kind| PayloadDef { kind, name: "P", version: 1, fields: &[] };
        let sorted = sort_payloads([9, 1, 255, 4, 2].map(payload)).map(|def| def.kind);
        assert_eq!(sorted, [1, 2, 4, 9, 255]);
    }
}
