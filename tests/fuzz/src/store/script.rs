//! The script of a command.

use arbitrary::{Arbitrary, Result, Unstructured};
use statevec_abi::abi::RecordKind;

use super::schema::{NOTE, SHARE, THING, TOLD};

/// One command.
#[derive(Debug, Clone, Arbitrary)]
pub(super) struct Transaction {
    pub(super) steps: Vec<Step>,
    /// True if the plugin continues after a refused step.
    pub(super) tolerant: bool,
    pub(super) end: End,
}

/// The end of a command after its last step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Arbitrary)]
pub(super) enum End {
    Commit,
    /// The plugin rejects it.
    Reject,
    Panic,
    /// The host forgets the transaction.
    Leak,
}

/// A host call, and the steps in its visitor.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) call: Call,
    pub(super) inside: Vec<Step>,
}

#[derive(Debug, Clone, Arbitrary)]
pub(super) enum Call {
    Create {
        kind: Kind,
        key: Key,
        pokes: Vec<Poke>,
    },
    Update {
        kind: Kind,
        key: Key,
        pokes: Vec<Poke>,
    },
    Delete {
        kind: Kind,
        key: Key,
    },
    ReadByPk {
        kind: Kind,
        key: Key,
    },
    /// By an arbitrary key of an arbitrary length.
    ReadByBytes {
        kind: Kind,
        pk: Vec<u8>,
    },
    ReadById {
        kind: Kind,
        id: Key,
    },
    Walk {
        kind: Kind,
    },
    Emit {
        kind: EventKind,
        payload: Vec<u8>,
    },
    Log {
        text: Vec<u8>,
    },
    Panic,
}

#[derive(Debug, Clone, Copy, Arbitrary)]
pub(super) enum Kind {
    Thing,
    Share,
    Note,
    Unknown,
}

#[derive(Debug, Clone, Copy, Arbitrary)]
pub(super) enum EventKind {
    Told,
    Unknown,
}

/// A small number, so that steps meet the same records.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key(pub(super) u8);

/// One byte of a record's data; the place counts modulo its size.
#[derive(Debug, Clone, Copy, Arbitrary)]
pub(super) struct Poke {
    pub(super) at: u8,
    pub(super) byte: u8,
}

/// The greatest depth of nested visitors.
const DEPTH: usize = 3;
/// The most steps that a visitor makes.
const INSIDE: usize = 3;

impl Kind {
    pub(super) const fn number(self) -> RecordKind {
        match self {
            Self::Thing => THING,
            Self::Share => SHARE,
            Self::Note => NOTE,
            Self::Unknown => 4,
        }
    }
}

impl EventKind {
    pub(super) const fn number(self) -> u8 {
        match self {
            Self::Told => TOLD,
            Self::Unknown => 6,
        }
    }
}

impl Call {
    pub(super) const fn is_write(&self) -> bool {
        match self {
            Self::Create { .. }
            | Self::Update { .. }
            | Self::Delete { .. }
            | Self::Emit { .. }
            | Self::Log { .. } => true,
            Self::ReadByPk { .. }
            | Self::ReadByBytes { .. }
            | Self::ReadById { .. }
            | Self::Walk { .. }
            | Self::Panic => false,
        }
    }
}

impl<'a> Arbitrary<'a> for Key {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        u.int_in_range(0..=7).map(Self)
    }
}

impl<'a> Arbitrary<'a> for Step {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Self::of_depth(u, DEPTH)
    }
}

impl Step {
    fn of_depth(u: &mut Unstructured<'_>, depth: usize) -> Result<Self> {
        let call = Call::arbitrary(u)?;
        let mut inside = Vec::new();
        while depth > 0 && inside.len() < INSIDE && u.ratio(1, 4)? {
            inside.push(Self::of_depth(u, depth - 1)?);
        }
        Ok(Self { call, inside })
    }
}
