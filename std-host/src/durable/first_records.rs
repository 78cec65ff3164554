//! Puts records into a new directory, for its log to start from.

use super::{DataDirectory, DurableError, open::take_lock};
use crate::{
    LoadedPlugin, Store,
    checkpoint::{self, CheckpointHead},
    txlog::{LogHeader, LogPosition, list_segments},
};

/// Makes a directory whose log starts from these records: they become its checkpoint of entry 0,
/// which is kept as long as the directory.
///
/// # Errors
///
/// The directory holds a state already, another process has it, or the storage fails.
pub fn begin_with_records(
    directory: &DataDirectory,
    plugin: &LoadedPlugin,
    records: &Store,
) -> Result<(), DurableError> {
    directory.create()?;
    let _lock = take_lock(directory, "")?;
    let (storage, dir) = (&**directory.storage(), directory.checkpoints());
    let is_new = list_segments(storage, &directory.log())?.is_empty()
        && checkpoint::list(storage, &dir)?.is_empty();
    if !is_new {
        return Err(DurableError::NotEmpty { dir: directory.root().into() });
    }
    checkpoint::remove_unfinished(storage, &dir)?;
    let position = LogPosition { digest: records.digest(), ..LogPosition::default() };
    let header = LogHeader::of_plugin(plugin, "", records.limits());
    let head = CheckpointHead::new(&header, position);
    checkpoint::write_records(storage, &checkpoint::unfinished(&dir, 0), &head, records)?;
    checkpoint::publish(storage, &dir, 0)?;
    Ok(())
}
