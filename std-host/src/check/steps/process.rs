//! The process around the plugin: it must be the same after the plugin's calls, and quiet.

use std::{collections::BTreeMap, env, fs, path::PathBuf};

use super::kernel;
use crate::check::{
    field_values::Flavour,
    run::{Fault, Run},
};

pub(in crate::check) fn process_state(run: &Run<'_>) {
    if !run.before.has_status {
        run.step("threads, processes and signals", || {
            run.skip("this system does not tell them, so they were not compared");
        });
    }
    run.step("loading", || {
        // Everything that happened before the first call is the plugin's loading.
        for change in run.before.changes(&State::read()) {
            run.fail(format!("loading the plugin {change}"));
        }
    });
    for (name, flavour) in
        [("valid commands", Flavour::Plain), ("values at boundaries", Flavour::Boundary)]
    {
        run.step(name, || {
            run.search(flavour, |script| {
                let before = State::read();
                let mut session = run.session()?;
                session.run_all(script);
                let _ = session.validate();
                let _ = session.unload();
                let change = before.changes(&State::read()).into_iter().next()?;
                Some(Fault::fail(format!("the plugin {change}; it shares the process")))
            });
        });
    }
}

/// Runs commands; the parent looks at what was printed.
pub(in crate::check) fn output(run: &Run<'_>) {
    run.step("valid commands", || {
        run.search(Flavour::Plain, |script| {
            let mut session = run.session()?;
            session.run_all(script);
            let _ = session.validate();
            None
        });
    });
}

/// The state of a process that plugins share.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::check) struct State {
    folder: Option<PathBuf>,
    variables: BTreeMap<std::ffi::OsString, std::ffi::OsString>,
    files: Vec<std::ffi::OsString>,
    /// Lines of the kernel's status: threads, signals, and the mask of new files; and the processes
    /// that this one started.
    status: BTreeMap<String, String>,
    has_status: bool,
}

/// A line of our own beside the kernel's.
const PROCESSES: &str = "Processes";

/// The lines that no plugin may change, and what a change means.
const LINES: [(&str, &str); 6] = [
    ("Threads", "leaves threads running"),
    (PROCESSES, "leaves processes running"),
    ("SigCgt", "catches signals"),
    ("SigIgn", "ignores signals"),
    ("SigBlk", "blocks signals"),
    ("Umask", "changes the mask of new files"),
];

impl State {
    pub(in crate::check) fn read() -> Self {
        let folder = env::current_dir().ok();
        let status = kernel::text("status");
        let line = |line: &str| {
            let (name, value) = line.split_once(':')?;
            LINES
                .iter()
                .any(|(known, _)| *known == name)
                .then(|| (name.to_owned(), value.trim().to_owned()))
        };
        let mut files: Vec<_> = fs::read_dir(".")
            .map(|entries| entries.flatten().map(|entry| entry.file_name()).collect())
            .unwrap_or_default();
        files.sort();
        let mut status: BTreeMap<_, _> = status.lines().filter_map(line).collect();
        let has_status = !status.is_empty();
        status.insert(PROCESSES.into(), processes());
        Self { folder, variables: env::vars_os().collect(), files, status, has_status }
    }

    /// The differences, each as the end of a sentence about the plugin.
    pub(in crate::check) fn changes(&self, later: &Self) -> Vec<String> {
        let mut changes = Vec::new();
        if self.folder != later.folder {
            changes.push("changes the working folder".into());
        }
        if self.variables != later.variables {
            changes.push("changes environment variables".into());
        }
        if self.folder == later.folder && self.files != later.files {
            changes.push("leaves files in the working folder".into());
        }
        for (name, what) in LINES {
            if self.status.get(name) != later.status.get(name) {
                changes.push(what.into());
            }
        }
        changes
    }
}

/// The numbers of the processes that the threads of this one started and that are not waited for;
/// empty where the system does not say.
fn processes() -> String {
    let mut processes: Vec<String> = kernel::entries("task")
        .filter_map(|thread| fs::read_to_string(thread.join("children")).ok())
        .flat_map(|children| children.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    processes.sort();
    processes.join(" ")
}
