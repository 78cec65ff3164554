//! Checks after the dynamic linker has answered: the entry function lies in the file that
//! was checked.
//!
//! The linker may have found something else: a library that it knows by the same name or that
//! claims the name (`DT_SONAME`), a file that got the path in between, or a function of a library
//! that the file needs.

use std::{fs::File, path::Path};

use super::LoadError;

/// Checks that an address lies in code of a file, without calling it.
#[cfg(target_os = "linux")]
pub(super) fn check(path: &Path, file: &File, entry: usize) -> Result<(), LoadError> {
    use super::proc;
    if proc::name_of(file).is_some() {
        proc::check_code_of(path, file, entry)
    } else {
        by_object_name::check(path, file, entry)
    }
}

/// Checks that an address lies in code of a file, without calling it.
#[cfg(all(unix, not(target_os = "linux")))]
pub(super) fn check(path: &Path, file: &File, entry: usize) -> Result<(), LoadError> {
    by_object_name::check(path, file, entry)
}

/// Windows identifies a library by the path of its file, and looks up symbols in that file only.
#[cfg(not(unix))]
pub(super) fn check(_: &Path, _: &File, _: usize) -> Result<(), LoadError> {
    Ok(())
}

/// For systems without a table of mappings: the linker gives the name of the library that an
/// address lies in.
#[cfg(unix)]
mod by_object_name {
    use std::{
        ffi::{CStr, OsStr},
        fs::{self, File},
        mem::MaybeUninit,
        os::unix::ffi::OsStrExt as _,
        path::{Path, PathBuf},
        ptr,
    };

    use super::super::{LoadError, identity::FileIdentity};

    pub(in super::super) fn check(path: &Path, file: &File, entry: usize) -> Result<(), LoadError> {
        let found = object_of(entry);
        let metadata = found.as_ref().and_then(|found| fs::metadata(found).ok());
        let identity = metadata.as_ref().map(FileIdentity::from);
        let opened = file.metadata();
        let opened =
            opened.map_err(|source| LoadError::File { path: path.to_path_buf(), source })?;
        match identity {
            Some(found) if found.is_same_file(FileIdentity::from(&opened)) => Ok(()),
            _ => Err(LoadError::AnotherFile { path: path.to_path_buf(), found }),
        }
    }

    fn object_of(address: usize) -> Option<PathBuf> {
        let mut info = MaybeUninit::<libc::Dl_info>::zeroed();
        // SAFETY: `dladdr` compares the address and does not read there; it writes one `Dl_info`
        // (rule 10).
        let found = unsafe { libc::dladdr(ptr::without_provenance(address), info.as_mut_ptr()) };
        if found == 0 {
            return None;
        }
        // SAFETY: all-zero bytes are a valid `Dl_info` of null pointers (rule 10).
        let info = unsafe { info.assume_init() };
        if info.dli_fname.is_null() {
            return None;
        }
        // SAFETY: not null, so the name of a library that stays mapped, with its zero (rules 6 and
        // 10).
        let name = unsafe { CStr::from_ptr(info.dli_fname) };
        Some(PathBuf::from(OsStr::from_bytes(name.to_bytes())))
    }

    #[cfg(test)]
    mod tests {
        use std::{env, fs::File, path::Path};

        use super::{LoadError, check};

        #[test]
        fn function_of_another_file_is_refused() {
            let here = function_of_another_file_is_refused as *const () as usize;
            let program = File::open(env::current_exe().unwrap()).unwrap();
            let other = tempfile::NamedTempFile::new().unwrap();
            let path = Path::new("named");
            assert!(check(path, &program, here).is_ok());
            let error = check(path, other.as_file(), here).unwrap_err();
            assert!(matches!(error, LoadError::AnotherFile { found: Some(_), .. }), "{error:?}");
            let error = check(path, &program, 1).unwrap_err();
            assert!(matches!(error, LoadError::AnotherFile { found: None, .. }), "{error:?}");
        }
    }
}
