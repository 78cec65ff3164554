//! What can be wrong with a plugin before it is used.

use std::{io, path::PathBuf, str::Utf8Error};

use statevec_abi::{BytesError, host::TableError};
use statevec_abi_alloc::schema::SchemaIdlError;

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
    /// It is a folder, a pipe, a socket or a device. Nobody reads it: from a pipe the dynamic linker would wait for ever.
    #[error("{} is not a regular file: a plugin is a shared library", path.display())]
    NotAFile {
        /// The path as given.
        path: PathBuf,
    },
    /// The dynamic linker refuses the file: it is no shared library, is built for another machine, or needs symbols that nobody has. The
    /// source has the dynamic linker's own words.
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
