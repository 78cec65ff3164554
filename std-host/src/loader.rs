//! Plugins, from a shared library or linked in, checked once and then of one type.

mod dlopen;
mod elf;
mod entry;
mod error;
mod file;
mod machine;
mod mapped;
mod options;
mod pinned;
#[cfg(target_os = "linux")]
mod sealed;
mod sha256;
#[cfg(target_os = "linux")]
mod whose;
mod world_writable;

use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use statevec_abi::{
    abi::RUNTIME_PLUGIN_ABI_VERSION_V1,
    host::{PluginApi, TableError},
    plugin::StaticPlugin,
};
use statevec_abi_alloc::schema::SchemaRegistry;

use dlopen::Code;
use file::FromStart;

pub use error::{Damage, LoadError, TextError};
pub use machine::Machine;
pub use options::LoadOptions;
pub use sha256::{ParseSha256Error, Sha256};

/// A plugin whose code is in the process and whose version, table, name and schema have been checked.
///
/// A clone is another handle to the same plugin.
///
/// # Trust
///
/// A plugin is native code and does what the process may do; loading a library runs its initialisers. What it *says* is checked here and on every
/// call; what it *does* cannot be. A panic that leaves the entry function, `plugin_name` or `schema_bytes` of a foreign plugin meets
/// `extern "C"` and ends the process: no host can catch it. Plugins made with this workspace answer with an empty text instead.
/// [`LoadOptions::sha256`] makes sure that the code is the one that somebody looked at.
///
/// # Lifetime of the code
///
/// A library stays mapped until the process ends, on purpose: a plugin may have registered destructors of thread-locals, started threads, or handed
/// out `'static` data, and nothing tells a host when the last of these is gone (rule 6 of [`statevec_abi::boundary::rules`]).
#[derive(Clone)]
pub struct LoadedPlugin {
    checked: Arc<Checked>,
}

/// What the checks found, and what they were made on.
struct Checked {
    api: PluginApi,
    name: Box<str>,
    schema: Arc<SchemaRegistry>,
    schema_json: Box<str>,
    file: Option<LoadedFile>,
}

/// Where a plugin that is not linked in came from.
struct LoadedFile {
    path: PathBuf,
    /// What it was pinned to.
    sha256: Option<Sha256>,
    code: &'static Code,
}

/// How a plugin without a file is called in errors.
const LINKED_IN: &str = "linked-in plugin";

impl LoadedPlugin {
    /// Loads a shared library, resolves all its symbols, and checks what it offers. [`LoadOptions`] does so with other wishes, such as the
    /// file's digest.
    ///
    /// A file that is already mapped is not mapped again. When it has changed on disk since, that is an error: the dynamic linker would answer
    /// with the old code.
    ///
    /// # Errors
    ///
    /// [`LoadError`] says what is wrong with the file, the library, or the plugin in it.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, LoadError> {
        LoadOptions::new().open(path)
    }

    /// Takes a plugin that is linked in.
    ///
    /// # Errors
    ///
    /// [`LoadError`] says what is wrong with the plugin.
    pub fn from_static(plugin: &StaticPlugin) -> Result<Self, LoadError> {
        Self::check(PluginApi::of_static(plugin), None)
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
        Some(&self.checked.file.as_ref()?.path)
    }

    /// The digest that the library was pinned to, and so has; `None` for one that was not pinned, or is linked in.
    #[must_use]
    pub fn sha256(&self) -> Option<Sha256> {
        self.checked.file.as_ref()?.sha256
    }

    /// The digest of the file that the plugin was loaded from, read now, and from that very file
    /// even if another one lies at its path; `None` for a plugin that is linked in.
    ///
    /// # Errors
    ///
    /// Those of reading.
    pub fn file_sha256(&self) -> io::Result<Option<Sha256>> {
        let Some(file) = &self.checked.file else { return Ok(None) };
        file.sha256.map_or_else(|| Sha256::of(FromStart::new(&file.code.file)), Ok).map(Some)
    }

    /// Whether the plugin catches its panics; `None` when nobody knows. Plugins that are made with
    /// this workspace say it, unless they are linked in. A panic that is not caught ends the
    /// process.
    #[must_use]
    pub fn catches_panics(&self) -> Option<bool> {
        entry::catches_panics(self.checked.file.as_ref()?.code)
    }

    /// The table first, for nothing may be called before it is in order; then the two texts, each asked for once.
    fn check(
        api: Result<PluginApi, TableError>,
        file: Option<LoadedFile>,
    ) -> Result<Self, LoadError> {
        let path = file.as_ref().map(|file| file.path.display().to_string());
        let plugin = path.as_deref().unwrap_or(LINKED_IN);
        let api = api.map_err(|source| LoadError::Table { plugin: plugin.into(), source })?;
        let name = api.plugin_name().map_err(TextError::from).and_then(text);
        let name = name.map_err(|source| LoadError::Name { plugin: plugin.into(), source })?;
        if name.is_empty() {
            return Err(LoadError::Name { plugin: plugin.into(), source: TextError::Empty });
        }
        let json = api.schema_bytes().map_err(TextError::from).and_then(text);
        let json =
            json.map_err(|source| LoadError::SchemaText { plugin: plugin.into(), source })?;
        let schema = SchemaRegistry::from_idl_json(&json)
            .map_err(|source| LoadError::Schema { plugin: plugin.into(), source })?;
        let (name, schema_json) = (name.into(), json.into());
        let checked = Checked { api, name, schema: Arc::new(schema), schema_json, file };
        Ok(Self { checked: Arc::new(checked) })
    }
}

/// Copied before it is looked at: the bytes are the plugin's, and may change between two looks.
fn text(bytes: &[u8]) -> Result<String, TextError> {
    String::from_utf8(bytes.to_vec()).map_err(|error| error.utf8_error().into())
}

impl fmt::Debug for LoadedPlugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoadedPlugin")
            .field("name", &self.name())
            .field("path", &self.path())
            .finish_non_exhaustive()
    }
}
