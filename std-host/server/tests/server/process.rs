//! A server process of a test.

use std::{
    env,
    fs::File,
    io::{BufRead as _, BufReader, Read as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
};

use rustix::process::{Pid, Signal, kill_process};

use super::client::{Client, Response};

/// A server with its log. Dropping it kills the process.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server for the bank, on a free port, and waits until it is ready.
    pub(crate) fn start(data: &Path, more: &[&str]) -> Self {
        Self::with_plugin(&bank(), data, more)
    }

    pub(crate) fn with_plugin(plugin: &Path, data: &Path, more: &[&str]) -> Self {
        Self::of(command(plugin, data).args(more))
    }

    /// Starts the program, and waits until it is ready.
    pub(crate) fn of(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let log = Arc::new(Mutex::new(String::new()));
        let address = loop {
            let mut line = String::new();
            assert!(lines.read_line(&mut line).unwrap() > 0, "not ready: {}", log.lock().unwrap());
            log.lock().unwrap().push_str(&line);
            if let Some((_, url)) = line.split_once("ready: http://") {
                break url.split('/').next().unwrap().parse().unwrap();
            }
        };
        let copy = Arc::clone(&log);
        let reader = thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                let mut log = copy.lock().unwrap();
                log.push_str(&line);
                log.push('\n');
            }
        });
        Self { child, address, log, reader: Some(reader) }
    }

    /// The log so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Clients that send deposits of 1 until the server ends. Each returns its account, and how many
    /// were acknowledged.
    pub(crate) fn clients_that_deposit(&self, clients: u64) -> Vec<JoinHandle<(u64, u64)>> {
        let start = |account| {
            let mut client = self.client();
            thread::spawn(move || {
                let mut acknowledged = 0;
                while let Ok(answer) = client.try_post(&deposit(account, 1), &[]) {
                    answer.expect(200, "committed");
                    acknowledged += 1;
                }
                (account, acknowledged)
            })
        };
        (1..=clients).map(start).collect()
    }

    /// A new connection.
    pub(crate) fn client(&self) -> Client {
        Client::connect(self.address)
    }

    pub(crate) fn get(&self, path: &str) -> Response {
        self.client().get(path)
    }

    /// Sends commands as JSON lines.
    pub(crate) fn post(&self, body: &str) -> Response {
        self.client().post(body, &[])
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).unwrap();
    }

    /// Ends the server with SIGTERM, and returns its exit status and its log.
    pub(crate) fn stop(self) -> (ExitStatus, String) {
        self.signal(Signal::TERM);
        self.wait()
    }

    /// Waits for the end of the process.
    pub(crate) fn wait(mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        self.reader.take().unwrap().join().unwrap();
        (status, self.log.lock().unwrap().clone())
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Resident memory in KiB.
    pub(crate) fn memory(&self) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let mut text = String::new();
        File::open(path).unwrap().read_to_string(&mut text).unwrap();
        let line = text.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _killed = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// The program with a plugin and a data directory, on a free port.
pub(crate) fn command(plugin: &Path, data: &Path) -> Command {
    let mut command = program();
    command.arg("--plugin").arg(plugin).arg("--data").arg(data);
    command.args(["--listen", "127.0.0.1:0"]).stderr(Stdio::piped());
    command
}

/// The program without arguments.
pub(crate) fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_statevec-server"))
}

/// The bank's library, which cargo builds beside the test binaries.
pub(crate) fn bank() -> PathBuf {
    library("statevec_bank_so")
}

pub(crate) fn library(name: &str) -> PathBuf {
    let file = format!("{}{name}{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    env::current_exe().unwrap().with_file_name(file)
}

/// A command for the bank.
pub(crate) fn deposit(account: u64, amount: u64) -> String {
    format!(r#"{{"command":"Deposit","payload":{{"account_id":{account},"amount":{amount}}}}}"#)
}
