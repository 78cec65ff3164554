//! Files that are no libraries for this machine.

use std::{
    env, fs,
    io::Write as _,
    os::unix::{fs::symlink, net::UnixListener},
    path::Path,
    process::Command,
};

use statevec_host::LoadError;
use statevec_tests::skipped;
use tempfile::TempDir;

use crate::library::{chain, open_at};

const NO_FILE: &str = "cannot read the plugin file FILE: ";
const NO_LIBRARY: &str = "FILE cannot be loaded as a shared library for this machine: ";
const DAMAGED: &str = "FILE is damaged; copy or build it anew: it ends at byte 0";
const FOLDER: &str = "FILE is a folder, and a plugin is a regular file";
const PIPE: &str = "FILE is a named pipe, and a plugin is a regular file";
const DEVICE: &str = "FILE is a device, and a plugin is a regular file";
#[cfg(target_os = "linux")]
const OTHER_MACHINE: &str = "FILE is built for ";

#[test]
fn file_that_is_not_there() {
    in_folder(|file| assert_refused(file, NO_FILE, "No such file"));
}

#[test]
fn path_with_a_zero_byte() {
    assert_refused(Path::new("plugin\0.so"), NO_FILE, "NUL byte");
}

#[test]
fn empty_path() {
    let error = open_at(Path::new("")).unwrap_err();
    assert!(matches!(error, LoadError::File { .. }), "{error:?}");
}

#[test]
fn link_to_nowhere() {
    in_folder(|file| {
        symlink("nowhere", file).unwrap();
        assert_refused(file, NO_FILE, "No such file");
    });
}

#[test]
fn link_to_itself() {
    in_folder(|file| {
        symlink(file, file).unwrap();
        assert_refused(file, NO_FILE, "symbolic links");
    });
}

#[test]
fn empty_file() {
    in_folder(|file| {
        fs::write(file, "").unwrap();
        // The loader's own checks are for ELF files.
        let damaged = if cfg!(target_os = "linux") { DAMAGED } else { NO_LIBRARY };
        assert_refused(file, damaged, "");
    });
}

#[test]
fn text_file() {
    in_folder(|file| {
        fs::write(file, "This is the readme. ".repeat(100)).unwrap();
        assert_refused(file, NO_LIBRARY, "");
    });
}

#[test]
fn executable() {
    in_folder(|file| {
        fs::copy(env::current_exe().unwrap(), file).unwrap();
        assert_refused(file, NO_LIBRARY, "");
    });
}

#[test]
fn folder() {
    in_folder(|file| {
        fs::create_dir(file).unwrap();
        assert_refused(file, FOLDER, "");
    });
}

/// The pipe holds bytes, so that a loader that reads it fails instead of waiting forever.
#[test]
fn fifo() {
    in_folder(|file| {
        if !Command::new("mkfifo").arg(file).status().is_ok_and(|status| status.success()) {
            skipped("a plugin that is a FIFO", "there is no program mkfifo on this machine");
            return;
        }
        let mut both_ends = fs::File::options().read(true).write(true).open(file).unwrap();
        both_ends.write_all(&[0; 64]).unwrap();
        assert_refused(file, PIPE, "");
    });
}

#[test]
fn socket() {
    in_folder(|file| {
        let _listener = UnixListener::bind(file).unwrap();
        assert_refused(file, NO_FILE, "");
    });
}

#[test]
fn device() {
    for device in ["/dev/null", "/dev/zero"] {
        assert_refused(Path::new(device), DEVICE, "");
    }
}

/// Each changes one number in the header of a copy of the library.
#[cfg(target_os = "linux")]
mod headers {
    use super::*;
    use crate::library;

    macro_rules! headers {
        ($($name:ident: $at:literal => $value:expr, $expected:expr;)*) => {$(
            #[test]
            fn $name() {
                in_folder(|file| {
                    let mut bytes = fs::read(library::path()).unwrap();
                    assert_ne!(bytes[$at], $value);
                    bytes[$at] = $value;
                    fs::write(file, bytes).unwrap();
                    assert_refused(file, $expected, "");
                });
            }
        )*};
    }

    /// AArch64, or on AArch64 x86-64.
    const ANOTHER_MACHINE: u8 = if cfg!(target_arch = "aarch64") { 62 } else { 183 };
    const ANOTHER_WIDTH: u8 = if cfg!(target_pointer_width = "64") { 1 } else { 2 };
    const ANOTHER_BYTE_ORDER: u8 = if cfg!(target_endian = "little") { 2 } else { 1 };
    const EXECUTABLE: u8 = 2;
    const CORE_DUMP: u8 = 4;

    headers! {
        library_of_another_format: 1 => b'F', NO_LIBRARY;
        library_of_another_width: 4 => ANOTHER_WIDTH, OTHER_MACHINE;
        library_of_another_byte_order: 5 => ANOTHER_BYTE_ORDER, OTHER_MACHINE;
        library_that_says_it_is_an_executable: 16 => EXECUTABLE, NO_LIBRARY;
        library_that_says_it_is_a_core_dump: 16 => CORE_DUMP, NO_LIBRARY;
        library_for_another_architecture: 18 => ANOTHER_MACHINE, OTHER_MACHINE;
        library_for_an_architecture_that_nobody_has: 19 => 0x7F, OTHER_MACHINE;
    }
}

fn in_folder(test: impl FnOnce(&Path)) {
    let folder = TempDir::new().unwrap();
    // The error names the path as it was given; the folder's own name may be a link.
    test(&folder.path().join("plugin.so"));
}

/// Checks that the file is refused with this text and the system's reason. It does so twice,
/// because a refused file is not remembered.
#[track_caller]
fn assert_refused(path: &Path, expected: &str, reason: &str) {
    for _ in 0..2 {
        let error = open_at(path).unwrap_err();
        let text = chain(&error).replace(&path.display().to_string(), "FILE");
        assert!(text.starts_with(expected), "{text}");
        assert!(text.contains(reason), "{text}");
        let as_expected = match error {
            LoadError::File { .. } => expected == NO_FILE,
            LoadError::Library { .. } => expected == NO_LIBRARY,
            LoadError::NotAFile { .. } => [FOLDER, PIPE, DEVICE].contains(&expected),
            LoadError::Damaged { .. } => expected == DAMAGED,
            #[cfg(target_os = "linux")]
            LoadError::Machine { .. } => expected == OTHER_MACHINE,
            _ => false,
        };
        assert!(as_expected, "{error:?}");
        assert!(text.len() > expected.len(), "no reason: {text}");
    }
}
