//! Host calls, bytes and outcomes of a workload.

use std::sync::Arc;

use statevec_abi::layers::{Count, Counts, Layered, Limit};

use super::Workload;
use crate::{Engine, EngineError, LoadedPlugin, Outcome, Store};

/// The outcomes of a workload, and what its commands asked of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Counted {
    /// Commands that committed.
    pub committed: u64,
    /// Commands that were rejected.
    pub rejected: u64,
    /// Commands that failed.
    pub failed: u64,
    /// Host calls, and the bytes that they carried.
    pub host_calls: Counts,
}

/// Runs a workload once, and counts.
///
/// # Errors
///
/// The plugin cannot be created or unloaded.
pub fn count(
    plugin: &LoadedPlugin,
    config: &str,
    workload: &Workload,
) -> Result<Counted, EngineError> {
    let store = Store::new(Arc::clone(plugin.schema()))?;
    let limited = Layered::new(store, Limit::new(*plugin.limits()));
    let mut engine = Engine::with_host(plugin, config, Layered::new(limited, Count::new()))?;
    let mut counted = Counted::default();
    for command in workload.iter() {
        let outcomes = match engine.run(&command) {
            Outcome::Committed { .. } => &mut counted.committed,
            Outcome::Rejected(_) => &mut counted.rejected,
            Outcome::Failed(_) | Outcome::Duplicate { .. } => &mut counted.failed,
        };
        *outcomes += 1;
    }
    counted.host_calls = engine.host().layer().counts();
    engine.unload()?;
    Ok(counted)
}
