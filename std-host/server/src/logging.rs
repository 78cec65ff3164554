//! The log of the server, on standard error.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::{layer::SubscriberExt as _, util::SubscriberInitExt as _};

use crate::options::{Format, Settings};

/// Begins to log. A second call in the same process has no effect.
pub(crate) fn start(settings: &Settings) {
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal());
    let registry = tracing_subscriber::registry().with(settings.log_level.clone());
    let _started = match settings.log_format {
        Format::Text => registry.with(layer).try_init(),
        Format::Json => registry.with(layer.json()).try_init(),
    };
}
