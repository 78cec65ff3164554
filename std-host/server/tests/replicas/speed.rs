//! Figures: consuming beside a bare consumer, the time of a take-over, and the latency of a command.
//!
//! With `STATEVEC_SPEED` it prints figures that count: build the tests with `--release` then.
//! Otherwise it runs a short form, which only checks that everything works.

use std::time::{Duration, Instant};

use async_nats::jetstream::{
    self, Context,
    consumer::{DeliverPolicy, pull},
    message::PublishMessage,
};
use futures_util::StreamExt as _;

use super::{
    load::{self, connect, context, deposit},
    nodes::{Nodes, wait_for},
    replica::{describe, make_streams, place, start},
};

fn is_measured() -> bool {
    std::env::var_os("STATEVEC_SPEED").is_some()
}

/// The longest time without results. A machine that also runs other tests gets more.
fn longest() -> Duration {
    Duration::from_secs(if is_measured() { 10 } else { 40 })
}

#[test]
fn a_replica_reads_a_stream_almost_as_fast_as_a_bare_consumer() {
    let (commands, pairs) = if is_measured() { (500_000, 10) } else { (2000, 2) };
    let Some(nodes) = Nodes::start(3) else { return };
    let url = nodes.url();
    make_streams(&url, 3);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let context = runtime.block_on(async { context(connect(&url).await) });
    let began = Instant::now();
    let last = runtime.block_on(load::publish(&context, 0..commands, Duration::ZERO));
    let last = *last.last().unwrap();
    println!("published {:.0}/s", commands as f64 / began.elapsed().as_secs_f64());
    runtime.spawn(hold_lease(context.clone()));
    std::thread::sleep(Duration::from_secs(1));
    let dir = tempfile::tempdir().unwrap();
    let bare = || {
        let began = Instant::now();
        runtime.block_on(consume(&context, last));
        commands as f64 / began.elapsed().as_secs_f64()
    };
    let ours = |pair: usize| {
        let data = dir.path().join(format!("{pair}"));
        let replica = start(&format!("r{pair}"), &url, &data, &[]);
        let began = Instant::now();
        wait_for("the replica has run everything", || place(&replica).0 == last);
        let rate = commands as f64 / began.elapsed().as_secs_f64();
        replica.kill();
        std::fs::remove_dir_all(data).unwrap();
        rate
    };
    let mut ratios = Vec::new();
    for pair in 0..pairs {
        // Alternating order: other load on the machine that comes or goes hits both alike.
        let (bare, ours) = if pair % 2 == 0 {
            let bare = bare();
            (bare, ours(pair))
        } else {
            let ours = ours(pair);
            (bare(), ours)
        };
        println!("bare {bare:.0}/s, replica {ours:.0}/s, ratio {:.2}", ours / bare);
        ratios.push(ours / bare);
    }
    ratios.sort_unstable_by(f64::total_cmp);
    let median = ratios[pairs / 2];
    println!("the median of {pairs} ratios is {median:.2}");
    // A short run tells only that both read everything.
    let least = if is_measured() { 0.7 } else { 0.0 };
    assert!(median > least, "{ratios:?}");
}

/// Holds the lease in the name of another replica, so that those of the test only consume.
async fn hold_lease(context: Context) {
    loop {
        let held = context.publish("$KV.BANK-lease.publisher", "another".into()).await;
        held.unwrap().await.unwrap();
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Reads the whole stream of commands, and does nothing with it.
async fn consume(context: &Context, last: u64) {
    let stream = context.get_stream("BANK").await.unwrap();
    let config = pull::OrderedConfig {
        deliver_policy: DeliverPolicy::All,
        ..pull::OrderedConfig::default()
    };
    let consumer = stream.create_consumer(config).await.unwrap();
    let mut messages = consumer.messages().await.unwrap();
    while messages.next().await.unwrap().unwrap().info().unwrap().stream_sequence < last {}
}

#[test]
fn another_replica_publishes_soon_after_the_publisher_is_killed() {
    let rounds = if is_measured() { 5 } else { 1 };
    let Some(nodes) = Nodes::start(3) else { return };
    let url = nodes.url();
    make_streams(&url, 3);
    let dir = tempfile::tempdir().unwrap();
    let begin = |name: &str| start(name, &url, &dir.path().join(name), &[]);
    let mut replicas = vec![("a", begin("a")), ("b", begin("b")), ("c", begin("c"))];
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let context = runtime.block_on(async { context(connect(&url).await) });
    let mut times = Vec::new();
    for round in 0..rounds {
        let mut publisher = None;
        wait_for("one publishes", || {
            publisher = replicas.iter().position(|(_, one)| describe(one)["is_publisher"] == true);
            publisher.is_some()
        });
        let (name, publisher) = replicas.remove(publisher.unwrap());
        publisher.kill();
        let began = Instant::now();
        runtime.block_on(publish_and_read(&context, round * 10));
        times.push(began.elapsed());
        replicas.push((name, begin(name)));
    }
    println!("results after a kill of the publisher: {times:.1?}");
    assert!(times.iter().all(|time| *time <= longest()), "{times:?}");
}

#[test]
fn results_go_on_soon_after_a_leader_is_killed() {
    let rounds = if is_measured() { 5 } else { 1 };
    let Some(mut nodes) = Nodes::start(3) else { return };
    let url = nodes.url();
    make_streams(&url, 3);
    let dir = tempfile::tempdir().unwrap();
    let begin = |name: &str| start(name, &url, &dir.path().join(name), &[]);
    let replicas = [begin("a"), begin("b"), begin("c")];
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let context = runtime.block_on(async { context(connect(&url).await) });
    let (mut times, mut elections) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let last = runtime.block_on(publish_and_read(&context, round * 20));
        super::replica::assert_equal(&replicas.each_ref(), last);
        let stream = if round % 2 == 0 { "BANK-results" } else { "BANK" };
        let leader = runtime.block_on(async {
            let stream = context.get_stream(stream).await.unwrap();
            stream.cached_info().cluster.clone().unwrap().leader.unwrap()
        });
        let leader = leader.strip_prefix("node").unwrap().parse().unwrap();
        nodes.kill_node(leader);
        let began = Instant::now();
        let context = if is_measured() { quick(&runtime, &url) } else { context.clone() };
        let elected = runtime.spawn(leaders_are_back(url.clone(), began));
        runtime.block_on(publish_and_read(&context, round * 20 + 10));
        times.push(began.elapsed());
        elections.push(runtime.block_on(elected).unwrap());
        nodes.start_node(leader);
        std::thread::sleep(Duration::from_secs(2));
    }
    println!("all leaders are elected after a kill of one: {elections:.1?}");
    println!("results after a kill of a stream's leader: {times:.1?}");
    assert!(times.iter().all(|time| *time <= longest()), "{times:?}");
}

/// A context that soon gives a request up, so that requests of the test itself hold nothing up.
fn quick(runtime: &tokio::runtime::Runtime, url: &str) -> Context {
    let client = runtime.block_on(connect(url));
    let times = jetstream::ContextBuilder::new().timeout(Duration::from_millis(200));
    let _entered = runtime.enter();
    times.ack_timeout(Duration::from_millis(300)).build(client)
}

/// The time until the streams and the bucket of the lease have a leader again.
async fn leaders_are_back(url: String, began: Instant) -> Duration {
    let context = jetstream::ContextBuilder::new()
        .timeout(Duration::from_millis(200))
        .build(connect(&url).await);
    for stream in ["BANK", "BANK-results", "KV_BANK-lease"] {
        while context.get_stream(stream).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    began.elapsed()
}

/// Publishes ten commands, and waits for their results.
async fn publish_and_read(context: &Context, first: u64) -> u64 {
    let last = load::publish(context, first..first + 10, Duration::ZERO).await.pop().unwrap();
    super::consumer::read(context, last).await;
    last
}

#[test]
fn a_command_has_its_result_soon_after_its_acknowledgement() {
    let commands = if is_measured() { 3000 } else { 30 };
    let Some(nodes) = Nodes::start(3) else { return };
    let url = nodes.url();
    make_streams(&url, 3);
    let dir = tempfile::tempdir().unwrap();
    let replica = start("a", &url, dir.path(), &[]);
    wait_for("it publishes", || describe(&replica)["is_publisher"] == true);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (acknowledged, answered) = runtime.block_on(async {
        let client = connect(&url).await;
        let mut results = client.subscribe("bank.results").await.unwrap();
        let context = context(client);
        let (mut acknowledged, mut answered) = (Vec::new(), Vec::new());
        for number in 0..commands {
            let began = Instant::now();
            let message = PublishMessage::build().payload(deposit(1 + number % 50, 1).into());
            let sent = context.send_publish("bank.commands", message).await.unwrap();
            sent.await.unwrap();
            acknowledged.push(began.elapsed());
            // A core subscription sees the result when it is published, as a stored one would.
            results.next().await.unwrap();
            answered.push(began.elapsed());
        }
        (acknowledged, answered)
    });
    println!("acknowledgement of the stream: {}", percentiles(acknowledged));
    println!("result of the command:         {}", percentiles(answered));
}

fn percentiles(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    format!("p50 {:.2?}, p99 {:.2?}, p99.9 {:.2?}", at(0.5), at(0.99), at(0.999))
}
