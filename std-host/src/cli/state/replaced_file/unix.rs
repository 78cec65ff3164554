//! Owner and mode of a replaced file, and the obstacles to its rename.

use std::fs::{File, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
use std::path::Path;

use rustix::fs::Access;
#[cfg(target_os = "linux")]
use rustix::fs::StatxAttributes;

use super::ReplacedFile;
use crate::cli::state::error::StateError;

/// The bits of a mode that a file keeps.
const PERMISSIONS: u32 = 0o777;
const STICKY: u32 = 0o1000;

impl ReplacedFile {
    /// Refuses a place at which the rename at the end would fail, and a file that it must not
    /// replace.
    pub(super) fn check_is_replaceable(&self, path: &Path) -> Result<(), StateError> {
        let fixed = |reason| Err(StateError::Fixed { path: path.to_owned(), reason });
        #[cfg(target_os = "linux")]
        if let Some(reason) = obstacle(&self.folder, FOLDER_OBSTACLES) {
            return fixed(reason);
        }
        let Some(old) = &self.old else { return Ok(()) };
        #[cfg(target_os = "linux")]
        if let Some(reason) = obstacle(&self.target, FILE_OBSTACLES) {
            return fixed(reason);
        }
        if rustix::fs::access(&self.target, Access::WRITE_OK).is_err() {
            return fixed("it is not writable; give another name, or make it writable");
        }
        let create = |source| StateError::Create { path: path.to_owned(), source };
        let folder = self.folder.metadata().map_err(create)?;
        let user = rustix::process::geteuid().as_raw();
        let owners = [0, old.uid(), folder.uid()];
        if folder.mode() & STICKY != 0 && !owners.contains(&user) {
            return fixed("its folder is sticky, and the file belongs to another user");
        }
        Ok(())
    }

    /// Gives the new file the owner and the mode of the old one.
    pub(super) fn keep_owner_and_mode(&self, new: &File) -> io::Result<()> {
        let Some(old) = &self.old else { return Ok(()) };
        let made = new.metadata()?;
        if (made.uid(), made.gid()) != (old.uid(), old.gid()) {
            fchown(new, Some(old.uid()), Some(old.gid()))?;
        }
        new.set_permissions(Permissions::from_mode(old.mode() & PERMISSIONS))
    }
}

/// Attributes of a file that the rename cannot replace, with the reason and the remedy.
#[cfg(target_os = "linux")]
const FILE_OBSTACLES: &[(StatxAttributes, &str)] = &[
    (StatxAttributes::MOUNT_ROOT, "it is a mount point; give a file in a mounted folder"),
    (StatxAttributes::IMMUTABLE, "it is immutable (chattr -i changes that)"),
    (StatxAttributes::APPEND, "it can only be appended to (chattr -a changes that)"),
];

/// Attributes of a folder in which no file can be renamed or removed.
#[cfg(target_os = "linux")]
const FOLDER_OBSTACLES: &[(StatxAttributes, &str)] = &[
    (StatxAttributes::IMMUTABLE, "its folder is immutable (chattr -i changes that)"),
    (StatxAttributes::APPEND, "files can only be added to its folder (chattr -a changes that)"),
];

/// Finds the first obstacle. On a kernel that does not report attributes, the rename fails later.
#[cfg(target_os = "linux")]
fn obstacle(path: &Path, obstacles: &[(StatxAttributes, &'static str)]) -> Option<&'static str> {
    use rustix::fs::{AtFlags, CWD, StatxFlags, statx};
    let flags = AtFlags::SYMLINK_NOFOLLOW;
    let attributes = statx(CWD, path, flags, StatxFlags::empty()).ok()?.stx_attributes;
    let found = obstacles.iter().find(|(attribute, _)| attributes.contains(*attribute));
    found.map(|(_, reason)| *reason)
}
