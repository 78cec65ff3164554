//! A source that delivers messages as no sound stream does: a replica stops with a clear text.
//!
//! A proxy between the node and the replica collects the first messages, and hands them on in
//! another order, with the numbers of a consumer that lost nothing.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    thread,
    time::Duration,
};

use super::{
    load::{self, connect, context},
    nodes::Nodes,
    replica::{assert_equal, make_streams, start},
};

/// Messages that are collected before the first one is handed on.
const COLLECTED: usize = 5;

#[test]
fn a_source_that_repeats_reorders_goes_back_or_changes_a_message_stops_the_replica() {
    let Some(nodes) = Nodes::start(1) else { return };
    let url = nodes.url();
    make_streams(&url, 1);
    let dir = tempfile::tempdir().unwrap();
    let sound = start("sound", &url, &dir.path().join("sound"), &[]);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let last = runtime.block_on(async {
        let context = context(connect(&url).await);
        load::publish(&context, 0..COLLECTED as u64, Duration::ZERO).await.pop().unwrap()
    });
    assert_equal(&[&sound], last);
    let cases: [(&str, &[usize], bool, &str); 4] = [
        ("repeated", &[1, 2, 3, 3], false, "message 3 came twice"),
        ("reordered", &[1, 2, 4, 3], false, "messages 3 to 3 are missing"),
        ("back", &[1, 2, 3, 4, 2], false, "message 2 came after message 4"),
        ("changed", &[1, 2, 3, 3], true, "message 3 is not the command that this replica recorded"),
    ];
    for (name, order, is_changed, expected) in cases {
        let port = fake(nodes.ports[0], order, is_changed);
        let data = dir.path().join(name);
        let (status, log) = start(name, &format!("nats://127.0.0.1:{port}"), &data, &[]).wait();
        assert_eq!(status.code(), Some(5), "{name}: {log}");
        assert!(log.contains(expected), "{name}: {log}");
        assert!(log.contains("Nothing"), "{name} must say that nothing was run: {log}");
        // It goes on with the sound stream: nothing was applied twice or left out.
        let replica = start(name, &url, &data, &[]);
        assert_equal(&[&sound, &replica], last);
        replica.kill();
    }
}

/// A port before another one. The messages that come from there are handed on in an order; the last
/// one of them with another time, if it is to change.
fn fake(target: u16, order: &[usize], is_changed: bool) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let order = order.to_vec();
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let node = TcpStream::connect(("127.0.0.1", target)).unwrap();
            let (mut from, mut to) = (client.try_clone().unwrap(), node.try_clone().unwrap());
            thread::spawn(move || std::io::copy(&mut from, &mut to));
            let order = order.clone();
            thread::spawn(move || hand_on(node, client, &order, is_changed));
        }
    });
    port
}

/// A message of the stream on its way: the words of its first line, and the rest.
#[derive(Clone)]
struct Delivery {
    words: Vec<String>,
    body: Vec<u8>,
}

fn hand_on(node: TcpStream, mut client: TcpStream, order: &[usize], is_changed: bool) {
    let mut node = BufReader::new(node);
    let mut collected = Vec::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        if !matches!(node.read_until(b'\n', &mut line), Ok(1..)) {
            return;
        }
        let text = String::from_utf8_lossy(&line);
        let words: Vec<_> = text.split_whitespace().map(str::to_owned).collect();
        let has_body = matches!(words.first().map(String::as_str), Some("MSG" | "HMSG"));
        let mut body = Vec::new();
        if has_body {
            let len: usize = words.last().unwrap().parse().unwrap();
            body.resize(len + 2, 0);
            if node.read_exact(&mut body).is_err() {
                return;
            }
        }
        if !words.get(3).is_some_and(|reply| reply.starts_with("$JS.ACK.BANK.")) {
            if client.write_all(&[line.as_slice(), &body].concat()).is_err() {
                return;
            }
            continue;
        }
        collected.push(Delivery { words, body });
        if collected.len() == COLLECTED {
            for (place, number) in order.iter().enumerate() {
                let is_last = place + 1 == order.len();
                let delivery = collected[number - 1].clone();
                let bytes = delivery.renumbered(place + 1, is_changed && is_last);
                if client.write_all(&bytes).is_err() {
                    return;
                }
            }
        }
    }
}

impl Delivery {
    /// The message with a number of the consumer, and one second later if it is to change.
    fn renumbered(mut self, consumer_sequence: usize, is_changed: bool) -> Vec<u8> {
        let mut tokens: Vec<_> = self.words[3].split('.').map(str::to_owned).collect();
        // From the end: messages that are left, time, number of the consumer, number of the stream.
        let end = tokens.len();
        tokens[end - 3] = consumer_sequence.to_string();
        if is_changed {
            let time: u64 = tokens[end - 2].parse().unwrap();
            tokens[end - 2] = (time + 1_000_000_000).to_string();
        }
        self.words[3] = tokens.join(".");
        [self.words.join(" ").as_bytes(), b"\r\n", &self.body].concat()
    }
}
