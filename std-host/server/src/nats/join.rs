//! Begins an empty data directory with the newest checkpoint of another replica.

use std::{io, time::Duration};

use async_nats::{Client, jetstream::object_store::Object};
use statevec_host::{
    LoadedPlugin,
    durable::{
        DataDirectory, DurableError, DurableOptions, begin_with_checkpoint,
        can_begin_with_checkpoint,
    },
};
use tokio::{io::AsyncReadExt as _, sync::mpsc, time::sleep};
use tracing::{info, warn};

use super::{
    Names, checkpoints,
    connection::{COMMAND, jetstream},
};

/// Bytes of one piece.
const PIECE: usize = 1 << 20;

/// Pieces on their way from the network to the disk.
const PIECES: usize = 4;

/// Begins the directory with a checkpoint if it is empty and there is one.
pub(crate) async fn join(
    client: &Client,
    names: &Names,
    directory: &DataDirectory,
    plugin: &LoadedPlugin,
    options: &DurableOptions,
) -> Result<(), DurableError> {
    if !can_begin_with_checkpoint(directory)? {
        return Ok(());
    }
    let object = loop {
        match newest(client, names).await {
            Ok(Some(object)) => break object,
            Ok(None) => return Ok(()),
            Err(reason) => warn!(reason, "waiting for the checkpoints of the other replicas"),
        }
        sleep(Duration::from_secs(1)).await;
    };
    let (name, bytes) = (object.info().name.clone(), object.info().size);
    info!(ext_seq = name.trim_start_matches('0'), bytes, "beginning with a checkpoint");
    let (pieces, mut received) = mpsc::channel(PIECES);
    let (directory, plugin, options) = (directory.clone(), plugin.clone(), options.clone());
    let written = tokio::task::spawn_blocking(move || {
        let pieces = std::iter::from_fn(|| received.blocking_recv());
        begin_with_checkpoint(&directory, &plugin, &options, pieces)
    });
    fetch(object, &pieces).await;
    drop(pieces);
    let position =
        written.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))?;
    info!(entry = position.entry, "the state is that of the checkpoint");
    Ok(())
}

async fn newest(client: &Client, names: &Names) -> Result<Option<Object>, String> {
    let bucket = checkpoints::bucket(&jetstream(client, COMMAND), names).await?;
    match checkpoints::names(&bucket).await?.pop() {
        Some(name) => bucket.get(&name).await.map(Some).map_err(|error| error.to_string()),
        None => Ok(None),
    }
}

async fn fetch(mut object: Object, pieces: &mpsc::Sender<io::Result<Vec<u8>>>) {
    loop {
        let mut piece = Vec::with_capacity(PIECE);
        let read = (&mut object).take(PIECE as u64).read_to_end(&mut piece).await;
        let is_over = !matches!(read, Ok(1..));
        let piece = match read {
            Ok(0) => return,
            Ok(_) => Ok(piece),
            Err(error) => Err(error),
        };
        // Without a receiver the disk has failed, which the receiver reports.
        if pieces.send(piece).await.is_err() || is_over {
            return;
        }
    }
}
