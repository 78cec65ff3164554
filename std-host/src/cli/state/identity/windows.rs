//! The identity of a file on Windows: its volume and index.

use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, absolute};

use winapi_util::{AsHandleRef, Handle, HandleRef, file::information};

use super::Identity;

impl Identity {
    pub(crate) fn of_path(path: &Path) -> Option<Self> {
        Self::of(Handle::from_path_any(path).ok()?).ok()
    }

    pub(crate) fn of_file(file: &File) -> Option<Self> {
        Self::of(file).ok()
    }

    pub(crate) fn of_stdin() -> Option<Self> {
        Self::of(HandleRef::stdin()).ok()
    }

    pub(crate) fn of_stdout() -> Option<Self> {
        Self::of(HandleRef::stdout()).ok()
    }

    pub(crate) fn of_stderr() -> Option<Self> {
        Self::of(HandleRef::stderr()).ok()
    }

    fn of(handle: impl AsHandleRef) -> io::Result<Self> {
        let information = information(handle)?;
        Ok(Self { device: information.volume_serial_number(), number: information.file_index() })
    }
}

/// Returns false: metadata does not tell named pipes apart on Windows.
pub(crate) fn is_stream(_: &Metadata) -> bool {
    false
}

/// Returns true if it is the null device, in which two outputs cannot mix.
pub(crate) fn is_null_device(path: &Path) -> bool {
    absolute(path).is_ok_and(|path| path.as_os_str().eq_ignore_ascii_case(r"\\.\NUL"))
}
