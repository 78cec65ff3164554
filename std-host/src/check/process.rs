//! Starts child processes, and says how they ended.

use std::{
    ffi::OsString,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use super::{
    job::{Job, Task, Variation, journal_path},
    journal::{self, Line},
    process_group::{ProcessGroup, Waited},
};

/// The program that is started for each check: it must call [`run_child`](super::run_child) with
/// its last argument, and in the process that is started. On Linux that process ends with the one
/// that started it.
#[derive(Debug, Clone)]
pub struct ChildProgram {
    /// Its path.
    pub program: PathBuf,
    /// The arguments before the folder.
    pub arguments: Vec<OsString>,
}

/// A child process that has ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) lines: Vec<Line>,
    /// `None` if the child did all its work.
    pub(super) fault: Option<String>,
    pub(super) is_timeout: bool,
    /// The text that the plugin printed.
    pub(super) output: String,
}

/// Starts children in folders of their own.
pub(super) struct Children<'c> {
    pub(super) program: &'c ChildProgram,
    pub(super) folder: &'c Path,
    /// The work of each child, but for its task.
    pub(super) job: Job,
    /// Tells that no further child is to be started, and that those that run are to be ended.
    is_stopped: &'c (dyn Fn() -> bool + Sync),
    count: AtomicU64,
}

impl<'c> Children<'c> {
    pub(super) fn new(
        program: &'c ChildProgram,
        folder: &'c Path,
        job: Job,
        is_stopped: &'c (dyn Fn() -> bool + Sync),
    ) -> Self {
        Self { program, folder, job, is_stopped, count: AtomicU64::new(0) }
    }

    pub(super) fn run(&self, task: Task) -> io::Result<Ended> {
        self.run_within(task, self.job.seconds)
    }

    /// Runs a child that may take so many seconds.
    pub(super) fn run_within(&self, task: Task, seconds: u64) -> io::Result<Ended> {
        if (self.is_stopped)() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let folder = self.folder.join(self.count.fetch_add(1, Relaxed).to_string());
        let work = folder.join("work");
        fs::create_dir_all(&work)?;
        let variation = match &task {
            Task::Transcribe { variation, .. } => *variation,
            _ => Variation::Same,
        };
        Job { task, ..self.job.clone() }.write(&folder)?;
        let output = File::create(folder.join("output"))?;
        let mut command = Command::new(&self.program.program);
        command.args(&self.program.arguments).arg(&folder).current_dir(&work);
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        vary(&mut command, variation, &work)?;
        let child = ProcessGroup::spawn(&mut command)?;
        let status = match child.wait(Duration::from_secs(seconds), self.is_stopped)? {
            Waited::Exited(status) => Some(status),
            Waited::TimedOut => None,
            Waited::Stopped => return Err(io::ErrorKind::Interrupted.into()),
        };
        let lines = journal::read(&journal_path(&folder)).unwrap_or_default();
        let is_done = matches!(lines.last(), Some(Line::Done));
        let fault = match status {
            None => Some(format!("it did not end within {seconds} s")),
            Some(status) if !is_done || !status.success() => Some(how(status)),
            Some(_) => None,
        };
        let output = fs::read(folder.join("output")).unwrap_or_default();
        let output = String::from_utf8_lossy(&output).into_owned();
        // A folder that the plugin made unremovable is removed with the run's, or stays.
        let _ = fs::remove_dir_all(&folder);
        Ok(Ended { lines, fault, is_timeout: status.is_none(), output })
    }
}

/// Variables that a program may need to start at all.
const KEPT: [&str; 6] = ["PATH", "LD_LIBRARY_PATH", "TMPDIR", "TEMP", "TMP", "SystemRoot"];

/// Changes the circumstances of a process.
fn vary(command: &mut Command, variation: Variation, work: &Path) -> io::Result<()> {
    match variation {
        Variation::Same | Variation::Addresses => {}
        Variation::Environment => {
            command.env_clear();
            for name in KEPT {
                if let Some(value) = std::env::var_os(name) {
                    command.env(name, value);
                }
            }
            let other = work.join("another folder");
            fs::create_dir_all(&other)?;
            command.current_dir(&other).env("HOME", &other);
            for (name, value) in [
                ("LANG", "tr_TR.UTF-8"),
                ("LC_ALL", "tr_TR.UTF-8"),
                ("LANGUAGE", "tr"),
                ("TZ", "Pacific/Kiritimati"),
                ("USER", "somebody-else"),
                ("HOSTNAME", "elsewhere"),
                ("RUST_BACKTRACE", "1"),
                ("STATEVEC_CHECK", "1"),
            ] {
                command.env(name, value);
            }
        }
        Variation::Clock => {
            if let Some(library) = faketime() {
                command.env("LD_PRELOAD", library).env("FAKETIME", "+400d");
            }
        }
    }
    Ok(())
}

/// The library of faketime, if it is installed where Debian puts it.
pub(super) fn faketime() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").ok()?.flatten().map(|entry| entry.path());
    let mut files = folders.map(|folder| folder.join("faketime/libfaketime.so.1"));
    files.find(|file| file.is_file())
}

/// The end of a process, as the end of a sentence about it.
#[cfg(unix)]
fn how(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.signal(), status.code()) {
        (Some(signal), _) => {
            let name = SIGNALS.iter().find(|(number, _)| *number == signal);
            let name = name.map_or_else(|| signal.to_string(), |(_, name)| (*name).into());
            format!("the plugin ended the process by signal {name}")
        }
        (None, Some(code)) => format!("the plugin ended the process with exit code {code}"),
        (None, None) => "the plugin ended the process".into(),
    }
}

#[cfg(unix)]
const SIGNALS: [(i32, &str); 9] = [
    (libc::SIGABRT, "SIGABRT"),
    (libc::SIGBUS, "SIGBUS"),
    (libc::SIGFPE, "SIGFPE"),
    (libc::SIGILL, "SIGILL"),
    (libc::SIGKILL, "SIGKILL"),
    (libc::SIGSEGV, "SIGSEGV"),
    (libc::SIGTRAP, "SIGTRAP"),
    (libc::SIGXCPU, "SIGXCPU"),
    (libc::SIGXFSZ, "SIGXFSZ"),
];

/// The end of a process, as the end of a sentence about it.
#[cfg(not(unix))]
fn how(status: ExitStatus) -> String {
    format!("the plugin ended the process ({status})")
}
