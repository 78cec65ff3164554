//! Clients that send deposits, each the next one when the last one is answered.

use std::{
    error::Error,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;

use crate::programs::Server;

/// How long each load runs.
pub(crate) const SECONDS: u64 = 4;

/// Accounts that get deposits.
const ACCOUNTS: u64 = 1000;

/// Requests from several connections at a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) connections: u64,
    /// Commands of each request.
    pub(crate) commands: usize,
    /// True if each request has an idempotency key.
    pub(crate) has_keys: bool,
}

#[derive(Debug)]
pub(crate) struct Measured {
    /// Commands per second.
    pub(crate) rate: f64,
    /// Commands per sync, as the server counts them.
    pub(crate) per_sync: Option<f64>,
    /// p50, p99 and p99.9 of a request.
    pub(crate) millis: [f64; 3],
}

/// Commands that deposit 1 on accounts in turn, as JSON lines.
pub(crate) fn deposits(count: usize, first: u64) -> String {
    let accounts = (first..).map(|number| number % ACCOUNTS + 1).take(count);
    let line = |account| {
        format!(
            "{{\"command\":\"Deposit\",\"payload\":{{\"account_id\":{account},\"amount\":1}}}}\n"
        )
    };
    accounts.map(line).collect()
}

type Times = Histogram<u64>;

impl Load {
    pub(crate) fn run(self, server: &Server) -> Result<Measured, Box<dyn Error>> {
        let end = Instant::now() + Duration::from_secs(SECONDS);
        let address = server.address;
        let clients: Vec<_> = (0..self.connections)
            .map(|client| thread::spawn(move || self.client(address, client, end)))
            .collect();
        let mut all = Times::new(3)?;
        for client in clients {
            let times = client.join().map_err(|_| "a client panicked")?;
            all.add(times.map_err(|error| error.to_string())?)?;
        }
        let commands = all.len() as f64 * self.commands as f64;
        let millis = [0.5, 0.99, 0.999].map(|part| all.value_at_quantile(part) as f64 / 1e6);
        let per_sync = match server.has_metrics {
            true => Some(commands / syncs(address)?),
            false => None,
        };
        Ok(Measured { rate: commands / SECONDS as f64, per_sync, millis })
    }

    /// Returns the nanoseconds of each request.
    fn client(self, address: SocketAddr, client: u64, end: Instant) -> io::Result<Times> {
        let mut times = Times::new(3).map_err(io::Error::other)?;
        let mut connection = Connection::open(address)?;
        for number in 0.. {
            let began = Instant::now();
            if began >= end {
                break;
            }
            let body = deposits(self.commands, client * 17 + number);
            let key = match self.has_keys {
                true => format!("idempotency-key: {client}-{number}\r\n"),
                false => String::new(),
            };
            let head = format!(
                "POST /commands HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-ndjson\r\n\
                 {key}content-length: {}\r\n\r\n{body}",
                body.len()
            );
            let answer = connection.ask(head.as_bytes())?;
            let committed = answer.matches("\"status\":\"committed\"").count();
            if committed != self.commands {
                return Err(io::Error::other(format!("{committed} were committed: {answer}")));
            }
            let nanos = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
            times.record(nanos).map_err(io::Error::other)?;
        }
        Ok(times)
    }
}

/// How often the server has synced its log.
fn syncs(address: SocketAddr) -> Result<f64, Box<dyn Error>> {
    let request = b"GET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let metrics = Connection::open(address)?.ask(request)?;
    let line = metrics.lines().find_map(|line| line.strip_prefix("statevec_syncs_total "));
    Ok(line.ok_or("there is no metric of syncs")?.parse()?)
}

struct Connection(BufReader<TcpStream>);

impl Connection {
    fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends a request, and returns the body of its answer.
    fn ask(&mut self, request: &[u8]) -> io::Result<String> {
        self.0.get_mut().write_all(request)?;
        let (mut line, mut len) = (String::new(), 0);
        loop {
            line.clear();
            self.0.read_line(&mut line)?;
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                len = value.trim().parse().map_err(io::Error::other)?;
            }
            if line.trim_end().is_empty() {
                break;
            }
        }
        let mut body = vec![0; len];
        self.0.read_exact(&mut body)?;
        String::from_utf8(body).map_err(io::Error::other)
    }
}
