//! Options of a replay.

use statevec_abi::layers::Limits;

/// The part of a log to replay, and how.
#[derive(Debug, Clone, Default)]
pub struct ReplayOptions {
    /// The first entry that the plugin runs again. Before it, recorded changes are applied, from
    /// the newest checkpoint on if the log is in a directory. 0 and 1 begin at the start of the
    /// log.
    pub from: u64,
    /// The last entry.
    pub to_entry: Option<u64>,
    /// The last transaction: the replay ends with the entry that committed it.
    pub to_tx_seq: Option<u64>,
    /// True if the replay goes on after a divergence, from the recorded state.
    pub keep_going: bool,
    /// Another configuration text than the recorded ones.
    pub config: Option<String>,
    /// Other limits of the plugin than the recorded ones.
    pub plugin_limits: Option<Limits>,
}
