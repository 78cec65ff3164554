//! The right results: the same commands on a sound disk, one after another.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use statevec_abi::{boundary::RuntimeCommandRef, static_plugin};
use statevec_host::{
    LoadedPlugin,
    durable::{DataDirectory, DurableEngine, DurableOptions, OnFailure},
    storage::SimulatedDisk,
};

use super::cluster::Message;
use crate::replica::{Item, LogItems};

/// Loaded once for all runs, since its schema takes time to read.
pub(super) fn bank() -> LoadedPlugin {
    static BANK: LazyLock<LoadedPlugin> = LazyLock::new(|| {
        LoadedPlugin::from_static(&static_plugin!(statevec_bank::Bank, slots = 64)).unwrap()
    });
    BANK.clone()
}

/// Options without threads, and with small segments and checkpoints.
pub(super) fn options(config: &str) -> DurableOptions {
    let mut options = DurableOptions {
        config: config.into(),
        on_failure: OnFailure::Skip,
        rerun_interrupted: true,
        in_background: false,
        ..DurableOptions::default()
    };
    (options.log.segment_bytes, options.log.frame_bytes) = (4096, 1024);
    options.log.zero_ahead = 512;
    (options.checkpoint.every, options.checkpoint.memory) = (None, 4096);
    options
}

/// Everything that replicas and consumers must see.
pub(super) struct Truth {
    pub(super) items: Vec<Item>,
    /// The digest behind each command.
    pub(super) digests: BTreeMap<u64, u128>,
}

pub(super) fn truth(messages: &[Message], config: &str) -> Truth {
    let directory = DataDirectory::new(Arc::new(SimulatedDisk::new(0)), "/data");
    let mut engine = DurableEngine::open(&directory, &bank(), options(config)).unwrap();
    let mut digests = BTreeMap::new();
    for (ext_seq, message) in (1..).zip(messages) {
        let Some((kind, payload)) = &message.command else { continue };
        let command = RuntimeCommandRef::new(*kind, ext_seq, message.time_us, payload);
        engine.submit(&command).unwrap();
        digests.insert(ext_seq, engine.position().digest.to_u128());
    }
    let durable = engine.sync().unwrap();
    let items = LogItems::new(&directory).read(None, durable, usize::MAX).unwrap();
    Truth { items: items.unwrap_or_default(), digests }
}
