//! The layout of a data directory.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use sha2::Digest as _;
use statevec_abi::schema::Fingerprints;

use super::DurableError;
use crate::{
    LoadError, LoadedPlugin, Sha256,
    storage::{
        Access, Context as _, Storage, StorageError, read_exact_at, remove_if_there, write_all_at,
    },
    txlog::LogHeader,
};

/// The places in a data directory.
///
/// ```text
/// DIR/LOCK                        one writer, and who it is
/// DIR/log/<first entry>.txlog     segments of the log
/// DIR/checkpoints/<entry>.ckpt    the last two
/// DIR/schemas/<identity>.json     every schema that wrote here
/// DIR/plugins/<sha256>.so         every plugin file that wrote here
/// ```
#[derive(Debug, Clone)]
pub struct DataDirectory {
    storage: Arc<dyn Storage>,
    root: PathBuf,
}

impl DataDirectory {
    /// A directory on a storage. It is not accessed yet.
    #[must_use]
    pub fn new(storage: Arc<dyn Storage>, root: impl Into<PathBuf>) -> Self {
        Self { storage, root: root.into() }
    }

    /// The storage.
    #[must_use]
    pub fn storage(&self) -> &Arc<dyn Storage> {
        &self.storage
    }

    /// The directory itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The lock file.
    #[must_use]
    pub fn lock(&self) -> PathBuf {
        self.root.join("LOCK")
    }

    /// The folder of the log's segments.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.root.join("log")
    }

    /// The folder of checkpoints.
    #[must_use]
    pub fn checkpoints(&self) -> PathBuf {
        self.root.join("checkpoints")
    }

    /// The folder of schemas.
    #[must_use]
    pub fn schemas(&self) -> PathBuf {
        self.root.join("schemas")
    }

    /// The folder of plugin files.
    #[must_use]
    pub fn plugins(&self) -> PathBuf {
        self.root.join("plugins")
    }

    /// The file of a schema.
    #[must_use]
    pub fn schema_file(&self, header: &LogHeader) -> PathBuf {
        let Fingerprints { records, commands, events, types } = &header.fingerprints;
        let mut hash = sha2::Sha256::new();
        hash.update(header.schema_version.packed().to_le_bytes());
        for fingerprint in [records, commands, events, types] {
            hash.update(fingerprint);
        }
        let identity: String =
            hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        self.schemas().join(format!("{identity}.json"))
    }

    /// The file of a plugin.
    #[must_use]
    pub fn plugin_file(&self, sha256: &Sha256) -> PathBuf {
        self.plugins().join(format!("{sha256}.so"))
    }

    /// The schema that a log was written with, as JSON; `None` if it is not there.
    ///
    /// # Errors
    ///
    /// The storage's.
    pub fn schema_json(&self, header: &LogHeader) -> Result<Option<String>, StorageError> {
        self.read_text(&self.schema_file(header))
    }

    /// The files in the folder of schemas.
    pub(super) fn schema_files(&self) -> Result<Vec<PathBuf>, StorageError> {
        let folder = self.schemas();
        let names = self.storage.list(&folder).context("list", &folder)?;
        let mut files: Vec<_> = names.iter().map(|name| folder.join(name)).collect();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        files.sort();
        Ok(files)
    }

    pub(super) fn read_text(&self, path: &Path) -> Result<Option<String>, StorageError> {
        let bytes = self.read(path)?;
        Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Creates the folders that are missing. All names are stable afterwards, also those that an
    /// earlier process created and did not sync.
    pub(super) fn create(&self) -> Result<(), StorageError> {
        let is_new = self.create_dir(&self.root)?;
        let parent = match self.root.parent() {
            Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
            Some(parent) => parent,
            None => &self.root,
        };
        match self.storage.sync_dir(parent) {
            // A folder that the process may not read, and in which an administrator has made the
            // directory.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied && !is_new => {}
            result => result.context("sync", parent)?,
        }
        for dir in [self.log(), self.checkpoints(), self.schemas(), self.plugins()] {
            self.create_dir(&dir)?;
        }
        self.sync_root()
    }

    /// Puts the names in the directory on stable storage.
    pub(super) fn sync_root(&self) -> Result<(), StorageError> {
        self.storage.sync_dir(&self.root).context("sync", &self.root)
    }

    fn create_dir(&self, dir: &Path) -> Result<bool, StorageError> {
        match self.storage.create_dir(dir) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(error).context("create", dir),
        }
    }

    /// Keeps the schema and the file of a plugin, unless they are there.
    pub(super) fn keep_plugin(
        &self,
        header: &LogHeader,
        plugin: &LoadedPlugin,
        file: Option<&PluginFile>,
    ) -> Result<(), DurableError> {
        self.keep(&self.schema_file(header), plugin.schema_json().as_bytes())?;
        if let Some(file) = file {
            self.keep_file(file)?;
        }
        Ok(())
    }

    /// Keeps the file of a plugin, unless it is there.
    pub(super) fn keep_file(&self, file: &PluginFile) -> Result<(), StorageError> {
        self.keep(&self.plugin_file(&file.sha256), &file.bytes)
    }

    /// Writes a file whose name determines its bytes, unless it is there.
    fn keep(&self, path: &Path, bytes: &[u8]) -> Result<(), StorageError> {
        match self.storage.open(path, Access::Read) {
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).context("open", path),
        }
        let unfinished = path.with_extension("tmp");
        remove_if_there(&*self.storage, &unfinished)?;
        let file = self.storage.create(&unfinished).context("create", &unfinished)?;
        write_all_at(&*file, bytes, 0).context("write", &unfinished)?;
        file.sync_data().context("sync", &unfinished)?;
        self.storage.rename(&unfinished, path).context("rename", &unfinished)?;
        let dir = path.parent().unwrap_or(&self.root);
        self.storage.sync_dir(dir).context("sync", dir)
    }

    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, StorageError> {
        let file = match self.storage.open(path, Access::Read) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).context("open", path),
        };
        let len = file.len().context("read", path)?;
        let mut bytes = vec![0; usize::try_from(len).unwrap_or(usize::MAX)];
        read_exact_at(&*file, &mut bytes, 0).context("read", path)?;
        Ok(Some(bytes))
    }
}

/// The file that a plugin was loaded from.
#[derive(Debug)]
pub(super) struct PluginFile {
    pub(super) sha256: Sha256,
    bytes: Vec<u8>,
}

impl PluginFile {
    /// Reads a plugin's file; `None` for a plugin that is linked in.
    pub(super) fn read(plugin: &LoadedPlugin) -> Result<Option<Self>, DurableError> {
        let Some(path) = plugin.path() else { return Ok(None) };
        let bytes = match plugin.file_bytes() {
            Ok(bytes) => bytes.unwrap_or_default(),
            Err(LoadError::File { source, .. }) => Err(source).context("read", path)?,
            Err(_) => return Err(DurableError::PluginFileChanged { path: path.into() }),
        };
        let sha256 = Sha256::of(&*bytes).context("read", path)?;
        Ok(Some(Self { sha256, bytes }))
    }
}
