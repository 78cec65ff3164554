//! `--state-in`: the records that a run starts with.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::PathBuf;
use std::sync::Arc;

use statevec_abi_alloc::schema::SchemaRegistry;
use statevec_host::json::{RecordError, StateLine, longest_state_line, parse_state_line};
use statevec_host::store::{RestoreError, Restorer};
use statevec_host::{Store, StoreError};

use crate::cli::named_path::NamedPath;

/// The reason why a state file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StateInError {
    #[error("--state-in {}: cannot be read", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error(
        "--state-in {}, line {line}: has more than {limit} bytes, and no record of this plugin is that long",
        path.display()
    )]
    LineTooLong { path: PathBuf, line: u64, limit: usize },
    #[error(
        "--state-in {}, line {line}: not a record of this plugin; give a file that --state-out wrote",
        path.display()
    )]
    Line { path: PathBuf, line: u64, source: RecordError },
    #[error(
        "--state-in {}, line {line}: does not fit the lines before; give a file that --state-out wrote",
        path.display()
    )]
    Conflict { path: PathBuf, line: u64, source: RestoreError },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads all records of a file into an empty store. No more than one line is in memory beside them.
pub(crate) fn read_state(
    file: &NamedPath,
    schema: &Arc<SchemaRegistry>,
) -> Result<Store, StateInError> {
    let path = file.shown();
    let unreadable = |source| StateInError::Read { path: path.into(), source };
    let mut input =
        BufReader::with_capacity(64 << 10, File::open(file.place()).map_err(unreadable)?);
    let mut restorer = Restorer::new(Store::new(Arc::clone(schema))?);
    let limit = longest_state_line(schema);
    let (mut text, mut data) = (Vec::new(), Vec::new());
    for line in 1.. {
        text.clear();
        let mut rest = (&mut input).take(limit as u64 + 1);
        if rest.read_until(b'\n', &mut text).map_err(unreadable)? == 0 {
            break;
        }
        if text.len() > limit {
            return Err(StateInError::LineTooLong { path: path.into(), line, limit });
        }
        if text.trim_ascii().is_empty() {
            continue;
        }
        let parsed = parse_state_line(schema, &text, &mut data)
            .map_err(|source| StateInError::Line { path: path.into(), line, source })?;
        match parsed {
            StateLine::Record(key) => restorer.record(key, &data),
            StateLine::NextSysId { kind, next_sys_id } => restorer.next_sys_id(kind, next_sys_id),
        }
        .map_err(|source| StateInError::Conflict { path: path.into(), line, source })?;
    }
    Ok(restorer.into_store())
}
