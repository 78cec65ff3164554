//! Owner and mode of a replaced file, and the obstacles to its rename.

use std::fs::{File, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
use std::path::Path;

use rustix::fs::Access;

use super::ReplacedFile;
use crate::cli::state::StateError;

/// The bits of a mode that a file keeps.
const PERMISSIONS: u32 = 0o777;
const STICKY: u32 = 0o1000;

impl ReplacedFile {
    /// Refuses a place at which the rename at the end would fail, and a file that it must not
    /// replace.
    pub(super) fn check_is_replaceable(&self, path: &Path) -> Result<(), StateError> {
        let fixed = |reason| Err(StateError::Fixed { path: path.to_owned(), reason });
        let Some(old) = &self.old else { return Ok(()) };
        if rustix::fs::access(&self.target, Access::WRITE_OK).is_err() {
            return fixed("it is not writable; give another name, or make it writable");
        }
        #[cfg(target_os = "linux")]
        if let Some(reason) = self.linux_obstacle() {
            return fixed(reason);
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

#[cfg(target_os = "linux")]
impl ReplacedFile {
    /// Finds mount points and protected files. On a kernel that does not report them, the rename
    /// finds
    /// them later.
    fn linux_obstacle(&self) -> Option<&'static str> {
        use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};
        let flags = AtFlags::SYMLINK_NOFOLLOW;
        let attributes = statx(CWD, &self.target, flags, StatxFlags::empty()).ok()?.stx_attributes;
        let obstacles = [
            (StatxAttributes::MOUNT_ROOT, "it is a mount point; give a file in a mounted folder"),
            (StatxAttributes::IMMUTABLE, "it is immutable (chattr -i changes that)"),
            (StatxAttributes::APPEND, "it can only be appended to (chattr -a changes that)"),
        ];
        let found = obstacles.into_iter().find(|(attribute, _)| attributes.contains(*attribute));
        found.map(|(_, reason)| reason)
    }
}
