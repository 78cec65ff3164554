//! The process is killed under load, again and again.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use super::{
    client::Client,
    process::{Server, deposit},
};

const CLIENTS: u64 = 8;

/// Each client deposits 1 on its own account with a new key for each request, and sends a request
/// again until it is acknowledged. Then the balance is the number of its requests: a lost command
/// would make it lower, and one that ran twice higher.
#[test]
fn acknowledged_commands_survive_kills_and_retries_run_once() {
    let rounds = if std::env::var_os("STATEVEC_LONG").is_some() { 100 } else { 8 };
    let dir = tempfile::tempdir().unwrap();
    let address = Arc::new(RwLock::new(SocketAddr::from(([127, 0, 0, 1], 1))));
    let is_over = Arc::new(AtomicBool::new(false));
    let retries = Arc::new(AtomicU64::new(0));
    let clients: Vec<_> = (1..=CLIENTS)
        .map(|account| {
            let (address, is_over) = (Arc::clone(&address), Arc::clone(&is_over));
            let retries = Arc::clone(&retries);
            thread::spawn(move || client(account, &address, &is_over, &retries))
        })
        .collect();
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..rounds {
        let server = Server::start(dir.path(), &["--segment-bytes", "100000"]);
        *address.write().unwrap() = server.address;
        thread::sleep(Duration::from_millis(random.u64(50..250)));
        server.kill();
    }
    let server = Server::start(dir.path(), &[]);
    *address.write().unwrap() = server.address;
    is_over.store(true, Ordering::Relaxed);
    let mut sent = BTreeMap::new();
    for client in clients {
        let (account, requests) = client.join().unwrap();
        server
            .get(&format!("/records/Account?key={account}"))
            .expect(200, &format!(r#""balance":{requests},"changes":{requests},"#));
        sent.insert(account, requests);
    }
    assert!(sent.values().all(|requests| *requests > 0), "{sent:?}");
    assert!(retries.load(Ordering::Relaxed) > 0, "no request was sent again");
    let entries: u64 = sent.values().sum();
    server.get("/status").expect(200, &format!(r#""tx_seq":{entries},"#));
}

fn client(
    account: u64,
    address: &RwLock<SocketAddr>,
    is_over: &AtomicBool,
    retries: &AtomicU64,
) -> (u64, u64) {
    let mut connection = None;
    let mut requests = 0;
    while !is_over.load(Ordering::Relaxed) {
        let key = format!("{account}-{requests}");
        loop {
            let address = *address.read().unwrap();
            let answer = match &mut connection {
                Some(client) => send(client, account, &key),
                None => Client::try_connect(address).and_then(|mut client| {
                    let answer = send(&mut client, account, &key);
                    connection = Some(client);
                    answer
                }),
            };
            match answer {
                Ok(200) => break,
                Ok(status) => assert_eq!(status, 503, "only a server that stops refuses"),
                Err(_) => {
                    connection = None;
                    retries.fetch_add(1, Ordering::Relaxed);
                    thread::sleep(Duration::from_millis(2));
                }
            }
        }
        requests += 1;
    }
    (account, requests)
}

fn send(client: &mut Client, account: u64, key: &str) -> std::io::Result<u16> {
    let answer = client.try_post(&deposit(account, 1), &[("idempotency-key", key)])?;
    Ok(answer.status)
}
