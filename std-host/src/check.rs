//! Checks that a plugin keeps the contract and is deterministic.
//!
//! Each check of [`CHECKS`] runs in a process of its own with limits of time, memory and file size,
//! so that a crash or a hang is a finding. The commands are generated from the plugin's schema with
//! a seed; a script that fails a check is made as short as possible. The same seed gives the same
//! report, as far as the plugin gives the same results.
//!
//! [`run`] starts the program [`ChildProgram`] again and again; that program calls [`run_child`].
//! `statevec-host check` is such a program.
//!
//! ```no_run
//! use statevec_host::check::{self, CheckOptions, ChildProgram, Status};
//!
//! let options = CheckOptions {
//!     plugin: "/opt/plugins/libbank.so".into(),
//!     shown: "libbank.so".into(),
//!     sha256: None,
//!     allow_world_writable: false,
//!     config: String::new(),
//!     examples: Vec::new(),
//!     seed: 1,
//!     cases: 64,
//!     only: Vec::new(),
//!     seconds: 20,
//!     memory_mib: 4096,
//!     arguments: String::new(),
//! };
//! let program = ChildProgram {
//!     program: "/usr/bin/statevec-host".into(),
//!     arguments: vec!["check-child".into()],
//! };
//! let report = check::run(&options, &program, &|| false)?;
//! assert_eq!(report.count(Status::Fail), 0);
//! # Ok::<(), check::CheckError>(())
//! ```
//!
//! A check cannot prove that there is no fault. It runs the commands that it generates, and the
//! [`Coverage`] says which parts of the schema they reached.

mod catalog;
mod child;
mod compare;
mod crash;
mod differences;
mod field_values;
mod generate;
mod job;
mod journal;
mod junit;
mod limits;
mod probe;
mod process;
mod process_group;
mod report;
mod run;
mod script;
mod session;
mod steps;
mod supervisor;
mod watch;

pub use catalog::{Area, CHECKS, Check, find};
pub use child::run_child;
pub use junit::junit;
pub use process::ChildProgram;
pub use quick_junit::SerializeError;
pub use report::{CheckResult, CommandCount, Coverage, Finding, Report, Status};
pub use supervisor::{CheckError, CheckOptions, run};
