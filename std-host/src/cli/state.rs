//! The file with all records.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process;

use statevec_abi::abi::RecordKey;
use statevec_host::Store;
use statevec_host::json::JsonWriter;

/// A file that becomes the one asked for when it is published, and vanishes if it is not: a failure leaves the old file as it was.
#[derive(Debug)]
pub(crate) struct StateFile {
    target: PathBuf,
    temporary: PathBuf,
    file: File,
}

/// Why there is no file with the records.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StateError {
    #[error("--state-out {}: not a regular file; give the name of one", path.display())]
    NotAFile { path: PathBuf },
    #[error("--state-out {}: cannot create a file there", path.display())]
    Create { path: PathBuf, source: io::Error },
    #[error("--state-out {}: cannot write the records", path.display())]
    Write { path: PathBuf, source: io::Error },
}

impl StateFile {
    /// Finds out whether the file can be made, before a run that would be in vain. Nothing is left behind, however the run ends.
    pub(crate) fn try_out(path: &Path) -> Result<(), StateError> {
        Self::create(path).map(drop)
    }

    pub(crate) fn create(path: &Path) -> Result<Self, StateError> {
        // Through a symbolic link: it is the file behind it that is replaced, not the link.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let is_special = fs::metadata(&target).is_ok_and(|metadata| !metadata.is_file());
        let Some(name) = target.file_name().filter(|_| !is_special) else {
            return Err(StateError::NotAFile { path: path.to_owned() });
        };
        // Beside the target, because a rename works within one file system only.
        let mut hidden = OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}.tmp", process::id()));
        let temporary = target.with_file_name(hidden);
        // New, so that nothing that lies there already is followed or overwritten.
        match File::create_new(&temporary) {
            Ok(file) => Ok(Self { target, temporary, file }),
            Err(source) => Err(StateError::Create { path: path.to_owned(), source }),
        }
    }

    /// Writes all records, by kind and then by number, one per line.
    pub(crate) fn write(&self, store: &Store) -> Result<(), StateError> {
        write_records(store, &self.file).map_err(|source| self.write_error(source))
    }

    /// Puts the file where it was asked for.
    pub(crate) fn publish(self) -> Result<(), StateError> {
        fs::rename(&self.temporary, &self.target).map_err(|source| self.write_error(source))
    }

    fn write_error(&self, source: io::Error) -> StateError {
        StateError::Write { path: self.target.clone(), source }
    }
}

impl Drop for StateFile {
    fn drop(&mut self) {
        // Nothing to remove once it is published; and where it cannot be removed there is nobody to tell.
        let _ = fs::remove_file(&self.temporary);
    }
}

fn write_records(store: &Store, file: &File) -> io::Result<()> {
    let schema = store.schema();
    let writer = JsonWriter::new(schema);
    let mut line = String::new();
    let mut out = BufWriter::new(file);
    for def in schema.record_defs() {
        for record in store.records(def.kind) {
            let key = RecordKey { kind: def.kind, sys_id: record.sys_id };
            line.clear();
            writer.record(key, record.data, &mut line);
            line.push('\n');
            out.write_all(line.as_bytes())?;
        }
    }
    out.flush()?;
    file.sync_all()
}

#[cfg(test)]
mod tests;
