//! The servers as processes, and the files of the other workspace.

use std::{
    env,
    error::Error,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

/// A file that the other workspace builds.
pub(crate) fn built(name: &str) -> Result<PathBuf, Box<dyn Error>> {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target");
    let target = env::var_os("STATEVEC_TARGET").map_or_else(default, PathBuf::from);
    let path = target.join("release").join(name);
    if path.is_file() {
        return Ok(path);
    }
    let path = path.display();
    Err(format!(
        "there is no {path}; run in the folder above: cargo build --release -p statevec-server -p statevec-host \
         -p statevec-bank-so"
    )
    .into())
}

/// The bank's library.
pub(crate) fn bank() -> Result<PathBuf, Box<dyn Error>> {
    built(&format!("{}statevec_bank_so{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX))
}

/// A folder on the same file system as the sources: a folder in memory would make syncs free.
pub(crate) fn folder() -> Result<TempDir, Box<dyn Error>> {
    Ok(tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR"))?)
}

/// A server with a new data directory. Dropping it ends the process.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// True if it has metrics.
    pub(crate) has_metrics: bool,
    _folder: TempDir,
}

impl Server {
    pub(crate) fn statevec() -> Result<Self, Box<dyn Error>> {
        let folder = folder()?;
        let mut command = Command::new(built("statevec-server")?);
        command.arg("--plugin").arg(bank()?).arg("--data").arg(folder.path().join("data"));
        command.args(["--listen", "127.0.0.1:0"]);
        Self::start(command, folder, true)
    }

    pub(crate) fn sqlite() -> Result<Self, Box<dyn Error>> {
        let folder = folder()?;
        let mut command = Command::new(env::current_exe()?);
        command.arg("sqlite").arg(folder.path());
        Self::start(command, folder, false)
    }

    /// Waits for the line with the address.
    fn start(
        mut command: Command,
        folder: TempDir,
        has_metrics: bool,
    ) -> Result<Self, Box<dyn Error>> {
        let mut child = command.stderr(Stdio::piped()).spawn()?;
        let lines = child.stderr.take().map(BufReader::new).into_iter().flat_map(|log| log.lines());
        for line in lines {
            if let Some((_, address)) = line?.split_once("ready: http://") {
                let address = address.split('/').next().unwrap_or_default().parse()?;
                return Ok(Self { child, address, has_metrics, _folder: folder });
            }
        }
        Err("the server ended before it was ready".into())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _killed = self.child.kill();
        let _ended = self.child.wait();
    }
}
