//! The file in which a child process notes its progress and its findings.
//!
//! Each line is written with one system call before the plugin is called, so that the parent knows
//! the step in which a process ended.

use std::{
    cell::RefCell,
    fs::File,
    io::{self, Write as _},
    path::Path,
};

use serde::{Deserialize, Serialize};

use super::{
    report::{Coverage, Finding},
    session::Seen,
};

/// One line of the journal.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Line {
    /// A step begins.
    Step {
        number: usize,
        name: String,
    },
    /// A generated script of the step begins to run.
    Case {
        generator: super::field_values::Flavour,
        number: u32,
    },
    Finding(Finding),
    /// The script of the finding before is that of a case, because none of the simpler ones that
    /// this process tried afterwards fails. A new process may find one.
    NotShrunk {
        generator: super::field_values::Flavour,
        number: u32,
    },
    Coverage(Coverage),
    /// The plugin's own texts.
    Described {
        name: String,
        schema: String,
        catches_panics: Option<bool>,
    },
    /// The outcomes of one script.
    Transcript {
        case: u32,
        seen: Vec<Seen>,
    },
    /// Everything was done.
    Done,
}

/// The child's end of the file.
#[derive(Debug)]
pub(super) struct Journal {
    file: RefCell<File>,
}

impl Journal {
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        Ok(Self { file: RefCell::new(File::create(path)?) })
    }

    /// Writes a line. A journal that cannot be written ends the process: the parent would wait for
    /// findings that are lost.
    pub(super) fn write(&self, line: &Line) {
        let written = serde_json::to_string(line)
            .map_err(io::Error::from)
            .and_then(|text| self.file.borrow_mut().write_all((text + "\n").as_bytes()));
        if let Err(error) = written {
            eprintln!("error: the journal of the check cannot be written: {error}");
            std::process::exit(JOURNAL_LOST);
        }
    }
}

/// The exit code of a child that could not write its journal.
pub(super) const JOURNAL_LOST: i32 = 74;

/// The lines that a child wrote. A last line that is cut off is dropped.
pub(super) fn read(path: &Path) -> io::Result<Vec<Line>> {
    let text = std::fs::read(path)?;
    let lines = text.split(|&byte| byte == b'\n');
    Ok(lines.filter_map(|line| serde_json::from_slice(line).ok()).collect())
}
