//! Reads lines of the input, and the commands in them.

use std::error::Error as _;
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use memchr::memchr;
use statevec_abi::boundary::RuntimeCommandRef;
use statevec_abi_alloc::schema::SchemaRegistry;
use statevec_host::json::{CommandError, InvalidLine, longest_line, parse_command};

use super::stdio::Source;

/// Some editors write this mark at the start of UTF-8 text.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Reads commands one after another. It reuses its buffers.
pub(crate) struct Commands {
    input: BufReader<Box<dyn Read>>,
    place: Place,
    /// Length in bytes of the longest line that can be a command of the plugin.
    longest_line: usize,
    line: Vec<u8>,
    payload: Vec<u8>,
    previous_ext_seq: u64,
    /// The number before that of the next command, if its line has none.
    default_after: u64,
    /// True if a line without `ext_seq` takes its own number.
    numbers_lines: bool,
    /// True if the last line was too long, so that its rest comes next.
    is_inside_line: bool,
}

/// A line of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    source: String,
    /// Counted from 1.
    line: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}", self.source, self.line)
    }
}

/// The reason why the input cannot be used from some line on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InputError {
    #[error("--commands {path}: cannot be opened")]
    Open { path: String, source: io::Error },
    #[error("{place}: cannot be read")]
    Read { place: Place, source: io::Error },
    #[error(
        "{place}: has more than {limit} bytes, and no command of this plugin is that long; give one command per line"
    )]
    LineTooLong { place: Place, limit: usize },
    #[error("{place}: not a command of this plugin")]
    Command { place: Place, source: CommandError },
    #[error(
        "{place}: the line before has the largest ext_seq that there is; give \"ext_seq\" on this one"
    )]
    ExtSeqOverflow { place: Place },
    #[error(
        "{place}: \"ext_seq\" is {found}, below {previous} of the line before; give ascending numbers, or none"
    )]
    ExtSeqDecreases { place: Place, previous: u64, found: u64 },
}

impl InputError {
    /// The error as a line of output, for the reader of the outcomes; `None` before the first line.
    pub(crate) fn to_line(&self) -> Option<String> {
        let (place, column) = match self {
            Self::Open { .. } => return None,
            Self::Command { place, source } => (place, Some(source.column())),
            Self::Read { place, .. }
            | Self::LineTooLong { place, .. }
            | Self::ExtSeqOverflow { place }
            | Self::ExtSeqDecreases { place, .. } => (place, None),
        };
        let text = self.to_string();
        let text = text.strip_prefix(&format!("{place}: ")).unwrap_or(&text);
        let text = match self.source() {
            Some(source) => format!("{text}: {source}"),
            None => text.to_owned(),
        };
        Some(InvalidLine { line: place.line, error: &text, column }.to_string())
    }

    /// Returns true if the input continues with the next line.
    pub(crate) fn is_of_one_line(&self) -> bool {
        !matches!(self, Self::Open { .. } | Self::Read { .. })
    }
}

/// The input that an argument names, and its length in bytes if that is known.
pub(crate) fn open(path: &Path) -> Result<(Source, Option<u64>), InputError> {
    let open = |source| InputError::Open { path: path.display().to_string(), source };
    if is_standard_input(path) {
        return Ok((Source::stdin().map_err(open)?, None));
    }
    let file = File::open(path).map_err(open)?;
    let metadata = file.metadata().map_err(open)?;
    if metadata.is_dir() {
        return Err(open(io::ErrorKind::IsADirectory.into()));
    }
    let len = metadata.is_file().then_some(metadata.len());
    Ok((Source::file(file).map_err(open)?, len))
}

fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

impl Commands {
    /// `path` is the user's name of the input, and `schema` that of the plugin.
    pub(crate) fn new(input: Box<dyn Read>, path: &Path, schema: &SchemaRegistry) -> Self {
        let source = if is_standard_input(path) {
            "standard input".to_owned()
        } else {
            path.display().to_string()
        };
        Self {
            input: BufReader::with_capacity(64 << 10, input),
            place: Place { source, line: 0 },
            longest_line: longest_line(schema),
            line: Vec::new(),
            payload: Vec::new(),
            previous_ext_seq: 0,
            default_after: 0,
            numbers_lines: false,
            is_inside_line: false,
        }
    }

    /// Lets a line without `ext_seq` take its own number.
    pub(crate) fn number_lines(&mut self) {
        self.numbers_lines = true;
    }

    /// Lets the numbers of lines without `ext_seq` follow this one.
    pub(crate) fn go_on_after(&mut self, ext_seq: u64) {
        self.default_after = ext_seq;
    }

    /// The last line that was read.
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// The next command and the number of its line; `None` at the end of the input. Blank lines
    /// count as lines and are skipped.
    pub(crate) fn next(
        &mut self,
        schema: &SchemaRegistry,
    ) -> Result<Option<(u64, RuntimeCommandRef<'_>)>, InputError> {
        loop {
            if !self.read_line()? {
                return Ok(None);
            }
            if !self.line.trim_ascii().is_empty() {
                let line = self.place.line;
                return self.parse_line(schema).map(|command| Some((line, command)));
            }
        }
    }

    /// Reads a line with its end, and without the input's byte order mark. Returns false at the end
    /// of the input.
    fn read_line(&mut self) -> Result<bool, InputError> {
        self.line.clear();
        self.skip_rest_of_line()?;
        self.place.line += 1;
        match append_line(&mut self.input, self.longest_line, &mut self.line) {
            Err(source) => Err(InputError::Read { place: self.place.clone(), source }),
            Ok(_) if content_len(&self.line) > self.longest_line => {
                self.is_inside_line = !self.line.ends_with(b"\n");
                let (place, limit) = (self.place.clone(), self.longest_line);
                Err(InputError::LineTooLong { place, limit })
            }
            Ok(len) => {
                if self.place.line == 1 && self.line.starts_with(BYTE_ORDER_MARK) {
                    self.line.drain(..BYTE_ORDER_MARK.len());
                }
                Ok(len > 0)
            }
        }
    }

    fn skip_rest_of_line(&mut self) -> Result<(), InputError> {
        while self.is_inside_line {
            let rest = match self.input.fill_buf() {
                Ok(rest) => rest,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(source) => return Err(InputError::Read { place: self.place.clone(), source }),
            };
            let end = memchr(b'\n', rest);
            let len = end.map_or(rest.len(), |end| end + 1);
            self.is_inside_line = end.is_none() && len > 0;
            self.input.consume(len);
        }
        Ok(())
    }

    fn parse_line(&mut self, schema: &SchemaRegistry) -> Result<RuntimeCommandRef<'_>, InputError> {
        self.payload.clear();
        let command = match parse_command(schema, &self.line, &mut self.payload) {
            Ok(command) => command,
            Err(source) => return Err(InputError::Command { place: self.place.clone(), source }),
        };
        let ext_seq = command.ext_seq.or_else(|| {
            if self.numbers_lines {
                Some(self.place.line)
            } else {
                self.default_after.checked_add(1)
            }
        });
        let Some(ext_seq) = ext_seq else {
            return Err(InputError::ExtSeqOverflow { place: self.place.clone() });
        };
        if ext_seq < self.previous_ext_seq {
            return Err(InputError::ExtSeqDecreases {
                place: self.place.clone(),
                previous: self.previous_ext_seq,
                found: ext_seq,
            });
        }
        (self.previous_ext_seq, self.default_after) = (ext_seq, ext_seq);
        Ok(RuntimeCommandRef::new(command.kind, ext_seq, command.ref_ext_time_us, &self.payload))
    }
}

/// Appends a line with its end, and returns its length. It may stop in the middle of a line that is
/// longer than `limit`.
fn append_line(input: &mut impl BufRead, limit: usize, line: &mut Vec<u8>) -> io::Result<usize> {
    loop {
        let buffered = match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            buffered => buffered?,
        };
        let end = memchr(b'\n', buffered);
        let len = end.map_or(buffered.len(), |end| end + 1);
        line.extend_from_slice(buffered.get(..len).unwrap_or_default());
        input.consume(len);
        if end.is_some() || len == 0 || line.len() > limit {
            return Ok(line.len());
        }
    }
}

/// Length of a line without its end.
fn content_len(line: &[u8]) -> usize {
    line.strip_suffix(b"\n").unwrap_or(line).len()
}
