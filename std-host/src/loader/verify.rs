//! Checks after the dynamic linker has answered: the entry function lies in the file that
//! was checked.
//!
//! The linker may have found something else: a library that it knows by the same name or that
//! claims the name (`DT_SONAME`), a file that got the path in between, or a function of a library
//! that the file needs.

use std::{fs::File, path::Path};

use super::{LoadError, code_file, identity::FileIdentity};

/// Checks that an address lies in code of a file, without calling it.
pub(super) fn check(path: &Path, file: &File, entry: usize) -> Result<(), LoadError> {
    #[cfg(target_os = "linux")]
    if super::proc::name_of(file).is_some() {
        return super::proc::check_code_of(path, file, entry);
    }
    by_object_name(path, file, entry)
}

/// For systems without a table of mappings: the linker gives the name of the library that an
/// address lies in.
fn by_object_name(path: &Path, file: &File, entry: usize) -> Result<(), LoadError> {
    let opened = FileIdentity::of(file)
        .map_err(|source| LoadError::File { path: path.to_path_buf(), source })?;
    let found = code_file::of(entry);
    let there = found.as_ref().and_then(|found| FileIdentity::of_path(found).ok());
    match there {
        Some(there) if there.is_same_file(opened) => Ok(()),
        _ => Err(LoadError::AnotherFile { path: path.to_path_buf(), found }),
    }
}

#[cfg(test)]
mod tests {
    use std::{env, fs::File, path::Path};

    use super::{LoadError, by_object_name};

    #[test]
    fn function_of_another_file_is_refused() {
        let here = function_of_another_file_is_refused as *const () as usize;
        let program = File::open(env::current_exe().unwrap()).unwrap();
        let other = tempfile::NamedTempFile::new().unwrap();
        let path = Path::new("named");
        assert!(by_object_name(path, &program, here).is_ok());
        let error = by_object_name(path, other.as_file(), here).unwrap_err();
        assert!(matches!(error, LoadError::AnotherFile { found: Some(_), .. }), "{error:?}");
        let error = by_object_name(path, &program, 1).unwrap_err();
        assert!(matches!(error, LoadError::AnotherFile { found: None, .. }), "{error:?}");
    }
}
