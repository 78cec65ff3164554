//! Errors of an engine, and of the plugin that it runs.

use std::{error::Error, fmt};

use statevec_abi::{
    abi::{RuntimeErrorKind, RuntimeErrorPhase},
    host::CallFailure,
};

use crate::store::StoreError;

/// The reason why an engine could not be made, or did not end well.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// There can be no store for the plugin's schema.
    #[error("the plugin's schema cannot be stored")]
    Store(#[from] StoreError),
    /// The store holds the records of another schema.
    #[error("the store holds records of another schema than that of plugin {plugin}")]
    Schema {
        /// The plugin's name.
        plugin: String,
    },
    /// The plugin has limits that the engine's host does not enforce.
    #[error(
        "plugin {plugin} has limits, and this engine does not enforce them; make a GuardedEngine, or put a Limit with them around the store"
    )]
    Limits {
        /// The plugin's name.
        plugin: String,
    },
    /// The plugin made no instance.
    #[error("plugin {plugin} cannot be created")]
    Create {
        /// The plugin's name.
        plugin: String,
        /// The plugin's own reason.
        source: PluginFailure,
    },
    /// The plugin's `on_unload` failed.
    #[error("plugin {plugin} failed to unload")]
    Unload {
        /// The plugin's name.
        plugin: String,
        /// The plugin's own reason.
        source: PluginFailure,
    },
}

/// An [`EngineError`] together with the engine's host, so that its records are not lost.
///
/// `?` turns it into the plain error.
///
/// # Example
///
/// ```no_run
/// use statevec_host::{Engine, LoadedPlugin, Store};
///
/// /// Starts the new build of a plugin, or goes on with the old one.
/// fn upgrade(store: Store, new: &LoadedPlugin, old: &LoadedPlugin) -> Engine {
///     Engine::with_store(new, "", store).unwrap_or_else(|failure| {
///         eprintln!("the new build does not start: {failure}");
///         Engine::with_store(old, "", failure.into_host()).unwrap()
///     })
/// }
/// ```
pub struct EngineFailure<H> {
    error: EngineError,
    /// Boxed, so that a `Result` with this error is small.
    host: Box<H>,
}

impl<H> EngineFailure<H> {
    pub(super) fn new(error: EngineError, host: H) -> Self {
        Self { error, host: Box::new(host) }
    }

    /// The same error with another host, made from this one.
    #[must_use]
    pub fn map_host<G>(self, map: impl FnOnce(H) -> G) -> EngineFailure<G> {
        EngineFailure::new(self.error, map(*self.host))
    }

    /// The error.
    #[must_use]
    pub fn error(&self) -> &EngineError {
        &self.error
    }

    /// The host with its records.
    #[must_use]
    pub fn host(&self) -> &H {
        &self.host
    }

    /// Returns the host with its records.
    #[must_use]
    pub fn into_host(self) -> H {
        *self.host
    }

    /// The error and the host.
    #[must_use]
    pub fn into_parts(self) -> (EngineError, H) {
        (self.error, *self.host)
    }
}

impl<H> From<EngineFailure<H>> for EngineError {
    fn from(failure: EngineFailure<H>) -> Self {
        failure.error
    }
}

impl<H> fmt::Display for EngineFailure<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

/// Leaves out the host: it may have many records.
impl<H> fmt::Debug for EngineFailure<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EngineFailure").field("error", &self.error).finish_non_exhaustive()
    }
}

impl<H> Error for EngineFailure<H> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}

/// An owned [`CallFailure`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginFailure {
    /// The part of the plugin's life that failed.
    pub phase: RuntimeErrorPhase,
    /// The kind of the error.
    pub kind: RuntimeErrorKind,
    /// The reason.
    pub message: String,
}

impl From<CallFailure<'_>> for PluginFailure {
    fn from(failure: CallFailure<'_>) -> Self {
        Self { phase: failure.phase, kind: failure.kind, message: failure.message.to_string() }
    }
}

/// A plugin of the published kind reports a refusal of the host as its own rejection, with the
/// host's whole report as its text: `phase=RunTx kind=4001 message=…`. That is shown as
/// `PLUGIN_REJECTED (2001) after HOST_REJECTED (4001): …`.
impl fmt::Display for PluginFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_kind(f, self.kind)?;
        let mut message = self.message.as_str();
        if let Some((kind, text)) = host_report(message) {
            f.write_str(" after ")?;
            write_kind(f, kind)?;
            message = text;
        }
        write!(f, ": {message}")
    }
}

fn write_kind(f: &mut fmt::Formatter<'_>, kind: RuntimeErrorKind) -> fmt::Result {
    match kind.name() {
        Some(name) => write!(f, "{name} ({})", kind.0),
        None => write!(f, "error {}", kind.0),
    }
}

/// The kind and the text in a host's report.
fn host_report(message: &str) -> Option<(RuntimeErrorKind, &str)> {
    let (_phase, rest) = message.strip_prefix("phase=")?.split_once(" kind=")?;
    let (kind, text) = rest.split_once(" message=")?;
    Some((RuntimeErrorKind(kind.parse().ok()?), text))
}

impl Error for PluginFailure {}

#[cfg(test)]
mod tests {
    use statevec_abi::abi::{RuntimeErrorKind, RuntimeErrorPhase};

    use super::PluginFailure;

    fn shown(kind: u16, message: &str) -> String {
        let (phase, kind) = (RuntimeErrorPhase::RunTx, RuntimeErrorKind(kind));
        PluginFailure { phase, kind, message: message.into() }.to_string()
    }

    #[test]
    fn report_of_the_host_inside_a_rejection_is_shown_in_words() {
        assert_eq!(
            shown(2001, "phase=RunTx kind=4001 message=Item (id 7) exists already"),
            "PLUGIN_REJECTED (2001) after HOST_REJECTED (4001): Item (id 7) exists already"
        );
        assert_eq!(
            shown(2001, "phase=RunTx kind=77 message="),
            "PLUGIN_REJECTED (2001) after error 77: "
        );
    }

    #[test]
    fn other_texts_are_shown_as_they_are() {
        for text in ["", "phase=RunTx", "phase=RunTx kind=x message=y", "no, kind=1 message=y"] {
            assert_eq!(shown(2001, text), format!("PLUGIN_REJECTED (2001): {text}"));
        }
        assert_eq!(shown(77, "text"), "error 77: text");
    }
}
