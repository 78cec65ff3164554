//! Checks after the dynamic linker has answered: the entry function lies in the file that
//! was checked.
//!
//! The linker may have found something else: a library that it knows by the same name or that
//! claims the name (`DT_SONAME`), a file that got the path in between, or a function of a library
//! that the file needs.

use std::{fs::File, path::Path};

use super::{LoadError, code_file, identity::FileIdentity};

/// Checks that the entry function lies in code of a file, without calling it. `descriptor` is the
/// name by which the linker was told to open the file's descriptor; `expected` is how far the entry
/// lies from the library's start, if the file tells.
pub(super) fn check(
    path: &Path,
    file: &File,
    entry: usize,
    descriptor: Option<&Path>,
    expected: Option<u64>,
) -> Result<(), LoadError> {
    #[cfg(target_os = "linux")]
    if let Some(descriptor) = descriptor {
        return if by_descriptor(entry, descriptor, expected) {
            Ok(())
        } else {
            super::proc::check_code_of(path, file, entry)
        };
    }
    let (_, _) = (descriptor, expected);
    by_object_name(path, file, entry)
}

/// Returns true if the linker opened the library of the entry by the name of the descriptor, and
/// found the function where the checked file has it.
///
/// The descriptors of mapped libraries stay open, so no other file ever has the name. A false
/// answer proves nothing: the linker may have had the file mapped under another name. The table of
/// mappings tells then, which takes the kernel twenty times as long.
#[cfg(target_os = "linux")]
fn by_descriptor(entry: usize, descriptor: &Path, expected: Option<u64>) -> bool {
    code_file::of(entry).is_some_and(|found| {
        let distance = entry.checked_sub(found.base);
        found.path == descriptor && expected.is_some() && distance.map(|at| at as u64) == expected
    })
}

/// For systems without a table of mappings: the linker gives the name of the library that an
/// address lies in.
fn by_object_name(path: &Path, file: &File, entry: usize) -> Result<(), LoadError> {
    let opened = FileIdentity::of(file)
        .map_err(|source| LoadError::File { path: path.to_path_buf(), source })?;
    let found = code_file::of(entry).map(|found| found.path);
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
    #[cfg(target_os = "linux")]
    fn function_elsewhere_than_in_the_checked_file_is_not_taken_by_its_library_s_name() {
        let here = function_of_another_file_is_refused as *const () as usize;
        let found = super::code_file::of(here).unwrap();
        let distance = (here - found.base) as u64;
        let by_descriptor = |name, expected| super::by_descriptor(here, name, expected);
        assert!(by_descriptor(&found.path, Some(distance)));
        assert!(!by_descriptor(&found.path, Some(distance + 1)), "another function");
        assert!(!by_descriptor(&found.path, None), "the file does not tell");
        assert!(!by_descriptor(Path::new("/proc/1/fd/./3"), Some(distance)), "another library");
    }

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
