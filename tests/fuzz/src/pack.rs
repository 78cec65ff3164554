//! The corpus of a target, packed into one file.
//!
//! ```text
//! statevec corpus 1⏎
//! NAME LENGTH⏎        once per input, in ascending order of names; LENGTH is decimal
//! LENGTH bytes⏎
//! ```
//!
//! Equal inputs make equal files, so that a diff shows what changed. A name has no white space and
//! no slash, and does not start with a dot: it is also a file's name.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use thiserror::Error;

const FIRST_LINE: &[u8] = b"statevec corpus 1\n";

/// The inputs of one target by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pack {
    inputs: BTreeMap<String, Vec<u8>>,
}

/// The reason why a corpus cannot be read or written.
#[derive(Debug, Error)]
pub enum PackError {
    /// The operating system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Its reason.
        source: io::Error,
    },
    /// The file is not a pack, or not whole.
    #[error("{}: at byte {offset}: {expected} expected", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The first byte that does not fit.
        offset: usize,
        /// The expected content.
        expected: &'static str,
    },
    /// A name that cannot be a line's first word or a file's name.
    #[error(
        "{name:?} cannot name an input: use letters, digits, `_`, `-`, and `.` after the first"
    )]
    Name {
        /// The name.
        name: String,
    },
}

impl Pack {
    /// The path of a target's corpus.
    #[must_use]
    pub fn path(target: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target).with_extension("pack")
    }

    /// The inputs in ascending order of their names.
    pub fn inputs(&self) -> impl ExactSizeIterator<Item = (&str, &[u8])> {
        self.inputs.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }

    /// Adds an input, or replaces the one of that name.
    ///
    /// # Errors
    ///
    /// The name cannot be a file's name.
    pub fn insert(&mut self, name: &str, bytes: Vec<u8>) -> Result<(), PackError> {
        if !is_name(name) {
            return Err(PackError::Name { name: name.to_owned() });
        }
        self.inputs.insert(name.to_owned(), bytes);
        Ok(())
    }

    /// Reads a pack.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is not a whole pack.
    pub fn read(path: &Path) -> Result<Self, PackError> {
        let bytes = fs::read(path).map_err(|source| io_error(path, source))?;
        Self::parse(&bytes).map_err(|(offset, expected)| PackError::Malformed {
            path: path.to_owned(),
            offset,
            expected,
        })
    }

    /// Writes the pack.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), PackError> {
        // A pack that is cut off must not replace a whole one.
        let new = path.with_extension("new");
        fs::write(&new, self.to_bytes()).map_err(|source| io_error(&new, source))?;
        fs::rename(&new, path).map_err(|source| io_error(path, source))
    }

    /// Reads every file of a folder as an input.
    ///
    /// # Errors
    ///
    /// A file cannot be read, or its name cannot name an input.
    pub fn from_folder(folder: &Path) -> Result<Self, PackError> {
        let mut pack = Self::default();
        for entry in fs::read_dir(folder).map_err(|source| io_error(folder, source))? {
            let path = entry.map_err(|source| io_error(folder, source))?.path();
            let bytes = fs::read(&path).map_err(|source| io_error(&path, source))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            pack.insert(&name, bytes)?;
        }
        Ok(pack)
    }

    /// Writes every input as a file of a folder, and makes the folder.
    ///
    /// # Errors
    ///
    /// The folder or a file cannot be written.
    pub fn to_folder(&self, folder: &Path) -> Result<(), PackError> {
        fs::create_dir_all(folder).map_err(|source| io_error(folder, source))?;
        for (name, bytes) in self.inputs() {
            let path = folder.join(name);
            fs::write(&path, bytes).map_err(|source| io_error(&path, source))?;
        }
        Ok(())
    }

    /// The bytes of a packed file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut packed = FIRST_LINE.to_vec();
        for (name, bytes) in self.inputs() {
            packed.extend_from_slice(format!("{name} {}\n", bytes.len()).as_bytes());
            packed.extend_from_slice(bytes);
            packed.push(b'\n');
        }
        packed
    }

    /// Reads the bytes of a packed file.
    ///
    /// # Errors
    ///
    /// The offset of the first byte that does not fit, and the expected content.
    pub fn parse(packed: &[u8]) -> Result<Self, (usize, &'static str)> {
        let mut inputs = BTreeMap::new();
        let mut rest =
            packed.strip_prefix(FIRST_LINE).ok_or((0, "the line `statevec corpus 1`"))?;
        while !rest.is_empty() {
            let offset = packed.len() - rest.len();
            let end = rest.iter().position(|&byte| byte == b'\n');
            let end = end.ok_or((offset, "a line with a name and a length"))?;
            let line = str::from_utf8(&rest[..end]).ok().and_then(|line| line.split_once(' '));
            let (name, length) = line.ok_or((offset, "a line with a name and a length"))?;
            let length: usize = length.parse().map_err(|_| (offset, "a length in decimal"))?;
            if !is_name(name)
                || inputs.keys().next_back().is_some_and(|last: &String| **last >= *name)
            {
                return Err((offset, "a file name that sorts behind the one before it"));
            }
            let start = end + 1;
            let input = rest[start..].get(..length).ok_or((offset, "as many bytes as stated"))?;
            inputs.insert(name.to_owned(), input.to_vec());
            rest = rest[start + length..]
                .strip_prefix(b"\n")
                .ok_or((offset, "a line break behind as many bytes as stated"))?;
        }
        Ok(Self { inputs })
    }
}

fn is_name(name: &str) -> bool {
    let of_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    !name.is_empty() && !name.starts_with('.') && name.bytes().all(of_name)
}

fn io_error(path: &Path, source: io::Error) -> PackError {
    PackError::Io { path: path.to_owned(), source }
}
