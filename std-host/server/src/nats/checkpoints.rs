//! Puts checkpoints where a replica that starts with nothing finds them.

use std::time::Duration;

use async_nats::jetstream::{
    Context,
    object_store::{ObjectMetadata, ObjectStore},
};
use futures_util::StreamExt as _;
use statevec_host::{
    checkpoint::{self, CheckpointReader},
    durable::DataDirectory,
};
use tokio::time::sleep;
use tracing::{info, warn};

use super::{Names, SharedStatus};

/// Time from one look at the local checkpoints to the next.
const LOOK: Duration = Duration::from_secs(5);

/// Checkpoints that are kept in the store.
const KEPT: usize = 2;

/// Stores the newest checkpoint of the replica that publishes.
pub(crate) struct CheckpointTask {
    pub(crate) jetstream: Context,
    pub(crate) names: Names,
    pub(crate) directory: DataDirectory,
    pub(crate) status: SharedStatus,
}

impl CheckpointTask {
    /// Stores checkpoints for as long as the process runs.
    pub(crate) async fn run(self) {
        let mut stored = None;
        loop {
            sleep(LOOK).await;
            let status = self.status.read();
            // A replica that begins with a checkpoint has no results of commands before it. If they
            // are published, it can go on with publishing all the same.
            let (true, Some(published)) = (status.is_publisher, status.published) else { continue };
            match self.store_newest(published, stored).await {
                Ok(newest) => stored = newest,
                Err(error) => warn!(error, "a checkpoint cannot be stored"),
            }
        }
    }

    async fn store_newest(
        &self,
        published: u64,
        stored: Option<u64>,
    ) -> Result<Option<u64>, String> {
        let storage = &**self.directory.storage();
        let newest = checkpoint::list(storage, &self.directory.checkpoints());
        let newest = newest.map_err(|error| error.to_string())?.pop();
        let Some((entry, path)) = newest.filter(|(entry, _)| Some(*entry) > stored) else {
            return Ok(stored);
        };
        let reader = CheckpointReader::open(storage, &path).map_err(|error| error.to_string())?;
        let position = reader.head().position;
        let Some(ext_seq) = position.ext_seq.filter(|ext_seq| *ext_seq <= published) else {
            return Ok(stored);
        };
        let bucket = bucket(&self.jetstream, &self.names).await?;
        let mut names = names(&bucket).await?;
        let name = name(ext_seq);
        if !names.contains(&name) {
            let mut file = tokio::fs::File::open(&path).await.map_err(|error| error.to_string())?;
            let description = Some(format!("entry {entry}, digest {}", position.digest));
            let meta =
                ObjectMetadata { name: name.clone(), description, ..ObjectMetadata::default() };
            bucket.put(meta, &mut file).await.map_err(|error| error.to_string())?;
            info!(entry, ext_seq, "stored a checkpoint for new replicas");
            names.push(name);
            names.sort();
        }
        for old in names.iter().rev().skip(KEPT) {
            bucket.delete(old).await.map_err(|error| error.to_string())?;
        }
        Ok(Some(entry))
    }
}

/// The object store with checkpoints.
pub(super) async fn bucket(jetstream: &Context, names: &Names) -> Result<ObjectStore, String> {
    let bucket = names.checkpoint_bucket();
    jetstream.get_object_store(&bucket).await.map_err(|error| {
        format!("the object store {bucket} cannot be had ({error}); statevec-server init-stream makes it")
    })
}

/// The checkpoints in the store, oldest first.
pub(super) async fn names(bucket: &ObjectStore) -> Result<Vec<String>, String> {
    let mut list = bucket.list().await.map_err(|error| error.to_string())?;
    let mut names = Vec::new();
    while let Some(object) = list.next().await {
        let object = object.map_err(|error| error.to_string())?;
        if object.name.bytes().all(|byte| byte.is_ascii_digit()) {
            names.push(object.name);
        }
    }
    names.sort();
    Ok(names)
}

/// The name of the checkpoint behind a command. Names sort like numbers.
fn name(ext_seq: u64) -> String {
    format!("{ext_seq:020}")
}
