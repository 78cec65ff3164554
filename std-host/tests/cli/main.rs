//! The command line: exit codes, error texts with their remedy, files, pipes and signals.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says where")]

mod arguments;
mod bank;
#[cfg(unix)]
mod bench;
#[cfg(unix)]
mod checkpoint;
#[cfg(unix)]
mod clock;
#[cfg(unix)]
mod conversation;
mod crate_folder;
mod data;
#[cfg(target_os = "linux")]
mod disk;
#[cfg(unix)]
mod follow;
#[cfg(unix)]
mod guide;
mod header;
#[cfg(unix)]
mod killed;
mod limits;
#[cfg(target_os = "linux")]
mod migrate;
#[cfg(unix)]
mod misfits;
mod new;
mod paths;
#[cfg(unix)]
mod readme;
#[cfg(unix)]
mod retention;
mod state_in;
#[cfg(unix)]
mod state_out;
#[cfg(target_os = "linux")]
mod state_out_obstacles;
#[cfg(target_os = "linux")]
mod syncs;
mod tools;
mod trace;
mod trust;
#[cfg(unix)]
mod unruly;

use std::path::{PathBuf, absolute};
use std::process::Output;

use assert_cmd::Command;

/// Result of a run: exit code, stdout, stderr.
struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Ended {
    #[track_caller]
    fn fails_with(&self, code: i32, error: &str) {
        assert_eq!(self.code, Some(code), "{}", self.err);
        assert!(self.err.contains(error), "{:?} is not in {}", error, self.err);
        assert!(self.err.contains("error: "), "{}", self.err);
        assert!(self.out.is_empty(), "{}", self.out);
    }
}

fn host(args: &[&str]) -> Ended {
    ended(program().args(args))
}

fn program() -> Command {
    Command::new(binary())
}

/// The program. A path that another system compiled in has no drive, and Windows needs one.
fn binary() -> PathBuf {
    absolute(env!("CARGO_BIN_EXE_statevec-host")).expect("a path that is not empty")
}

fn ended(command: &mut Command) -> Ended {
    let Output { status, stdout, stderr } = command.output().expect("the binary starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Ended { code: status.code(), out: text(stdout), err: text(stderr) }
}
