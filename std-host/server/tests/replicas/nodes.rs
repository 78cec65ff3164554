//! NATS servers of a test.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// A cluster on loopback. Dropping it kills its processes.
pub(crate) struct Nodes {
    dir: TempDir,
    program: PathBuf,
    processes: Vec<Option<Child>>,
    pub(crate) ports: Vec<u16>,
}

impl Nodes {
    /// Starts so many nodes; `None` without a server program.
    pub(crate) fn start(number: usize) -> Option<Self> {
        Self::with(number, "")
    }

    /// Starts nodes with more settings.
    pub(crate) fn with(number: usize, more: &str) -> Option<Self> {
        let program =
            std::env::var_os("NATS_SERVER").map_or_else(|| "nats-server".into(), PathBuf::from);
        let version = Command::new(&program).arg("--version").output();
        if !version.is_ok_and(|output| output.status.success()) {
            eprintln!("skipped, because there is no {}", program.display());
            return None;
        }
        let dir = tempfile::tempdir().unwrap();
        let ports = free_ports(2 * number);
        let (ports, routes) = ports.split_at(number);
        let settings = std::env::var("NATS_JETSTREAM").unwrap_or_default();
        for (node, port) in ports.iter().enumerate() {
            let store = dir.path().join(format!("store{node}"));
            let mut config = format!(
                "server_name: node{node}\nlisten: 127.0.0.1:{port}\njetstream {{ store_dir: {store:?}, {settings} }}\n{more}"
            );
            if number > 1 {
                let own = routes[node];
                let urls: Vec<_> =
                    routes.iter().map(|port| format!("nats://127.0.0.1:{port}")).collect();
                // Clients keep to the addresses that they were given, so that a proxy counts.
                config.push_str(&format!(
                    "cluster {{ name: test, listen: 127.0.0.1:{own}, no_advertise: true, routes: [{}] }}\n",
                    urls.join(", ")
                ));
            }
            fs::write(dir.path().join(format!("node{node}.conf")), config).unwrap();
        }
        let processes = (0..number).map(|_| None).collect();
        let mut nodes = Self { dir, program, processes, ports: ports.to_vec() };
        for node in 0..number {
            nodes.start_node(node);
        }
        Some(nodes)
    }

    pub(crate) fn start_node(&mut self, node: usize) {
        let dir = self.dir.path();
        let child = Command::new(&self.program)
            .arg("-c")
            .arg(dir.join(format!("node{node}.conf")))
            .arg("-l")
            .arg(dir.join(format!("node{node}.log")))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.processes[node] = Some(child);
        wait_for("a node listens", || TcpStream::connect(("127.0.0.1", self.ports[node])).is_ok());
    }

    /// Ends a node as `kill -9` does.
    pub(crate) fn kill_node(&mut self, node: usize) {
        let mut child = self.processes[node].take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    pub(crate) fn url(&self) -> String {
        let urls: Vec<_> =
            self.ports.iter().map(|port| format!("nats://127.0.0.1:{port}")).collect();
        urls.join(",")
    }
}

impl Drop for Nodes {
    fn drop(&mut self) {
        for child in self.processes.iter_mut().flatten() {
            let _killed = child.kill();
            let _ended = child.wait();
        }
    }
}

pub(crate) fn free_ports(number: usize) -> Vec<u16> {
    let listeners: Vec<_> =
        (0..number).map(|_| TcpListener::bind(("127.0.0.1", 0)).unwrap()).collect();
    listeners.iter().map(|listener| listener.local_addr().unwrap().port()).collect()
}

/// Waits until something is true, for a minute at most.
#[track_caller]
pub(crate) fn wait_for(what: &str, mut is_true: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_true() {
        assert!(began.elapsed() < Duration::from_secs(90), "it takes too long until {what}");
        thread::sleep(Duration::from_millis(50));
    }
}
