//! Files that every user of the machine may change.

#[cfg(windows)]
mod access_list;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(super) use unix::refuse;
#[cfg(windows)]
pub(super) use windows::refuse;
