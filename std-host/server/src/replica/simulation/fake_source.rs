//! A source that does what a sound stream never does, before the real engine.

use super::{
    cluster::{Cluster, Message},
    node::{Node, Stop},
    oracle::truth,
};
use crate::replica::IngressError;

/// Six deposits.
fn messages() -> Vec<Message> {
    let deposit = |account: u64| {
        let payload = [account.to_le_bytes(), 5_u64.to_le_bytes()].concat();
        Message { time_us: 10 * account, command: Some((1, payload)) }
    };
    (1..=6).map(deposit).collect()
}

/// Delivers messages in an order, and returns the reason for the stop. What ran before it must be
/// what a sound stream gives, each command once.
fn stop(order: &[u64], change: Option<u64>) -> IngressError {
    let messages = messages();
    let mut node = Node::new(0, 1, "");
    node.start(None).unwrap();
    let process = node.process.as_mut().unwrap();
    let mut cluster = Cluster::default();
    cluster.commands.clone_from(&messages);
    process.subscribe(&cluster.facts()).unwrap();
    let mut ran = 0;
    for (place, sequence) in order.iter().enumerate() {
        let mut message = messages[*sequence as usize - 1].clone();
        if change == Some(place as u64) {
            message.time_us += 1;
        }
        match process.take(*sequence, &message) {
            Ok(()) => ran = *sequence,
            Err(Stop::Ingress(error)) => {
                let position = *process.engine.position();
                assert_eq!((position.entry, position.ext_seq), (ran, Some(ran)));
                let right = truth(&messages[..ran as usize], "");
                assert_eq!(position.digest.to_u128(), right.digests[&ran]);
                return error;
            }
            Err(Stop::Disk(error)) => panic!("{error}"),
        }
    }
    panic!("nothing stopped the replica");
}

#[test]
fn a_repeated_message_stops_the_replica_and_runs_once() {
    assert_eq!(stop(&[1, 2, 3, 3], None), IngressError::Repeated { sequence: 3 });
}

#[test]
fn a_repeated_message_that_changed_stops_the_replica() {
    assert_eq!(stop(&[1, 2, 3, 3], Some(3)), IngressError::Changed { sequence: 3 });
}

#[test]
fn messages_in_another_order_stop_the_replica() {
    assert_eq!(stop(&[1, 2, 4, 3], None), IngressError::Missing { from: 3, to: 3 });
}

#[test]
fn a_sequence_that_goes_back_stops_the_replica() {
    assert_eq!(stop(&[1, 2, 3, 4, 2], None), IngressError::OutOfOrder { last: 4, found: 2 });
}
