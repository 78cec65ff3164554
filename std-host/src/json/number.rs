//! Numbers as JSON.

/// Appends a whole number.
#[inline]
pub(super) fn push_number(value: impl itoa::Integer, out: &mut String) {
    out.push_str(itoa::Buffer::new().format(value));
}
