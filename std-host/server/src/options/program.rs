//! The start of this program, so that it can be started again in the same way.

use std::{
    env,
    ffi::OsString,
    path::PathBuf,
    process::{Command, Stdio},
};

/// Program, arguments and working folder of this process, as they were at its start.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    path: PathBuf,
    arguments: Vec<OsString>,
    folder: PathBuf,
}

impl Program {
    /// Takes them from the process. `None` if the system does not tell them.
    pub(super) fn of_this_process() -> Option<Self> {
        // The link leads to the running program also after its file was exchanged.
        let path = match cfg!(target_os = "linux") {
            true => PathBuf::from("/proc/self/exe"),
            false => env::current_exe().ok()?,
        };
        let arguments = env::args_os().skip(1).collect();
        Some(Self { path, arguments, folder: env::current_dir().ok()? })
    }

    /// The same start, with more arguments. Standard input and output are pipes.
    pub(crate) fn again(&self, more: impl IntoIterator<Item = OsString>) -> Command {
        let mut command = Command::new(&self.path);
        command.args(&self.arguments).args(more).current_dir(&self.folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        // The service manager hears of this process only.
        command.env_remove("NOTIFY_SOCKET");
        command
    }
}
