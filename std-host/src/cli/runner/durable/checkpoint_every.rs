//! How often checkpoints are made.

use std::str::FromStr;

/// Growth of the log between two checkpoints, in MiB; `None` for no checkpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CheckpointEvery(Option<u32>);

impl CheckpointEvery {
    /// The same in bytes.
    pub(super) fn bytes(self) -> Option<u64> {
        self.0.map(|mib| u64::from(mib) << 20)
    }
}

impl FromStr for CheckpointEvery {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            _ if text == "never" => Ok(Self(None)),
            Ok(mib) if mib > 0 => Ok(Self(Some(mib))),
            _ => Err(format!("`{text}` is neither a number of MiB nor `never`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CheckpointEvery;

    #[test]
    fn a_number_of_mib_or_never_and_nothing_else() {
        assert_eq!("16".parse(), Ok(CheckpointEvery(Some(16))));
        assert_eq!("never".parse(), Ok(CheckpointEvery(None)));
        for text in ["", "0", "-1", "5MiB", "Never", "4294967296"] {
            let error = text.parse::<CheckpointEvery>().unwrap_err();
            assert!(error.contains("neither a number of MiB nor"), "{text}: {error}");
        }
    }
}
