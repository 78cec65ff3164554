//! Goes on with another build of the plugin.

use std::{mem, path::PathBuf};

use super::DurableEngine;
use crate::{
    GuardedEngine, LoadedPlugin, PluginFailure, Sha256, Store, StoreLimits,
    durable::{
        DataDirectory, DurableError,
        directory::PluginFile,
        open::{header_of, write_environment},
    },
    engine::Position,
    evolution,
    txlog::{LogHeader, LogPosition},
};

/// The reason why an engine did not take another build. It goes on with the build before, unless
/// its log has stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplaceError {
    /// The directory cannot be written, or the build cannot be created.
    #[error(transparent)]
    Directory(#[from] DurableError),
    /// The build has another name or schema.
    #[error(
        "the build has another schema: {}. Stop the process, and take the directory to the new schema: \
         `statevec-host migrate {} --plugin PLUGIN`; with --dry-run it tells what that would do",
        differences.join("; "), dir.display()
    )]
    Schema {
        /// The directory.
        dir: PathBuf,
        /// The differences.
        differences: Vec<String>,
    },
    /// The build is another plugin.
    #[error("the build is plugin {other}, and the directory belongs to plugin {is}")]
    OtherPlugin {
        /// The directory's plugin.
        is: String,
        /// The name of the build.
        other: String,
    },
    /// The records break an invariant of the build.
    #[error("the build refuses the records: {failure}")]
    Invariant {
        /// The invariant, or the plugin's failure.
        failure: PluginFailure,
    },
}

/// A build whose file has been read and hashed, and is kept in a data directory. That takes most of
/// the time of a change of builds, and may be done on any thread while commands run.
#[derive(Debug)]
pub struct PreparedBuild {
    plugin: LoadedPlugin,
    file: Option<PluginFile>,
}

impl PreparedBuild {
    /// Prepares a build for the directory of a running engine. `now` is the engine's plugin.
    ///
    /// # Errors
    ///
    /// The build has another schema, or its file cannot be read or kept.
    pub fn new(
        directory: &DataDirectory,
        now: &LoadedPlugin,
        plugin: LoadedPlugin,
    ) -> Result<Self, ReplaceError> {
        check_same_schema(directory, now, &plugin)?;
        let file = PluginFile::read(&plugin)?;
        if let Some(file) = &file {
            directory.keep_file(file).map_err(DurableError::from)?;
        }
        Ok(Self { plugin, file })
    }
}

impl DurableEngine {
    /// The digest of the plugin's file, as the log has it; `None` for a plugin that is linked in.
    #[must_use]
    pub fn plugin_sha256(&self) -> Option<Sha256> {
        self.plugin_sha256
    }

    /// Makes everything durable, and goes on with another build of the plugin, on the same records
    /// and with the same configuration. The log has an entry for it.
    ///
    /// The build is created, and checks its invariants, before the log is written.
    ///
    /// # Errors
    ///
    /// The build has another schema, cannot be created, or refuses the records: the build before
    /// goes on. Or the log fails, which stops the engine.
    pub fn replace_plugin(&mut self, plugin: &LoadedPlugin) -> Result<(), ReplaceError> {
        let next = PreparedBuild::new(&self.directory, &self.plugin, plugin.clone())?;
        self.replace_with(&next)
    }

    /// As [`replace_plugin`](Self::replace_plugin), with less to do while commands wait.
    ///
    /// # Errors
    ///
    /// As [`replace_plugin`](Self::replace_plugin).
    pub fn replace_with(&mut self, next: &PreparedBuild) -> Result<(), ReplaceError> {
        let PreparedBuild { plugin, file } = next;
        check_same_schema(&self.directory, &self.plugin, plugin)?;
        let header = header_of(plugin, file.as_ref(), &self.options);
        self.sync()?;
        // This only looks for the file if the build was prepared for this directory.
        self.directory.keep_plugin(&header, plugin, file.as_ref())?;

        let empty = Store::with_limits(plugin.schema().clone(), self.options.limits)
            .map_err(DurableError::from)?;
        let mut next = GuardedEngine::with_store(plugin, &self.options.config, empty)
            .map_err(|failure| DurableError::Engine(failure.into()))?;
        mem::swap(next.store_mut(), self.engine.store_mut());
        if let Err(failure) = next.validate() {
            let failure = PluginFailure::from(failure);
            mem::swap(next.store_mut(), self.engine.store_mut());
            return Err(ReplaceError::Invariant { failure });
        }
        let LogPosition { tx_seq, ext_seq, .. } = self.position;
        next.resume_at(Position { tx_seq, ext_seq });
        let mut position = self.position;
        position.entry += 1;
        // A log that fails here has stopped for good, so it does not matter which build is left.
        write_environment(&mut self.committer, &header, position).map_err(DurableError::from)?;
        self.position = position;
        self.plugin = plugin.clone();
        self.plugin_sha256 = file.as_ref().map(|file| file.sha256);
        self.engine = next;
        Ok(())
    }
}

/// Checks that a running engine may go on with another build, as far as its name and schema tell.
///
/// # Errors
///
/// [`ReplaceError::OtherPlugin`] or [`ReplaceError::Schema`].
pub fn check_same_schema(
    directory: &DataDirectory,
    now: &LoadedPlugin,
    next: &LoadedPlugin,
) -> Result<(), ReplaceError> {
    let header = |plugin| LogHeader::of_plugin(plugin, "", StoreLimits::default());
    let (is, other) = (header(now), header(next));
    if is.is_same_schema(&other) {
        return Ok(());
    }
    if is.plugin != other.plugin {
        return Err(ReplaceError::OtherPlugin { is: is.plugin, other: other.plugin });
    }
    let changes = evolution::compare(now.schema(), next.schema());
    let differences = changes.iter().map(ToString::to_string).collect();
    Err(ReplaceError::Schema { dir: directory.root().into(), differences })
}
