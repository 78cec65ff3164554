//! Places at which the rename at the end would fail. The run is refused before it starts.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::unruly;

/// Users without any rights of their own.
const USER: u32 = 54_321;
const OTHER: u32 = 54_322;

/// Asserts that a run was refused before its first command, with the old file as it was.
#[track_caller]
fn refused(output: &Output, dir: &Path, error: &str) {
    let err = str::from_utf8(&output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(err.contains(error), "{error:?} is not in {err}");
    assert!(output.stdout.is_empty(), "no command runs");
    assert_eq!(fs::read(dir.join("s.jsonl")).unwrap(), b"old\n");
    let left = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().starts_with(".state")).collect();
    assert!(left.is_empty(), "{left:?} is left behind");
}

fn skip(reason: &str) {
    println!("skipped, because {reason}");
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// A file attribute of Linux that ends with the test, because nobody could remove the folder.
struct Attribute {
    path: PathBuf,
    letter: char,
}

impl Attribute {
    /// Fails without the right to set attributes, and on a file system that has none.
    fn set(path: PathBuf, letter: char) -> Option<Self> {
        chattr(&path, &format!("+{letter}")).then_some(Self { path, letter })
    }
}

impl Drop for Attribute {
    fn drop(&mut self) {
        chattr(&self.path, &format!("-{}", self.letter));
    }
}

fn chattr(path: &Path, change: &str) -> bool {
    let output = Command::new("chattr").arg(change).arg(path).output();
    output.is_ok_and(|output| output.status.success())
}

#[test]
fn file_or_folder_that_is_immutable_or_append_only() {
    for (name, letter, error) in [
        ("s.jsonl", 'i', "it is immutable (chattr -i changes that)"),
        ("s.jsonl", 'a', "it can only be appended to (chattr -a changes that)"),
        (".", 'i', "its folder is immutable (chattr -i changes that)"),
        (".", 'a', "files can only be added to its folder (chattr -a changes that)"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("s.jsonl"), "old\n").unwrap();
        let mut program = unruly::program(dir.path(), &[""]);
        let Some(_reset) = Attribute::set(dir.path().join(name), letter) else {
            return skip("chattr does not set attributes here");
        };
        let output = program.args(["--state-out", "s.jsonl"]).output().unwrap();
        refused(&output, dir.path(), error);
    }
}

#[test]
fn mount_point() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("s.jsonl"), "old\n").unwrap();
    fs::write(dir.path().join("below"), "old\n").unwrap();
    let unshare = || {
        let mut command = Command::new("unshare");
        command.args(["--mount", "--map-root-user", "sh", "-c"]).current_dir(&dir);
        command
    };
    let mount = "mount --bind below s.jsonl";
    if !unshare().arg(mount).output().is_ok_and(|output| output.status.success()) {
        return skip("unshare makes no mount namespace here");
    }
    let run = unruly::program(dir.path(), &[""]);
    let mut script = unshare();
    script.arg(format!("{mount} && exec \"$0\" \"$@\"")).arg(run.get_program());
    let output = script.args(run.get_args()).args(["--state-out", "s.jsonl"]).output().unwrap();
    refused(&output, dir.path(), "it is a mount point; give a file in a mounted folder");
}

/// Runs the program as a user without rights in a folder that every user may write to.
fn as_user(mode: u32, owner_of_folder: u32, owner_of_file: u32) -> (tempfile::TempDir, Output) {
    let dir = tempfile::tempdir().unwrap();
    // The user may not reach the folder that the program was built in.
    let [program, plugin, state] =
        ["program", "plugin", "s.jsonl"].map(|name| dir.path().join(name));
    // A file that this process writes is busy in every child that another test starts meanwhile.
    for (from, to) in
        [(Path::new(env!("CARGO_BIN_EXE_statevec-host")), &program), (&unruly::library(), &plugin)]
    {
        assert!(Command::new("cp").arg(from).arg(to).status().unwrap().success());
    }
    fs::write(dir.path().join("in.jsonl"), unruly::commands(&[""])).unwrap();
    fs::write(&state, "old\n").unwrap();
    fs::set_permissions(&state, Permissions::from_mode(0o666)).unwrap();
    chown(&state, Some(owner_of_file), Some(owner_of_file)).unwrap();
    chown(&dir, Some(owner_of_folder), None).unwrap();
    fs::set_permissions(&dir, Permissions::from_mode(mode)).unwrap();
    let mut run = Command::new(program);
    run.args(["run", "--quiet", "--allow-world-writable", "--plugin", "./plugin"]);
    run.args(["--commands", "in.jsonl", "--state-out", "s.jsonl"]);
    let output = run.current_dir(&dir).uid(USER).gid(USER).output().unwrap();
    (dir, output)
}

#[test]
fn file_of_another_user_in_a_sticky_folder() {
    if !is_root() {
        return skip("only root can run a program as another user");
    }
    let (dir, output) = as_user(0o1777, 0, OTHER);
    refused(&output, dir.path(), "its folder is sticky, and the file belongs to another user");
    for (owner_of_folder, owner_of_file) in [(0, USER), (USER, USER)] {
        let (dir, output) = as_user(0o1777, owner_of_folder, owner_of_file);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(fs::read_to_string(dir.path().join("s.jsonl")).unwrap().contains("sys_id"));
    }
}

#[test]
fn file_whose_owner_the_new_one_cannot_have() {
    if !is_root() {
        return skip("only root can run a program as another user");
    }
    for (mode, owner_of_folder) in [(0o777, 0), (0o1777, USER)] {
        let (dir, output) = as_user(mode, owner_of_folder, OTHER);
        refused(&output, dir.path(), "the new file cannot have the owner of the old one");
    }
}

#[test]
fn folder_that_the_user_may_not_write_to() {
    if !is_root() {
        return skip("only root can run a program as another user");
    }
    let (dir, output) = as_user(0o755, 0, USER);
    refused(&output, dir.path(), "cannot create a file there");
}
