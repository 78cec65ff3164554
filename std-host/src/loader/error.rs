//! Errors of loading a plugin.

use std::{
    io,
    path::{Path, PathBuf},
    str::Utf8Error,
};

use statevec_abi::{boundary::BytesError, host::TableError};
use statevec_abi_alloc::schema::SchemaIdlError;

use super::{Machine, Sha256, format};

pub use super::damage::Damage;

/// A fault of a plugin, found before it is used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The file cannot be read.
    #[error("cannot read the plugin file {}", path.display())]
    File {
        /// The path as given.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// The path does not lead to a regular file.
    #[error("{} is {kind}, and a plugin is a regular file; give the path of a shared library", path.display())]
    NotAFile {
        /// The path as given.
        path: PathBuf,
        /// The kind of the file, with its article.
        kind: &'static str,
    },
    /// Every user of the machine may change the file, or exchange it.
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
    /// The same on Windows, where an access list tells.
    #[error(
        "{}: every user of this machine may change {} (its access list lets {group} do so), and so choose the code that runs here; \
         take that right away (icacls), pin the plugin by its SHA-256 digest, or allow world-writable plugins",
        path.display(), writable.display()
    )]
    WritableByGroup {
        /// The path as given.
        path: PathBuf,
        /// The file, or its folder.
        writable: PathBuf,
        /// The group that every user belongs to.
        group: &'static str,
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
    /// The file is longer than any plugin.
    #[error("{} has {len} bytes, and a plugin may have {limit} at most; is it a shared library?", path.display())]
    TooLarge {
        /// The path as given.
        path: PathBuf,
        /// The file's length in bytes.
        len: u64,
        /// The largest length in bytes.
        limit: u64,
    },
    /// The file lies on a file system from which nothing may be executed.
    #[error(
        "{} lies on a file system that is mounted noexec, so its code may not run; copy it to one that is not",
        path.display()
    )]
    NoExec {
        /// The path as given.
        path: PathBuf,
    },
    /// The file could not be copied to sealed memory, which pinning needs.
    #[error("{} cannot be copied to a sealed memory file (memfd), from which a pinned plugin is loaded", path.display())]
    Seal {
        /// The path as given.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// This system cannot load a file from sealed memory, so a digest would promise more than it
    /// holds.
    #[error(
        "{} cannot be pinned to a SHA-256 digest: that needs Windows, or Linux with /proc mounted, where a pinned plugin \
         is loaded from a sealed memory file; mount /proc, or load it without a pin from a folder that nobody else may write to",
        path.display()
    )]
    PinUnsupported {
        /// The path as given.
        path: PathBuf,
    },
    /// The file holds another format than this system's libraries.
    #[error(
        "{} is {found}, and a plugin for this system is {needed}; build the plugin as a cdylib for this target, and give that file",
        path.display(), needed = format::NEEDED
    )]
    Format {
        /// The path as given.
        path: PathBuf,
        /// The format of the file, with its article.
        found: &'static str,
    },
    /// The dynamic linker would read the path as another one.
    #[error(
        "{}: the dynamic linker replaces {token} in a path and would load another file; give a path without it, or mount /proc",
        path.display()
    )]
    LinkerToken {
        /// The path as given.
        path: PathBuf,
        /// The part that would be replaced.
        token: String,
    },
    /// The file is built for another kind of machine.
    #[error("{} is built for {found}, and this process needs a library for {needed}; build it for that target", path.display())]
    Machine {
        /// The path as given.
        path: PathBuf,
        /// The machine that the file is built for.
        found: Machine,
        /// The machine that this process is built for.
        needed: Machine,
    },
    /// The file is cut off, or its headers are wrong.
    #[error("{} is damaged; copy or build it anew", path.display())]
    Damaged {
        /// The path as given.
        path: PathBuf,
        /// The fault.
        source: Damage,
    },
    /// The dynamic linker refuses the file: it is not a shared library, or needs symbols that no
    /// library has. The source has the dynamic linker's own words.
    #[error("{} cannot be loaded as a shared library for this machine", path.display())]
    Library {
        /// The path as given.
        path: PathBuf,
        /// The dynamic linker's error.
        source: libloading::Error,
    },
    /// Windows refuses the library because others that it needs are missing.
    #[error(
        "{} needs a DLL that is neither in its folder nor in the system's: {}; put it beside the plugin",
        path.display(), missing.join(", ")
    )]
    MissingLibraries {
        /// The path as given.
        path: PathBuf,
        /// The names of the missing libraries.
        missing: Vec<String>,
        /// The dynamic linker's error.
        source: libloading::Error,
    },
    /// The process has mapped this file, or one that had this path, and the file has changed since.
    #[error(
        "{} has changed on disk since this process loaded it, and the code in memory is the old one; \
         restart the process, or load the new file under a name of its own",
        path.display()
    )]
    Changed {
        /// The path as given.
        path: PathBuf,
    },
    /// The dynamic linker answered with code of another file: one that claims this path as its name
    /// (`DT_SONAME`), or that took this path after the check. Nothing of it was called, but its
    /// initialisers have run.
    #[error(
        "{}: the dynamic linker answered with code of {} instead, which is not used; \
         give each plugin a name of its own (DT_SONAME), and do not exchange files while they are loaded",
        path.display(), found.as_deref().unwrap_or(Path::new("no file")).display()
    )]
    AnotherFile {
        /// The path as given.
        path: PathBuf,
        /// The other file, as far as it is known.
        found: Option<PathBuf>,
    },
    /// The library is not a plugin.
    #[error("{} is a shared library, but exports no symbol {symbol}: is it a StateVec plugin?", path.display())]
    NoEntry {
        /// The path as given.
        path: PathBuf,
        /// The symbol that is missing.
        symbol: &'static str,
        /// The dynamic linker's error. `None` when the file's own symbol table lacks the symbol,
        /// so that the library was not loaded, and when the symbol is null.
        source: Option<libloading::Error>,
    },
    /// The plugin's table is of another version or incomplete.
    #[error("{plugin}: the plugin's table cannot be used")]
    Table {
        /// The plugin's path, or that it is linked in.
        plugin: String,
        /// The fault.
        source: TableError,
    },
    /// The plugin's name is not a text.
    #[error("{plugin}: the plugin's name cannot be used")]
    Name {
        /// The plugin's path, or that it is linked in.
        plugin: String,
        /// The fault.
        source: TextError,
    },
    /// The plugin's schema is not a text.
    #[error("{plugin}: the plugin's schema cannot be read")]
    SchemaText {
        /// The plugin's path, or that it is linked in.
        plugin: String,
        /// The fault.
        source: TextError,
    },
    /// The plugin's schema is text, but not a schema.
    #[error("{plugin}: the plugin's schema is not valid")]
    Schema {
        /// The plugin's path, or that it is linked in.
        plugin: String,
        /// The fault.
        source: SchemaIdlError,
    },
}

/// A fault of the bytes of a plugin's name or schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// The pointer or the length is wrong.
    #[error(transparent)]
    Bytes(#[from] BytesError),
    /// The bytes are not UTF-8.
    #[error("it is not UTF-8")]
    Utf8(#[from] Utf8Error),
    /// There are no bytes. A plugin whose name or schema function panics answers so.
    #[error("it is empty")]
    Empty,
    /// There is no schema JSON. A plugin whose schema function panics answers so, too.
    #[error(
        "it is empty: the plugin's schema function panics, or the plugin was linked with \
         `schema_json = none`, which is for firmware; leave that option out"
    )]
    NoSchemaJson,
}
