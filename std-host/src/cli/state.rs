//! `--state-out` and `--state-in`: the records at the end and at the start of a run, as a file.

mod error;
mod identity;
mod input;
mod replaced_file;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use statevec_abi::abi::RecordKey;
use statevec_host::Store;
use statevec_host::json::JsonWriter;

use super::interrupt::{Interrupt, Signal};

pub(crate) use error::StateError;
pub(crate) use identity::Identity;
pub(crate) use input::{StateInError, read_state};
use replaced_file::ReplacedFile;

/// The destination of the records. It is resolved before the run: a plugin may change the working
/// folder.
#[derive(Debug)]
pub(crate) struct StateOut {
    /// As the user named it, for errors.
    path: PathBuf,
    destination: Destination,
}

#[derive(Debug)]
enum Destination {
    /// A regular file, which is replaced as a whole.
    File(Box<ReplacedFile>),
    /// A pipe or a character device, which is written to.
    Stream(File),
    /// Standard output, which is free for it.
    Stdout,
}

impl StateOut {
    /// Finds the destination, and the errors that would make the run useless. It creates no file
    /// that could stay after the run.
    pub(crate) fn find(path: &Path, stdout_is_free: bool) -> Result<Self, StateError> {
        let destination = Destination::find(path, stdout_is_free)?;
        Ok(Self { path: path.to_owned(), destination })
    }

    /// Refuses to overwrite an input of the run.
    pub(crate) fn check_differs(
        &self,
        input: &'static str,
        identity: Option<Identity>,
    ) -> Result<(), StateError> {
        match &self.destination {
            Destination::File(file) if identity.is_some() && file.identity() == identity => {
                Err(StateError::Input { path: self.path.clone(), input })
            }
            _ => Ok(()),
        }
    }

    /// Refuses to overwrite a file that the run writes, or any file of a folder. The file or folder
    /// need not exist yet.
    pub(crate) fn check_is_outside(
        &self,
        file: &'static str,
        path: &Path,
    ) -> Result<(), StateError> {
        match &self.destination {
            Destination::File(replaced) if replaced.is_at_or_below(path) => {
                Err(StateError::Input { path: self.path.clone(), input: file })
            }
            _ => Ok(()),
        }
    }

    /// Writes all records, by kind and then by number, one per line. A file is replaced once all of
    /// them are on stable storage; until then, and after an error, the old one stays as it was.
    pub(crate) fn write(
        self,
        store: &Store,
        stdout: &mut impl Write,
        interrupt: &Interrupt,
    ) -> Result<(), StateError> {
        let Self { path, destination } = self;
        let failed = |error| match error {
            WriteError::Io(source) => StateError::Write { path: path.clone(), source },
            WriteError::Interrupted(signal) => {
                StateError::Interrupted { path: path.clone(), signal }
            }
        };
        match destination {
            Destination::Stdout => write_records(store, stdout, interrupt).map_err(failed),
            Destination::Stream(file) => write_records(store, file, interrupt).map_err(failed),
            Destination::File(target) => {
                let staged = target.stage(&path)?;
                write_records(store, staged.as_file(), interrupt).map_err(failed)?;
                target.publish(staged).map_err(|source| failed(WriteError::Io(source)))
            }
        }
    }
}

impl Destination {
    fn find(path: &Path, stdout_is_free: bool) -> Result<Self, StateError> {
        let stdout = || match stdout_is_free {
            true => Ok(Self::Stdout),
            false => Err(StateError::Outcomes { path: path.to_owned() }),
        };
        if path.as_os_str() == "-" {
            return stdout();
        }
        if identity::is_null_device(path) {
            return Self::open_stream(path);
        }
        let metadata = fs::metadata(path).ok();
        let identity = Identity::of_path(path);
        if identity.is_some() && identity == Identity::of_stdout() {
            return stdout();
        }
        let is_stderr = identity.is_some() && identity == Identity::of_stderr();
        match metadata {
            Some(metadata) if is_stderr && metadata.is_file() => {
                Err(StateError::Input { path: path.to_owned(), input: "standard error" })
            }
            Some(metadata) if identity::is_stream(&metadata) => Self::open_stream(path),
            _ => Ok(Self::File(Box::new(ReplacedFile::find(path)?))),
        }
    }

    fn open_stream(path: &Path) -> Result<Self, StateError> {
        let file = File::options().write(true).open(path);
        file.map(Self::Stream)
            .map_err(|source| StateError::Create { path: path.to_owned(), source })
    }
}

enum WriteError {
    Io(io::Error),
    Interrupted(Signal),
}

impl From<io::Error> for WriteError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// An earlier signal does not stop the writing: the run ended with it, and the user asked for the
/// records after that.
fn write_records(store: &Store, out: impl Write, interrupt: &Interrupt) -> Result<(), WriteError> {
    let before = interrupt.received();
    let schema = store.schema();
    let writer = JsonWriter::new(schema);
    let mut line = String::new();
    let mut out = BufWriter::new(out);
    for def in schema.record_defs() {
        for record in store.records(def.kind) {
            if let Some(signal) = interrupt.received().filter(|_| before.is_none()) {
                return Err(WriteError::Interrupted(signal));
            }
            let key = RecordKey { kind: def.kind, sys_id: record.sys_id };
            line.clear();
            writer.record(key, record.data, &mut line);
            line.push('\n');
            out.write_all(line.as_bytes())?;
        }
        // Records that were deleted may have had greater numbers than those that are left.
        if let Some(next) = store.next_sys_id(def.kind).filter(|next| *next > 1) {
            line.clear();
            writer.next_sys_id(def.kind, next, &mut line);
            line.push('\n');
            out.write_all(line.as_bytes())?;
        }
    }
    out.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests;
