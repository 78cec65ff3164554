//! Facts about this process from `/proc`: names of its descriptors, and the files that it has
//! mapped.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{self, Read as _},
    os::{fd::AsRawFd as _, unix::ffi::OsStrExt as _},
    path::{Path, PathBuf},
};

use memmap2::{Mmap, MmapOptions};

use super::{LoadError, identity::FileIdentity};

/// A path that names an open file by its descriptor; `None` if `/proc` is not mounted.
pub(super) fn name_of(file: &File) -> Option<PathBuf> {
    let name = own_name(file)?;
    let [named, opened] = [FileIdentity::of_path(&name).ok()?, FileIdentity::of(file).ok()?];
    named.is_same_file(opened).then_some(name)
}

/// The name of a descriptor, unchecked.
///
/// It names the process by number, so that debuggers find the file, too. The number is the one
/// that this `/proc` has for the process, which may lie in another PID namespace. The `.` sets the
/// name apart from others of the same descriptor: the dynamic linker answers a name that it knows
/// with the library that it mapped before.
fn own_name(file: &File) -> Option<PathBuf> {
    let process = fs::read_link("/proc/self").ok()?;
    Some(PathBuf::from(format!("/proc/{}/fd/./{}", process.to_str()?, file.as_raw_fd())))
}

/// The name of an open file's descriptor, as [`name_of`], and the file's path without symbolic
/// links. Both are `None` without `/proc`; a file that was removed has no path any more.
pub(super) fn names(file: &File, opened: FileIdentity) -> (Option<PathBuf>, Option<PathBuf>) {
    let leads_there =
        |name: &Path| FileIdentity::of_path(name).is_ok_and(|named| named.is_same_file(opened));
    let Some(name) = own_name(file) else { return (None, None) };
    // A link that leads to the file's path shows that the name is the file's, too.
    match fs::read_link(&name).ok().filter(|path| leads_there(path)) {
        Some(path) => (Some(name), Some(path)),
        None => (leads_there(&name).then_some(name), None),
    }
}

/// Returns true if this process has mapped code of another file that had this path when it was
/// mapped. The dynamic linker would answer the path with that code.
pub(super) fn maps_predecessor(path: &Path, file: &File) -> bool {
    let mapped =
        || {
            let maps = Maps::with(file)?;
            let file = maps.file()?;
            Ok::<_, io::Error>(maps.lines().any(|mapping| {
                mapping.executable && mapping.path() == path && mapping.file != file
            }))
        };
    mapped().unwrap_or_default()
}

/// Checks that an address lies in code that is mapped from a file.
pub(super) fn check_code_of(path: &Path, file: &File, address: usize) -> Result<(), LoadError> {
    let unreadable = |source| LoadError::File { path: path.to_path_buf(), source };
    let maps = Maps::with(file).map_err(unreadable)?;
    let file = maps.file().map_err(unreadable)?;
    let found = maps.lines().find(|mapping| mapping.contains(address));
    match found {
        Some(found) if found.executable && found.file == file => Ok(()),
        found => Err(LoadError::AnotherFile {
            path: path.to_path_buf(),
            found: found.map(|found| found.path().to_path_buf()),
        }),
    }
}

/// The contents of `/proc/self/maps`, and a byte of a certain file that stands there.
struct Maps {
    text: Vec<u8>,
    byte: Mmap,
}

/// Device and inode as the kernel shows them for mappings. On some file systems (btrfs, overlayfs)
/// they differ from those that `stat` gives, so they are compared with each other only.
#[derive(Clone, Copy, PartialEq, Eq)]
struct MappedFile<'a> {
    device: &'a [u8],
    inode: &'a [u8],
}

struct Mapping<'a> {
    /// `start-end`, in hexadecimal.
    range: &'a str,
    executable: bool,
    file: MappedFile<'a>,
    path: &'a [u8],
}

/// Bytes of a usual table, so that few reads get all of it: the kernel writes it anew for each.
const USUAL_LEN: usize = 16 << 10;

impl Maps {
    /// Maps a byte of the file, so that it stands in the table, and reads the table.
    fn with(file: &File) -> io::Result<Self> {
        // SAFETY: the byte is not read; only its address is used (rule 10).
        let byte = unsafe { MmapOptions::new().len(1).map(file) }?;
        let mut text = Vec::with_capacity(USUAL_LEN);
        File::open("/proc/self/maps")?.read_to_end(&mut text)?;
        Ok(Self { text, byte })
    }

    /// The file of the byte.
    fn file(&self) -> io::Result<MappedFile<'_>> {
        let address = self.byte.as_ptr().addr();
        let ours = self.lines().find(|mapping| mapping.contains(address));
        ours.map(|ours| ours.file).ok_or_else(|| {
            io::Error::other("/proc/self/maps does not show the memory of this process")
        })
    }

    fn lines(&self) -> impl Iterator<Item = Mapping<'_>> {
        self.text.split(|&byte| byte == b'\n').filter_map(Mapping::parse)
    }
}

impl<'a> Mapping<'a> {
    /// `start-end permissions offset device inode      path`
    fn parse(line: &'a [u8]) -> Option<Self> {
        let mut words = line.splitn(6, |&byte| byte == b' ');
        let range = str::from_utf8(words.next()?).ok()?;
        let executable = words.next()?.get(2) == Some(&b'x');
        let _offset = words.next()?;
        let file = MappedFile { device: words.next()?, inode: words.next()? };
        let path = words.next().unwrap_or_default().trim_ascii_start();
        Some(Self { range, executable, file, path })
    }

    fn contains(&self, address: usize) -> bool {
        let bound = |digits| usize::from_str_radix(digits, 16).ok();
        let range =
            self.range.split_once('-').and_then(|(start, end)| Some(bound(start)?..bound(end)?));
        range.is_some_and(|range| range.contains(&address))
    }

    /// The file's path when it was mapped, or its new path if it was moved since.
    fn path(&self) -> &'a Path {
        const DELETED: &[u8] = b" (deleted)";
        let path = self.path.strip_suffix(DELETED).unwrap_or(self.path);
        Path::new(OsStr::from_bytes(path))
    }
}

#[cfg(test)]
mod tests {
    use std::{fs::File, io::Write as _, path::Path};

    use super::{FileIdentity, LoadError, Mapping, check_code_of, maps_predecessor, names};

    #[test]
    fn mapping_is_read_with_and_without_a_path() {
        let line = b"7f00-7f80 r-xp 00001000 fe:00 1234                       /a b/c.so (deleted)";
        let mapping = Mapping::parse(line).unwrap();
        assert!(mapping.executable);
        let inside = [0x7eff, 0x7f00, 0x7f7f, 0x7f80].map(|address| mapping.contains(address));
        assert_eq!(inside, [false, true, true, false]);
        assert_eq!((mapping.file.device, mapping.file.inode), (&b"fe:00"[..], &b"1234"[..]));
        let line = b"7f00-7f80 rw-p 00000000 00:00 0 ";
        let mapping = Mapping::parse(line).unwrap();
        assert_eq!((mapping.executable, mapping.path()), (false, Path::new("")));
        for line in [&b""[..], b"7f00", b"7f00-7f80", b"7f00-7f80 r-xp 0 0"] {
            assert!(Mapping::parse(line).is_none());
        }
        assert!(!Mapping::parse(b"x-y r-xp 0 0 0").unwrap().contains(0));
    }

    #[test]
    fn path_of_a_deleted_file_is_not_that_of_its_namesake() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path_of = |file: &File| names(file, FileIdentity::of(file).unwrap()).1;
        assert_eq!(path_of(file.as_file()), Some(file.path().canonicalize().unwrap()));
        let old = file.as_file().try_clone().unwrap();
        let path = file.into_temp_path();
        std::fs::remove_file(&path).unwrap();
        File::create(&path).unwrap();
        assert_eq!(path_of(&old), None);
        assert!(names(&old, FileIdentity::of(&old).unwrap()).0.is_some());
    }

    #[test]
    fn code_of_this_program_is_not_code_of_another_file() {
        let program = File::open("/proc/self/exe").unwrap();
        let here = code_of_this_program_is_not_code_of_another_file as *const () as usize;
        let path = Path::new("named");
        assert!(check_code_of(path, &program, here).is_ok());

        let mut other = tempfile::NamedTempFile::new().unwrap();
        other.write_all(b"another file").unwrap();
        let error = check_code_of(path, other.as_file(), here).unwrap_err();
        let LoadError::AnotherFile { found, .. } = error else { panic!("{error:?}") };
        assert_eq!(found, Some(std::env::current_exe().unwrap().canonicalize().unwrap()));
        let nowhere = check_code_of(path, &program, 1);
        assert!(matches!(nowhere, Err(LoadError::AnotherFile { found: None, .. })));

        let data = Box::new(0_u8);
        let data = check_code_of(path, &program, (&raw const *data).addr());
        assert!(matches!(data, Err(LoadError::AnotherFile { .. })), "not executable");
    }

    #[test]
    fn file_that_took_the_path_of_mapped_code_is_noticed() {
        let program = std::env::current_exe().unwrap().canonicalize().unwrap();
        let mut other = tempfile::NamedTempFile::new().unwrap();
        other.write_all(b"another file").unwrap();
        assert!(maps_predecessor(&program, other.as_file()));
        assert!(!maps_predecessor(&program, &File::open(&program).unwrap()));
        assert!(!maps_predecessor(other.path(), other.as_file()));
    }
}
