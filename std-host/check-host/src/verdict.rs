//! The result of a step.

use statevec_abi::typed::FixedBytes;

use crate::schema::Verdict;

/// The result of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The host breaks a promise.
    Broken,
    /// The host keeps the promise.
    Kept,
    /// The host does not detect a fault that is hard to detect, which the contract allows.
    NotDetected,
}

/// The reason why a promise is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Broken {
    /// It is broken.
    Promise(String),
    /// A fault was not detected, which is allowed.
    NotDetected(String),
}

impl From<String> for Broken {
    fn from(text: String) -> Self {
        Self::Promise(text)
    }
}

impl From<&str> for Broken {
    fn from(text: &str) -> Self {
        Self::Promise(text.into())
    }
}

/// The result of a step, or of a part of it.
pub(crate) type Checked<T = ()> = Result<T, Broken>;

/// Fails with a text unless the condition holds.
pub(crate) fn require(holds: bool, text: impl Into<String>) -> Checked {
    if holds { Ok(()) } else { Err(Broken::Promise(text.into())) }
}

impl Verdict {
    /// The verdict on a step; a long text is cut.
    pub(crate) fn of(step: u16, promise: &str, result: &Checked) -> Self {
        let (outcome, text) = match result {
            Ok(()) => (Outcome::Kept, promise),
            Err(Broken::Promise(text)) => (Outcome::Broken, text.as_str()),
            Err(Broken::NotDetected(text)) => (Outcome::NotDetected, text.as_str()),
        };
        let text = text.get(..text.floor_char_boundary(56)).unwrap_or_default();
        let text = FixedBytes::new(text.as_bytes()).unwrap_or_default();
        Self { step, outcome: outcome.to_byte(), text }
    }
}

impl Outcome {
    const fn to_byte(self) -> u8 {
        match self {
            Self::Broken => 0,
            Self::Kept => 1,
            Self::NotDetected => 2,
        }
    }

    /// The outcome in a [`Verdict`]; `None` if it is none.
    #[must_use]
    pub const fn of_byte(byte: u8) -> Option<Self> {
        match byte {
            0 => Some(Self::Broken),
            1 => Some(Self::Kept),
            2 => Some(Self::NotDetected),
            _ => None,
        }
    }
}
