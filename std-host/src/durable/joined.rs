//! Begins a directory with a checkpoint that another directory made.

use std::{io, path::PathBuf, sync::Arc};

use super::{
    DataDirectory, DurableError, DurableOptions,
    directory::PluginFile,
    open::{header_of, take_lock},
};
use crate::{
    LoadedPlugin, Store,
    checkpoint::{self, CheckpointReader},
    storage::{Context as _, remove_if_there, write_all_at},
    store::Restorer,
    txlog::{LogEnd, LogPosition, LogWriter, list_segments},
};

/// The file that is there while a directory is begun with a checkpoint.
fn marker(directory: &DataDirectory) -> PathBuf {
    directory.root().join("JOINING")
}

/// Removes the files of a directory that a process did not finish to begin with a checkpoint.
/// Returns true if the directory holds nothing, so that it can be begun with one.
///
/// # Errors
///
/// Another process has the directory, or the storage fails.
pub fn can_begin_with_checkpoint(directory: &DataDirectory) -> Result<bool, DurableError> {
    directory.create()?;
    let _lock = take_lock(directory, "")?;
    let (storage, root) = (&**directory.storage(), directory.root());
    let names = storage.list(root).context("list", root)?;
    if names.iter().any(|name| marker(directory).file_name() == Some(name)) {
        for segment in list_segments(storage, &directory.log())? {
            remove_if_there(storage, &segment.path)?;
        }
        for (_, path) in checkpoint::list(storage, &directory.checkpoints())? {
            remove_if_there(storage, &path)?;
        }
        for dir in [directory.log(), directory.checkpoints()] {
            storage.sync_dir(&dir).context("sync", &dir)?;
        }
        end_joining(directory)?;
    }
    Ok(list_segments(storage, &directory.log())?.is_empty()
        && checkpoint::list(storage, &directory.checkpoints())?.is_empty())
}

/// Makes a directory whose log continues behind a checkpoint of another directory with the same
/// plugin: the log begins at the next entry, and the state is the checkpoint's.
///
/// `bytes` are those of the checkpoint's file, in pieces. Everything is checked before the
/// directory is begun.
///
/// # Errors
///
/// The directory holds a state already, the pieces cannot be had, they are no checkpoint of this
/// plugin and schema, or the storage fails.
pub fn begin_with_checkpoint(
    directory: &DataDirectory,
    plugin: &LoadedPlugin,
    options: &DurableOptions,
    bytes: impl IntoIterator<Item = io::Result<Vec<u8>>>,
) -> Result<LogPosition, DurableError> {
    if !can_begin_with_checkpoint(directory)? {
        return Err(DurableError::NotEmpty { dir: directory.root().into() });
    }
    let lock = take_lock(directory, &options.holder)?;
    let (storage, dir, log) = (directory.storage(), directory.checkpoints(), directory.log());
    let unfinished = checkpoint::unfinished(&dir, 0);
    remove_if_there(&**storage, &unfinished)?;
    let file = storage.create(&unfinished).context("create", &unfinished)?;
    let mut offset = 0;
    for piece in bytes {
        let piece = piece.context("fetch", &unfinished)?;
        write_all_at(&*file, &piece, offset).context("write", &unfinished)?;
        offset += piece.len() as u64;
    }
    file.sync_data().context("sync", &unfinished)?;
    drop(file);

    let plugin_file = PluginFile::read(plugin)?;
    let header = header_of(plugin, plugin_file.as_ref(), options);
    let head = CheckpointReader::open(&**storage, &unfinished)?.head().clone();
    if (&head.plugin, head.fingerprints) != (&header.plugin, header.fingerprints) {
        return Err(DurableError::ForeignCheckpoint {
            dir: directory.root().into(),
            entry: head.position.entry,
            of: head.plugin,
            plugin: header.plugin,
        });
    }
    let store = Store::with_limits(Arc::clone(plugin.schema()), options.limits)?;
    super::restore_checkpoint(directory, &mut Restorer::new(store), unfinished.clone())?;

    let marker = marker(directory);
    let file = storage.create(&marker).context("create", &marker)?;
    file.sync_data().context("sync", &marker)?;
    directory.sync_root()?;
    let (position, entry) = (head.position, head.position.entry);
    let named = checkpoint::unfinished(&dir, entry);
    storage.rename(&unfinished, &named).context("rename", &unfinished)?;
    checkpoint::publish(&**storage, &dir, entry)?;
    let end = LogEnd { position, torn: None, unfinished: None, tail: None };
    let durable = lock.durable_word(&directory.lock())?;
    directory.keep_plugin(&header, plugin, plugin_file.as_ref())?;
    LogWriter::open(Arc::clone(storage), &log, options.log, header, &end)?;
    durable.store(entry);
    end_joining(directory)?;
    Ok(position)
}

fn end_joining(directory: &DataDirectory) -> Result<(), DurableError> {
    remove_if_there(&**directory.storage(), &marker(directory))?;
    Ok(directory.sync_root()?)
}
