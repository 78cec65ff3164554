//! The dynamic linker returns a mapped library for a path that it knows, and the path of a memory
//! file is its descriptor's number. The test has a process of its own, so that no other test takes
//! the numbers.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says where")]

#[path = "loader/library.rs"]
#[allow(dead_code, reason = "only some of it is needed here")]
mod library;

use std::{
    fs::{self, File},
    io::Write as _,
    os::fd::AsRawFd as _,
    path::Path,
};

use libloading::os::unix::{Library as Mapped, RTLD_LOCAL, RTLD_NOW};
use rustix::fs::{MemfdFlags, memfd_create};
use statevec_host::{LoadError, LoadOptions, LoadedPlugin, Sha256};
use tempfile::TempDir;

use library::{Library, named};

fn pinned(path: &Path) -> Result<LoadedPlugin, LoadError> {
    let digest = Sha256::of(File::open(path).unwrap()).unwrap();
    // SAFETY: these tests made the library, and it keeps the contract (rule 6).
    unsafe { LoadOptions::new().sha256(digest).open(path) }
}

/// Loads a memory file as careless code does: it closes the descriptor. Returns the number, which a
/// pinned library will have next: while it is copied, its file is open.
fn load_and_close(path: &Path) -> i32 {
    let _file = File::open(path).unwrap();
    let mut memory = File::from(memfd_create("careless", MemfdFlags::CLOEXEC).unwrap());
    memory.write_all(&fs::read(path).unwrap()).unwrap();
    let number = memory.as_raw_fd();
    // SAFETY: a library in order, which is never unmapped (rule 6).
    let library =
        unsafe { Mapped::open(Some(format!("/proc/self/fd/{number}")), RTLD_NOW | RTLD_LOCAL) };
    std::mem::forget(library.unwrap());
    number
}

/// One test, because all tests of a process share its numbers.
#[test]
fn number_that_comes_back_does_not_bring_back_the_old_library() {
    let folder = TempDir::new().unwrap();
    let old = named("old").build(folder.path(), "old.so");
    let number = load_and_close(&old);
    let new = named("new").build(folder.path(), "new.so");
    assert_eq!(pinned(&new).unwrap().name(), "new");
    let link = fs::read_link(format!("/proc/self/fd/{number}")).unwrap();
    assert!(link.to_str().unwrap().contains("statevec-plugin-"), "the number came back: {link:?}");

    // A library that cannot be loaded gives its number back, too.
    let rest = "int nowhere(void);\nint late(void) { return nowhere(); }";
    let broken = Library { rest: rest.into(), ..named("broken") }.build(folder.path(), "broken.so");
    assert!(matches!(pinned(&broken), Err(LoadError::Library { .. })));
    let after = named("after").build(folder.path(), "after.so");
    assert_eq!(pinned(&after).unwrap().name(), "after");

    for (path, name) in [(&new, "new"), (&after, "after")] {
        assert_eq!(pinned(path).unwrap().name(), name, "answered by its digest");
    }
}
