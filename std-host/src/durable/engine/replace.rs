//! Goes on with another build of the plugin.

use std::mem;

use super::DurableEngine;
use crate::{
    GuardedEngine, LoadedPlugin, PluginFailure, Store,
    durable::{
        DurableError,
        directory::PluginFile,
        open::{header_of, write_environment},
    },
    engine::Position,
    evolution,
    txlog::LogPosition,
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
        "the build has another schema: {}. Stop the process, and migrate the directory", differences.join("; ")
    )]
    Schema {
        /// The differences.
        differences: Vec<String>,
    },
    /// The records break an invariant of the build.
    #[error("the build refuses the records: {failure}")]
    Invariant {
        /// The invariant, or the plugin's failure.
        failure: PluginFailure,
    },
}

impl DurableEngine {
    /// Makes everything durable, and goes on with another build of the plugin, on the same records
    /// and with the same configuration. The log has an entry for it.
    ///
    /// The build is created, and checks its invariants, before anything is written.
    ///
    /// # Errors
    ///
    /// The build has another schema, cannot be created, or refuses the records: the build before
    /// goes on. Or the log fails, which stops the engine.
    pub fn replace_plugin(&mut self, plugin: &LoadedPlugin) -> Result<(), ReplaceError> {
        self.check_same_schema(plugin)?;
        let file = PluginFile::read(plugin)?;
        let header = header_of(plugin, file.as_ref(), &self.options);
        self.sync()?;
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
        self.engine = next;
        Ok(())
    }

    fn check_same_schema(&self, plugin: &LoadedPlugin) -> Result<(), ReplaceError> {
        let now = header_of(&self.plugin, None, &self.options);
        let other = header_of(plugin, None, &self.options);
        if now.is_same_schema(&other) {
            return Ok(());
        }
        let mut differences = Vec::new();
        if now.plugin != other.plugin {
            differences.push(format!("it is plugin {}, and not {}", other.plugin, now.plugin));
        }
        let changes = evolution::compare(self.plugin.schema(), plugin.schema());
        differences.extend(changes.iter().map(ToString::to_string));
        Err(ReplaceError::Schema { differences })
    }
}
