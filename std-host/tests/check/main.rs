//! `statevec-host check`: it finds each defect by the check that is made for it, and finds nothing
//! in plugins that keep the contract.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says where")]

mod check_arguments;
#[cfg(unix)]
mod defects;
#[cfg(target_os = "linux")]
mod interrupted;
#[cfg(unix)]
mod misbehaviour;
mod passing;
#[cfg(unix)]
mod passing_c;
mod process_ends;

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::path::PathBuf;
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;

/// Cargo puts the library of a dev-dependency beside the test binary.
fn library(package: &str) -> PathBuf {
    let name = format!("{DLL_PREFIX}{package}{DLL_SUFFIX}");
    std::env::current_exe().unwrap().with_file_name(name)
}

/// A run of `check` on a plugin.
struct Checked {
    code: Option<i32>,
    out: String,
    err: String,
}

fn check(library: &std::path::Path, args: &[&str]) -> Checked {
    let mut command = Command::new(env!("CARGO_BIN_EXE_statevec-host"));
    ended(command.arg("check").arg(library).args(args))
}

fn ended(command: &mut Command) -> Checked {
    let Output { status, stdout, stderr } = command.output().expect("the program starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Checked { code: status.code(), out: text(stdout), err: text(stderr) }
}

impl Checked {
    /// The report of a run with `--json`.
    fn report(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("{}{}", self.out, self.err))
    }

    /// The names of the checks with a status.
    fn with(&self, status: &str) -> Vec<String> {
        let report = self.report();
        let checks = report["checks"].as_array().unwrap().iter();
        let with = checks.filter(|check| check["status"] == status);
        with.map(|check| check["check"].as_str().unwrap().to_owned()).collect()
    }
}
