//! The facts that the check of a library's file finds, and the reasons to refuse the file.

use object::ReadCache;

use super::{Damage, Machine, blocks::Blocks};

/// By this symbol a library says whether it catches panics: a byte that is 1 or 0.
pub(super) const CATCHES_PANICS: &str = "statevec_runtime_plugin_catches_panics";

/// The value of the byte behind such a symbol.
pub(super) fn flag(byte: &[u8]) -> Option<bool> {
    match byte {
        [0] => Some(false),
        [1] => Some(true),
        _ => None,
    }
}

/// The facts about a library that the loader needs. The default is for files that only the dynamic
/// linker judges.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// True if it refers to its own folder, for libraries that it needs.
    pub(super) uses_origin: bool,
    /// True if it catches panics; `None` if it does not say so.
    pub(super) catches_panics: Option<bool>,
    /// How far the entry function lies from the start of the library's memory, if the file tells.
    pub(super) entry: Option<u64>,
}

/// The file, read where it is needed.
pub(super) type Data<'d> = &'d ReadCache<Blocks<'d>>;

/// The reason why a file is not given to the dynamic linker.
pub(super) enum Refusal {
    Machine { found: Machine, needed: Machine },
    Damage(Damage),
    NoEntry,
}

impl From<object::Error> for Refusal {
    fn from(error: object::Error) -> Self {
        Self::Damage(Damage::Header { reason: error.to_string() })
    }
}

impl From<Damage> for Refusal {
    fn from(damage: Damage) -> Self {
        Self::Damage(damage)
    }
}
