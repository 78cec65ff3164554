//! Lists of known names for errors about an unknown one.

use std::fmt;

use super::cut;

/// The names that the schema knows at some place; at most the first 16.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownNames {
    names: Vec<String>,
    more: usize,
}

impl KnownNames {
    const SHOWN: usize = 16;

    pub(in crate::json) fn of<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> Self {
        let more = names.len().saturating_sub(Self::SHOWN);
        let names = names.take(Self::SHOWN).map(cut).collect();
        Self { names, more }
    }

    /// The names, in the schema's order, at most 16.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }
}

impl fmt::Display for KnownNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.names.is_empty() {
            return f.write_str("none");
        }
        for (at, name) in self.names.iter().enumerate() {
            let separator = if at == 0 { "" } else { ", " };
            write!(f, "{separator}{name:?}")?;
        }
        match self.more {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}
