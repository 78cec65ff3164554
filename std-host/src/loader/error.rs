//! What can be wrong with a plugin before it is used.

use std::{io, path::PathBuf, str::Utf8Error};

use statevec_abi::{boundary::BytesError, host::TableError};
use statevec_abi_alloc::schema::SchemaIdlError;

use super::{Machine, Sha256};

/// Why a plugin cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The file cannot be looked at.
    #[error("cannot read the plugin file {}", path.display())]
    File {
        /// The path as given.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The path leads to something that holds no library.
    #[error("{} is {kind}, and a plugin is a regular file; give the path of a shared library", path.display())]
    NotAFile {
        /// The path as given.
        path: PathBuf,
        /// What it is, with its article.
        kind: &'static str,
    },
    /// Every user of the machine may change what would be loaded.
    #[error(
        "{}: every user of this machine may change {} (its mode is {mode:o}), and so choose the code that runs here; \
         take that right away (chmod o-w), pin the plugin by its SHA-256 digest, or allow world-writable plugins",
        path.display(), writable.display()
    )]
    WorldWritable {
        /// The path as given.
        path: PathBuf,
        /// The file, its folder, or the folder of the link to it.
        writable: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The file does not have the digest that it is pinned to. None of its code has run.
    #[error(
        "{} is not the plugin that it should be, and was not loaded: its SHA-256 digest is {found}, and it is pinned to {expected}; \
         get the right file, or, if you trust this one, pin it to its own digest",
        path.display()
    )]
    Digest {
        /// The path as given.
        path: PathBuf,
        /// The digest that was asked for.
        expected: Sha256,
        /// The digest of the file.
        found: Sha256,
    },
    /// The file is larger than any plugin.
    #[error("{} has {len} bytes, and a plugin may have {limit} at most; is it a shared library?", path.display())]
    TooLarge {
        /// The path as given.
        path: PathBuf,
        /// The file's length in bytes.
        len: u64,
        /// The largest length in bytes.
        limit: u64,
    },
    /// The file could not be copied to sealed memory, which pinning needs.
    #[error("{} cannot be copied to a sealed memory file (memfd), from which a pinned plugin is loaded", path.display())]
    Seal {
        /// The path as given.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// There is no sealed memory on this system, so that a digest would promise more than it holds.
    #[error(
        "{} cannot be pinned to a SHA-256 digest, because this system has no sealed memory files to load it from, \
         as Linux with /proc mounted has; load it without, from a folder that nobody else may write to",
        path.display()
    )]
    PinUnsupported {
        /// The path as given.
        path: PathBuf,
    },
    /// The file is a library of another operating system.
    #[error("{} is a library for {system}, and this process needs one for Linux; build it for that target", path.display())]
    ForeignSystem {
        /// The path as given.
        path: PathBuf,
        /// The system, with the format of its libraries.
        system: &'static str,
    },
    /// The dynamic linker would put something else in place of a part of the path.
    #[error(
        "{} has a $ in its path, which the dynamic linker may replace, and so load another file; \
         give the plugin a path without one",
        path.display()
    )]
    Token {
        /// The path as given.
        path: PathBuf,
    },
    /// The file is built for another kind of machine.
    #[error("{} is built for {found}, and this process needs a library for {needed}; build it for that target", path.display())]
    Machine {
        /// The path as given.
        path: PathBuf,
        /// What the file is built for.
        found: Machine,
        /// What this process is built for.
        needed: Machine,
    },
    /// The file is not whole.
    #[error("{} is damaged; copy or build it anew", path.display())]
    Damaged {
        /// The path as given.
        path: PathBuf,
        /// What is wrong with it.
        source: Damage,
    },
    /// The dynamic linker refuses the file: it is no shared library, or needs symbols that nobody has. The source has the dynamic linker's own
    /// words.
    #[error("{} cannot be loaded as a shared library for this machine", path.display())]
    Library {
        /// The path as given.
        path: PathBuf,
        /// What the dynamic linker says.
        source: libloading::Error,
    },
    /// The file is mapped already and is not what it was then.
    #[error(
        "{} has changed on disk since this process loaded it, and the code in memory is the old one; \
         restart the process, or load the new file under a name of its own",
        path.display()
    )]
    Changed {
        /// The path as given.
        path: PathBuf,
    },
    /// The library is not a plugin.
    #[error("{} is a shared library, but exports no symbol {symbol}: is it a StateVec plugin?", path.display())]
    NoEntry {
        /// The path as given.
        path: PathBuf,
        /// The symbol that is missing.
        symbol: &'static str,
        /// What the dynamic linker says; nothing when the symbol exists and is null.
        source: Option<libloading::Error>,
    },
    /// The library is not a plugin, but one that it needs is.
    #[error(
        "{} exports no symbol {symbol}, but a library that it needs does: give the path of that one",
        path.display()
    )]
    EntryOfDependency {
        /// The path as given.
        path: PathBuf,
        /// The symbol that is missing.
        symbol: &'static str,
    },
    /// The plugin's table is of another version or incomplete.
    #[error("{plugin}: the plugin's table cannot be used")]
    Table {
        /// The plugin's path, or that it is linked in.
        plugin: String,
        /// What is wrong with it.
        source: TableError,
    },
    /// The plugin's name is no text.
    #[error("{plugin}: the plugin's name cannot be used")]
    Name {
        /// The plugin's path, or that it is linked in.
        plugin: String,
        /// What is wrong with it.
        source: TextError,
    },
    /// The plugin's schema is no text.
    #[error("{plugin}: the plugin's schema cannot be read")]
    SchemaText {
        /// The plugin's path, or that it is linked in.
        plugin: String,
        /// What is wrong with it.
        source: TextError,
    },
    /// The plugin's schema is text, but not a schema.
    #[error("{plugin}: the plugin's schema is not valid")]
    Schema {
        /// The plugin's path, or that it is linked in.
        plugin: String,
        /// What is wrong with it.
        source: SchemaIdlError,
    },
}

/// What the headers of a shared library say that its file does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Damage {
    /// The headers make no sense.
    #[error("its headers cannot be read: {reason}")]
    Header {
        /// What is wrong with them.
        reason: String,
    },
    /// The file ends too early.
    #[error("it ends after {len} bytes, and must have at least {end}")]
    CutOff {
        /// The file's length.
        len: u64,
        /// How far a part of it reaches.
        end: u64,
    },
}

/// Why foreign bytes are not the text that they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// The bytes are not there.
    #[error(transparent)]
    Bytes(#[from] BytesError),
    /// The bytes are not UTF-8.
    #[error("it is not UTF-8")]
    Utf8(#[from] Utf8Error),
    /// There are no bytes, as from a plugin that panics when it is asked.
    #[error("it is empty")]
    Empty,
}
