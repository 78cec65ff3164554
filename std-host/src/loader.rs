//! Loads plugins from shared libraries or takes linked ones, and checks them once.

mod blocks;
mod code_file;
mod contents;
mod damage;
mod dlopen;
#[cfg(not(windows))]
mod elf;
mod entry;
mod error;
mod facts;
mod file;
mod float_modes;
mod format;
mod identity;
#[cfg(target_os = "linux")]
mod loaded;
mod machine;
mod mapped;
mod name;
mod opened;
mod options;
#[cfg(windows)]
mod pe;
mod pinned;
#[cfg(target_os = "linux")]
mod proc;
#[cfg(target_os = "linux")]
mod sealed;
mod sha256;
mod verify;
#[cfg(windows)]
mod windows_path;
mod world_writable;

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use statevec_abi::{
    abi::RUNTIME_PLUGIN_ABI_VERSION_V1,
    boundary::BytesError,
    host::{PluginApi, TableError},
    layers::Limits,
    plugin::StaticPlugin,
};
use statevec_abi_alloc::schema::SchemaRegistry;

use mapped::Library;

pub use error::{Damage, LoadError, TextError};
pub use machine::Machine;
pub use options::LoadOptions;
pub use sha256::{ParseSha256Error, Sha256};

/// A plugin whose code is in the process and whose version, table, name and schema have been
/// checked.
///
/// A clone is another handle to the same plugin.
///
/// # Trust
///
/// A plugin is native code, and may do all that the process may do. The host checks the values that
/// it returns, here and on every call; it cannot check its other effects. A panic that leaves the
/// entry function, `plugin_name` or `schema_bytes` of a foreign plugin ends the process at
/// `extern "C"`: a host cannot catch it. Plugins made with this workspace return an empty text
/// instead.
/// [`LoadOptions::sha256`] makes sure that the code is the code that was reviewed.
///
/// # Lifetime of the code
///
/// A library stays mapped until the process ends, on purpose: a plugin may have registered
/// destructors of thread-locals, started threads, or handed out `'static` data, and a host cannot
/// know when the last of these is gone (rule 6 of [`statevec_abi::boundary::rules`]).
///
/// # Example
///
/// ```no_run
/// use statevec_host::{Engine, LoadedPlugin};
///
/// // SAFETY: this library was built from the bank's sources, which keep the contract (rule 6).
/// let plugin = unsafe { LoadedPlugin::open("target/release/libstatevec_bank_so.so") }?;
/// println!("{} declares {} records", plugin.name(), plugin.schema().record_defs().len());
/// let engine = Engine::create(&plugin, "max_amount = 1000000")?;
/// # engine.unload()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct LoadedPlugin {
    checked: Arc<Checked>,
    limits: Limits,
}

/// The results of the checks, and the table that they were made on.
struct Checked {
    api: PluginApi,
    name: Box<str>,
    schema: Arc<SchemaRegistry>,
    schema_json: Box<str>,
    file: Option<(PathBuf, Library)>,
    sha256: Option<Sha256>,
}

/// The name in errors of a plugin without a file.
const LINKED_IN: &str = "linked-in plugin";

impl LoadedPlugin {
    /// Loads a shared library, resolves all its symbols, and checks the plugin in it.
    /// [`LoadOptions`] has more choices, such as the file's digest.
    ///
    /// The file is opened once; the open file is checked and mapped, whatever the path leads to in
    /// the meantime, and afterwards the entry function is proved to lie in it. This is so on Linux
    /// with `/proc` mounted; elsewhere, and for a library that refers to its own folder
    /// (`$ORIGIN`), the dynamic linker opens the path a second time, and another file is an error,
    /// but only after its initialisers have run. On Windows nobody can write to the file in
    /// between, and a pinned one cannot be exchanged either.
    ///
    /// A file that is already mapped is not mapped again. When it has changed on disk since, that
    /// is an error: the dynamic linker would answer with the old code.
    ///
    /// # Errors
    ///
    /// [`LoadError`] says what is wrong with the file, the library, or the plugin in it.
    ///
    /// # Safety
    ///
    /// Loading runs foreign code: the initialisers of the library and of the libraries that it
    /// needs, and then the plugin's functions, now and in every later call. The caller promises
    /// that
    /// - this code is sound to run in this process, and keeps the contract of the ABI, its own
    ///   threads included;
    /// - the file and the libraries that it needs are not written to or cut off in place while they
    ///   are mapped, which is until the process ends. Exchange files by renaming, or pin the plugin
    ///   ([`LoadOptions::sha256`]), which lifts this promise for the file itself.
    pub unsafe fn open(path: impl AsRef<Path>) -> Result<Self, LoadError> {
        // SAFETY: the caller promised that the library's code is sound to run, and that its file is
        // not changed in place, which is all that `LoadOptions::open` asks for (rule 6).
        unsafe { LoadOptions::new().open(path) }
    }

    /// Takes a plugin that is linked in.
    ///
    /// # Errors
    ///
    /// [`LoadError`] says what is wrong with the plugin.
    pub fn from_static(plugin: &StaticPlugin) -> Result<Self, LoadError> {
        Self::check(PluginApi::of_static(plugin), None, None)
    }

    /// The plugin with limits: the kinds that it may use, and the budgets of each command.
    /// [`GuardedEngine`](crate::GuardedEngine) and
    /// [`DurableEngine`](crate::durable::DurableEngine) enforce them.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The limits of the plugin.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The plugin's name; not empty.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.checked.name
    }

    /// The plugin's schema.
    #[must_use]
    pub fn schema(&self) -> &Arc<SchemaRegistry> {
        &self.checked.schema
    }

    /// The schema as the plugin wrote it.
    #[must_use]
    pub fn schema_json(&self) -> &str {
        &self.checked.schema_json
    }

    /// The version of the contract that the plugin keeps.
    #[must_use]
    pub fn abi_version(&self) -> u32 {
        // The only one that passes the check.
        RUNTIME_PLUGIN_ABI_VERSION_V1
    }

    /// The plugin's functions.
    #[must_use]
    pub fn api(&self) -> &PluginApi {
        &self.checked.api
    }

    /// The file that the plugin was loaded from, as it was named; `None` for one that is linked in.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.checked.file.as_ref().map(|(path, _)| path.as_path())
    }

    /// The digest that the library was pinned to, and so has; `None` for one that was not pinned,
    /// or is linked in.
    #[must_use]
    pub fn sha256(&self) -> Option<Sha256> {
        self.checked.sha256
    }

    /// The bytes of the very file that was checked and mapped, whatever its path leads to now;
    /// `None` for a plugin that is linked in.
    ///
    /// # Errors
    ///
    /// [`LoadError::Changed`]: the file was written to since it was loaded. [`LoadError::File`]: it
    /// cannot be read.
    pub fn file_bytes(&self) -> Result<Option<Vec<u8>>, LoadError> {
        let file = self.checked.file.as_ref();
        file.map(|(path, library)| library.bytes(path)).transpose()
    }

    /// The digest of [`file_bytes`](Self::file_bytes), read piece by piece.
    ///
    /// # Errors
    ///
    /// As [`file_bytes`](Self::file_bytes).
    pub fn file_sha256(&self) -> Result<Option<Sha256>, LoadError> {
        let file = self.checked.file.as_ref();
        file.map(|(path, library)| library.sha256(path)).transpose()
    }

    /// Returns `Some(true)` if the plugin's panics are caught at the boundary. An uncaught panic
    /// ends the host's process. The library says it by the symbol
    /// `statevec_runtime_plugin_catches_panics`. `None` if it does not, if the plugin is linked in,
    /// or if the file is not an ELF file.
    #[must_use]
    pub fn catches_panics(&self) -> Option<bool> {
        self.checked.file.as_ref().and_then(|(_, library)| library.catches_panics)
    }

    /// Checks the table first, because its functions may only be called then; then the two texts,
    /// each asked for once.
    fn check(
        api: Result<PluginApi, TableError>,
        file: Option<(&Path, Library)>,
        sha256: Option<Sha256>,
    ) -> Result<Self, LoadError> {
        let plugin = || match &file {
            Some((path, _)) => path.display().to_string(),
            None => LINKED_IN.to_owned(),
        };
        let api = api.map_err(|source| LoadError::Table { plugin: plugin(), source })?;
        let name = text(api.plugin_name());
        let name = name.map_err(|source| LoadError::Name { plugin: plugin(), source })?;
        if name.is_empty() {
            return Err(LoadError::Name { plugin: plugin(), source: TextError::Empty });
        }
        let schema_json = text(api.schema_bytes());
        let schema_json =
            schema_json.map_err(|source| LoadError::SchemaText { plugin: plugin(), source })?;
        if schema_json.is_empty() {
            let source = TextError::NoSchemaJson;
            return Err(LoadError::SchemaText { plugin: plugin(), source });
        }
        let schema = SchemaRegistry::from_idl_json(&schema_json)
            .map_err(|source| LoadError::Schema { plugin: plugin(), source })?;
        let file = file.map(|(path, library)| (path.to_path_buf(), library));
        let checked = Checked { name, schema: Arc::new(schema), schema_json, file, sha256, api };
        Ok(Self { checked: Arc::new(checked), limits: Limits::NONE })
    }
}

/// Copies a plugin's bytes before looking at them: the plugin's own threads could change them
/// between a check and the use of the checked bytes.
fn text(bytes: Result<&[u8], BytesError>) -> Result<Box<str>, TextError> {
    let bytes = bytes?.to_vec();
    let text = String::from_utf8(bytes).map_err(|error| error.utf8_error())?;
    Ok(text.into())
}

impl fmt::Debug for LoadedPlugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoadedPlugin")
            .field("name", &self.name())
            .field("path", &self.path())
            .finish_non_exhaustive()
    }
}
