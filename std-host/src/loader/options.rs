//! What a caller wants to be sure of before a library is loaded.

use std::path::Path;

use super::{LoadError, LoadedFile, LoadedPlugin, Sha256, entry, mapped, pinned};

/// How a plugin's file is loaded.
///
/// # Example
///
/// ```no_run
/// use statevec_host::LoadOptions;
///
/// let digest = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae".parse()?;
/// let plugin = LoadOptions::new().sha256(digest).open("libbank.so")?;
/// assert_eq!(plugin.sha256(), Some(digest));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct LoadOptions {
    sha256: Option<Sha256>,
    allow_world_writable: bool,
}

impl LoadOptions {
    /// What [`LoadedPlugin::open`] does: any bytes, from a file that not everybody may change.
    pub fn new() -> Self {
        Self::default()
    }

    /// Pins the plugin: loads the file only if its bytes have this digest.
    ///
    /// The file is opened once and copied to memory that is sealed against every change; the copy is hashed, and the copy is loaded. So what runs is
    /// what was hashed, whatever happens to the file meanwhile. A file with other bytes is [`LoadError::Digest`], and none of its code has run then.
    /// A digest that is pinned again is answered with the library that is mapped for it; a library that was also loaded without a pin is mapped
    /// twice.
    ///
    /// The pin speaks of this one file, of 1 GiB at most. The libraries that it needs are found by the dynamic linker as ever, except relative to the
    /// file: in a pinned library `$ORIGIN` is not the file's folder.
    ///
    /// This is for Linux with `/proc` mounted; elsewhere it is refused ([`LoadError::PinUnsupported`]), because no other system that this crate
    /// knows loads a library from memory that nobody can change.
    pub fn sha256(mut self, digest: Sha256) -> Self {
        self.sha256 = Some(digest);
        self
    }

    /// Whether to load a file that every user of the machine may change or exchange; by default that is [`LoadError::WorldWritable`].
    ///
    /// It is so when others may write to the file, or to its folder if that has no sticky bit, or to the folder of a symbolic link that is given in
    /// its place. This is for Unix; elsewhere nothing is asked. Folders further up are not looked at. A pinned file is not asked either:
    /// others may change it, but not into something that would be loaded.
    pub fn allow_world_writable(mut self, allow: bool) -> Self {
        self.allow_world_writable = allow;
        self
    }

    /// Loads a shared library with these options; see [`LoadedPlugin::open`].
    ///
    /// On Linux with `/proc` mounted what is loaded is the very file that was checked, even if
    /// another one takes its path meanwhile. Two things are the exception. A library that finds
    /// others by `$ORIGIN` is loaded by its path, and compared after its initialisers have run. And
    /// a file whose bytes are changed in place while it is loaded is an error, but only
    /// afterwards: whoever may write to it may have anything loaded. A pin closes both.
    ///
    /// # Errors
    ///
    /// [`LoadError`] says what is wrong with the file, the library, or the plugin in it.
    pub fn open(&self, path: impl AsRef<Path>) -> Result<LoadedPlugin, LoadError> {
        let path = path.as_ref();
        let code = match self.sha256 {
            Some(digest) => pinned::map(path, digest)?,
            None => mapped::map(path, self.allow_world_writable)?,
        };
        let file = LoadedFile { path: path.to_path_buf(), sha256: self.sha256, code };
        LoadedPlugin::check(entry::table(path, code)?, Some(file))
    }
}
