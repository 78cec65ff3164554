//! The libraries of this process, as the dynamic linker lists them.

use std::{
    ffi::{CStr, OsStr, c_int, c_void},
    os::unix::ffi::OsStrExt as _,
    path::Path,
};

use libc::dl_phdr_info;

use super::identity::FileIdentity;

/// Returns true if the name of a loaded library leads to this file now. The library may be another
/// file that had the name before.
pub(super) fn has_name_of(file: FileIdentity) -> bool {
    let mut names: Vec<u8> = Vec::new();
    // SAFETY: the callback gets the pointer to `names`, which lives until the call returns, and no
    // other reference to `names` exists meanwhile (rule 10).
    unsafe { libc::dl_iterate_phdr(Some(add_name), (&raw mut names).cast()) };
    names.split(|byte| *byte == 0).any(|name| {
        // The program itself has no name, and the kernel's library no path.
        name.contains(&b'/')
            && FileIdentity::of_path(Path::new(OsStr::from_bytes(name)))
                .is_ok_and(|there| there.is_same_file(file))
    })
}

/// Adds a library's name, with a zero behind it. The files are looked at later, because the linker
/// holds its lock meanwhile.
///
/// # Safety
///
/// `info` describes a library, and `names` points to a `Vec<u8>` that nothing else refers to.
unsafe extern "C" fn add_name(info: *mut dl_phdr_info, _: usize, names: *mut c_void) -> c_int {
    // SAFETY: the linker passes a description that it has filled (rule 10).
    let name = unsafe { (*info).dlpi_name };
    if name.is_null() {
        return 0;
    }
    // SAFETY: not null, so the name of a loaded library, with its zero (rule 10).
    let name = unsafe { CStr::from_ptr(name) };
    // SAFETY: the caller of the iteration passed a vector, and uses it only afterwards (rule 10).
    let names = unsafe { &mut *names.cast::<Vec<u8>>() };
    names.extend_from_slice(name.to_bytes_with_nul());
    0
}

#[cfg(test)]
mod tests {
    use std::{fs::File, path::Path};

    use super::{FileIdentity, has_name_of};
    use crate::loader::code_file;

    #[test]
    fn library_that_is_loaded_has_a_name_and_a_new_file_has_none() {
        // A sanitizer replaces `malloc` and its like, and this one not.
        let address = libc::sysconf as *const () as usize;
        // A program that is linked statically has no libraries, and an emulator's are elsewhere.
        let is_there = |path: &Path| path.is_absolute() && path.exists();
        if let Some(libc) = code_file::of(address).filter(|found| is_there(&found.path)) {
            let libc = FileIdentity::of_path(&libc.path).unwrap();
            assert_eq!(has_name_of(libc), cfg!(target_env = "gnu"));
        }
        let other = tempfile::NamedTempFile::new().unwrap();
        assert!(!has_name_of(FileIdentity::of(other.as_file()).unwrap()));
        let program = File::open(Path::new("/proc/self/exe")).unwrap();
        assert!(!has_name_of(FileIdentity::of(&program).unwrap()));
    }
}
