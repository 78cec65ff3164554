//! The name by which the dynamic linker opens a file that was checked.
//!
//! The linker takes a name, not a descriptor. Where `/proc` is mounted, the name is that of the
//! descriptor, so the linker opens the very file that was checked, even if another one has its path
//! by then. Elsewhere it is the path, and the check after loading detects an exchanged file.
//!
//! A library that refers to its own folder (`$ORIGIN`) gets its path as well, because the linker
//! takes the folder from the name.

use std::path::{Path, PathBuf};

#[cfg(windows)]
use super::windows_path::by_path;
#[cfg(windows)]
pub(super) use super::windows_path::resolved;
use super::{LoadError, opened::Opened};

/// A path without links.
#[cfg(unix)]
pub(super) fn resolved(path: &Path) -> std::io::Result<PathBuf> {
    path.canonicalize()
}

/// The name for a file that was opened by this path.
pub(super) fn name(path: &Path, opened: &Opened, uses_origin: bool) -> Result<PathBuf, LoadError> {
    match &opened.descriptor {
        Some(name) if !uses_origin => Ok(name.clone()),
        _ => by_path(path, &opened.file),
    }
}

/// The path as given, made absolute: with a folder, the linker does not search for the file.
/// Symbolic links stay, so that `$ORIGIN` is the folder that the caller named.
#[cfg(unix)]
fn by_path(path: &Path, _: &std::fs::File) -> Result<PathBuf, LoadError> {
    let name = std::path::absolute(path)
        .map_err(|source| LoadError::File { path: path.to_path_buf(), source })?;
    match token(&name) {
        Some(token) => Err(LoadError::LinkerToken { path: path.to_path_buf(), token }),
        None => Ok(name),
    }
}

/// A part of the path that the dynamic linker would replace: it expands `$ORIGIN`, `$LIB`,
/// `${PLATFORM}` and the like.
#[cfg(unix)]
fn token(path: &Path) -> Option<String> {
    let path = path.to_string_lossy();
    path.match_indices('$').find_map(|(at, _)| {
        let rest = path.get(at + 1..)?;
        let name = rest.strip_prefix('{').unwrap_or(rest);
        let len = name.find(|c: char| !c.is_ascii_uppercase()).unwrap_or(name.len());
        let end = at + 1 + (rest.len() - name.len()) + len;
        let end =
            if rest.starts_with('{') && name.get(len..)?.starts_with('}') { end + 1 } else { end };
        if len > 0 { path.get(at..end).map(str::to_owned) } else { None }
    })
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::path::Path;

    use super::token;

    #[test]
    fn tokens_of_the_dynamic_linker_are_found_and_other_dollars_are_not() {
        for (path, expected) in [
            ("/a/$LIB/p.so", Some("$LIB")),
            ("/a/b$ORIGIN", Some("$ORIGIN")),
            ("/a/${PLATFORM}.so", Some("${PLATFORM}")),
            ("/a/${LIB", Some("${LIB")),
            ("/$/$x/$1/${x}/$", None),
            ("/é$LIB", Some("$LIB")),
            ("/plain/p.so", None),
        ] {
            assert_eq!(token(Path::new(path)).as_deref(), expected, "{path}");
        }
    }
}
