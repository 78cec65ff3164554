//! Options for loading a plugin's file.

use std::path::Path;

use statevec_abi::layers::Limits;

use super::{LoadError, LoadedPlugin, Sha256, entry, float_modes::FloatModes, mapped, pinned};

/// Options for loading a plugin's file.
///
/// # Example
///
/// ```no_run
/// use statevec_host::LoadOptions;
///
/// let digest = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae".parse()?;
/// // SAFETY: the file with this digest was reviewed, and keeps the contract (rule 6).
/// let plugin = unsafe { LoadOptions::new().sha256(digest).open("libbank.so") }?;
/// assert_eq!(plugin.sha256(), Some(digest));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct LoadOptions {
    sha256: Option<Sha256>,
    limits: Limits,
    allow_world_writable: bool,
}

impl LoadOptions {
    /// The options of [`LoadedPlugin::open`]: any bytes, from a file that not every user may
    /// change.
    pub fn new() -> Self {
        Self::default()
    }

    /// Pins the plugin: loads the file only if its bytes have this digest.
    ///
    /// The file is opened once and copied to memory that is sealed against every change; the copy
    /// is hashed, and the copy is loaded. So the code that runs is the code that was hashed, even
    /// if the file changes in between. A file with other bytes is [`LoadError::Digest`],
    /// and none of its code has run then. A digest that is pinned again is answered with the
    /// library that is mapped for it; a library that was also loaded without a pin is mapped twice.
    ///
    /// The pin covers this one file, of 1 GiB at most. The dynamic linker finds the libraries that
    /// it needs as ever, except relative to the file: in a pinned library `$ORIGIN` is not the
    /// file's folder.
    ///
    /// Windows cannot load a library from memory. There the file itself is held open, so that
    /// nobody can write to it, rename or remove it from before it is hashed until the process ends.
    ///
    /// Elsewhere than on Windows, and on Linux with `/proc` mounted, a pin is refused
    /// ([`LoadError::PinUnsupported`]).
    pub fn sha256(mut self, digest: Sha256) -> Self {
        self.sha256 = Some(digest);
        self
    }

    /// Limits what the plugin may do; see [`LoadedPlugin::with_limits`].
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Allows a file that every user of the machine may change or exchange. By default such a file
    /// is refused with [`LoadError::WorldWritable`], or [`LoadError::WritableByGroup`] on Windows.
    ///
    /// Every user may do so when others may write to the file, or to its folder if that has no
    /// sticky bit, or to the folder of a symbolic link that is given in its place. On Windows,
    /// every user may do so when the access list of the file or its folder gives the right to a
    /// group that all belong to. Folders further up are left out. Pinned files skip the check: a
    /// changed file no longer matches its digest.
    pub fn allow_world_writable(mut self, allow: bool) -> Self {
        self.allow_world_writable = allow;
        self
    }

    /// Loads a shared library with these options; see [`LoadedPlugin::open`].
    ///
    /// # Errors
    ///
    /// [`LoadError`] says what is wrong with the file, the library, or the plugin in it.
    ///
    /// # Safety
    ///
    /// As [`LoadedPlugin::open`]. With a pin the promise is about the file with this digest.
    pub unsafe fn open(&self, path: impl AsRef<Path>) -> Result<LoadedPlugin, LoadError> {
        let path = path.as_ref();
        let _restored_at_the_end = FloatModes::save();
        let library = match self.sha256 {
            // SAFETY: the caller vouches for a library with this digest (rule 6).
            Some(digest) => unsafe { pinned::map(path, digest) }?,
            // SAFETY: the caller vouches for the library at this path (rule 6).
            None => unsafe { mapped::map(path, self.allow_world_writable) }?,
        };
        // SAFETY: the caller vouches for the plugin in the library (rule 6).
        let api = unsafe { entry::table(library.entry) };
        let plugin = LoadedPlugin::check(api, Some((path, library)), self.sha256)?;
        Ok(plugin.with_limits(self.limits))
    }
}
