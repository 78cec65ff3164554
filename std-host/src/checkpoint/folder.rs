//! The folder of checkpoints: names, publication, removal.

use std::path::{Path, PathBuf};

use super::CheckpointError;
use crate::storage::{Access, Context as _, Storage};

/// How many checkpoints are kept.
const KEPT: usize = 2;
const EXTENSION: &str = "ckpt";
/// Extension of files that are not complete.
const UNFINISHED: &str = "tmp";

/// File name of the checkpoint of an entry.
pub(crate) fn file_name(entry: u64) -> String {
    format!("{entry:020}.{EXTENSION}")
}

/// Path of the checkpoint of an entry until it is complete.
pub(crate) fn unfinished(dir: &Path, entry: u64) -> PathBuf {
    dir.join(format!("{entry:020}.{UNFINISHED}"))
}

/// The checkpoints in a folder, oldest first, each with its entry.
///
/// # Errors
///
/// The storage's.
pub fn list(storage: &dyn Storage, dir: &Path) -> Result<Vec<(u64, PathBuf)>, CheckpointError> {
    let names = storage.list(dir).context("list", dir)?;
    let entry = |name: &std::ffi::OsString| {
        let entry = Path::new(name).file_stem()?.to_str()?.parse().ok()?;
        (name == file_name(entry).as_str()).then_some(entry)
    };
    let mut found: Vec<_> =
        names.iter().filter_map(|name| Some((entry(name)?, dir.join(name)))).collect();
    found.sort();
    Ok(found)
}

/// Length of a checkpoint's file.
///
/// # Errors
///
/// The storage's.
pub(crate) fn size(storage: &dyn Storage, path: &Path) -> Result<u64, CheckpointError> {
    let file = storage.open(path, Access::Read).context("open", path)?;
    Ok(file.len().context("read", path)?)
}

/// Gives a complete, synced file its name, and removes checkpoints beyond the last two. That of
/// entry 0 stays: it holds the records that the log starts from.
///
/// # Errors
///
/// The storage's. The file has the name already when removing others failed.
pub fn publish(storage: &dyn Storage, dir: &Path, entry: u64) -> Result<PathBuf, CheckpointError> {
    let (from, to) = (unfinished(dir, entry), dir.join(file_name(entry)));
    storage.rename(&from, &to).context("rename", &from)?;
    // Older ones may go only after the new name is stable.
    storage.sync_dir(dir).context("sync", dir)?;
    let mut all = list(storage, dir)?;
    all.retain(|(entry, _)| *entry > 0);
    let surplus = all.len().saturating_sub(KEPT);
    for (_, path) in all.iter().take(surplus) {
        storage.remove(path).context("remove", path)?;
    }
    Ok(to)
}

/// Removes files that a crash left incomplete.
///
/// # Errors
///
/// The storage's.
pub fn remove_unfinished(storage: &dyn Storage, dir: &Path) -> Result<(), CheckpointError> {
    for name in storage.list(dir).context("list", dir)? {
        if Path::new(&name).extension().is_some_and(|extension| extension == UNFINISHED) {
            let path = dir.join(name);
            storage.remove(&path).context("remove", &path)?;
        }
    }
    Ok(())
}
