//! Paths of libraries on Windows.

use std::{
    ffi::OsString,
    fs::File,
    io,
    os::windows::ffi::{OsStrExt as _, OsStringExt as _},
    path::{Path, PathBuf, absolute},
};

use super::{LoadError, identity::FileIdentity};

/// The longest path that all of the system reads without its verbatim form, in UTF-16 units.
const LONGEST: usize = 259;

/// The full path without links, after a check that it leads to the open file.
pub(super) fn by_path(path: &Path, file: &File) -> Result<PathBuf, LoadError> {
    let unreadable = |source| LoadError::File { path: path.to_path_buf(), source };
    let canonical = resolved(path).map_err(unreadable)?;
    let opened = FileIdentity::of(file).map_err(unreadable)?;
    let is_the_file =
        |name: &Path| FileIdentity::of_path(name).is_ok_and(|there| there.is_same_file(opened));
    match plain(&canonical) {
        Some(plain) if is_the_file(&plain) => Ok(plain),
        _ if is_the_file(&canonical) => Ok(canonical),
        _ => Err(LoadError::AnotherFile { path: path.to_path_buf(), found: Some(canonical) }),
    }
}

/// The verbatim path without links. Some drives do not tell it, and give the path as it is named.
pub(super) fn resolved(path: &Path) -> io::Result<PathBuf> {
    path.canonicalize().or_else(|_| absolute(path).map(|path| verbatim(&path)))
}

/// An absolute path in the form that the system neither shortens nor changes.
fn verbatim(path: &Path) -> PathBuf {
    let units: Vec<u16> = path.as_os_str().encode_wide().collect();
    let is_special = [VERBATIM, r"\\.\"].iter().any(|prefix| without(prefix, &units).is_some());
    let (prefix, rest) = match without(r"\\", &units) {
        _ if is_special => return path.to_path_buf(),
        Some(share) => (format!("{VERBATIM}{SHARE}"), share),
        None => (VERBATIM.to_owned(), &*units),
    };
    let mut verbatim = OsString::from(prefix);
    verbatim.push(OsString::from_wide(rest));
    verbatim.into()
}

const VERBATIM: &str = r"\\?\";
const SHARE: &str = r"UNC\";

/// A verbatim path in the form that people write. `None` if there is none with the same meaning.
fn plain(verbatim: &Path) -> Option<PathBuf> {
    let units: Vec<u16> = verbatim.as_os_str().encode_wide().collect();
    let rest = without(VERBATIM, &units)?;
    let plain: Vec<u16> = match without(SHARE, rest) {
        Some(share) => r"\\".encode_utf16().chain(share.iter().copied()).collect(),
        None => rest.to_vec(),
    };
    if plain.len() > LONGEST {
        return None;
    }
    let plain = PathBuf::from(OsString::from_wide(&plain));
    // The system changes names such as `aux` and `x.` unless they are verbatim.
    absolute(&plain).is_ok_and(|absolute| absolute == plain).then_some(plain)
}

/// The rest of a path behind a prefix.
fn without<'u>(prefix: &str, units: &'u [u16]) -> Option<&'u [u16]> {
    let prefix: Vec<u16> = prefix.encode_utf16().collect();
    units.strip_prefix(&*prefix)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{plain, verbatim};

    #[test]
    fn verbatim_paths_lose_their_prefix_only_if_they_mean_the_same_without() {
        let long = format!(r"\\?\C:\{}\p.dll", "x".repeat(260));
        for (verbatim, expected) in [
            (r"\\?\C:\a b\ü.dll", Some(r"C:\a b\ü.dll")),
            (r"\\?\UNC\server\share\p.dll", Some(r"\\server\share\p.dll")),
            (r"\\?\C:\a\p.", None),
            (r"\\?\C:\a\p.dll ", None),
            (r"C:\a\p.dll", None),
            (long.as_str(), None),
        ] {
            assert_eq!(
                plain(Path::new(verbatim)).as_deref(),
                expected.map(Path::new),
                "{verbatim}"
            );
        }
    }
    #[test]
    fn path_of_a_drive_or_a_share_gets_the_prefix_that_it_needs() {
        for (path, expected) in [
            (r"C:\a b\ü.dll", r"\\?\C:\a b\ü.dll"),
            (r"\\server\share\p.dll", r"\\?\UNC\server\share\p.dll"),
            (r"\\?\C:\p.dll", r"\\?\C:\p.dll"),
            (r"\\.\NUL", r"\\.\NUL"),
        ] {
            assert_eq!(verbatim(Path::new(path)), Path::new(expected));
        }
    }
}
