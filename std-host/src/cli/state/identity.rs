//! Identifies the file behind a path or a descriptor.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(super) use unix::{is_null_device, is_stream};
#[cfg(windows)]
pub(super) use windows::{is_null_device, is_stream};

/// Device and number of a file: the same for every name and every descriptor of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity {
    device: u64,
    number: u64,
}
