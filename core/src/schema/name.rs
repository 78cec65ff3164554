//! Comparing names in constants, where `==` is not available.

/// Returns true if two names are the same.
pub(crate) const fn same(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    while let ([x, rest_of_a @ ..], [y, rest_of_b @ ..]) = (a, b) {
        if *x != *y {
            return false;
        }
        (a, b) = (rest_of_a, rest_of_b);
    }
    a.is_empty() && b.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_another_name() {
        let names = ["", "A", "AB", "B", "a", "é"];
        for a in names {
            for b in names {
                assert_eq!(same(a, b), a == b, "{a} {b}");
            }
        }
    }
}
