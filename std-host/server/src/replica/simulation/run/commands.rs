//! Commands on their way to the replicas.

use std::ops::RangeInclusive;

use statevec_abi::typed::Payload;
use statevec_bank::{Deposit, Transfer, Withdraw};

use super::{Happening, World};
use crate::replica::simulation::cluster::Message;

impl World {
    pub(super) fn publish(&mut self) {
        let random = &mut self.random;
        let (account_id, amount) = (random.u64(1..4), random.u64(1..100));
        let command = match random.u8(..16) {
            0 => None,
            1..=3 => Some((2, encoded(&Withdraw { account_id, amount }))),
            4..=6 => Some((3, encoded(&Transfer { from: account_id, to: 1, amount }))),
            _ => Some((1, encoded(&Deposit { account_id, amount }))),
        };
        let time_us = self.schedule.now.as_micros() as u64 + 1;
        self.cluster.commands.push(Message { time_us, command });
        let sequence = self.cluster.commands.len() as u64;
        for node in 0..self.nodes.len() {
            let incarnation = self.nodes[node].incarnation;
            let sequences = sequence..=sequence;
            let deliver = || Happening::Deliver { node, incarnation, sequences: sequences.clone() };
            self.send(node, deliver);
        }
    }

    pub(super) fn deliver(
        &mut self,
        node: usize,
        incarnation: u64,
        sequences: RangeInclusive<u64>,
    ) {
        let target = &mut self.nodes[node];
        let Some(process) = target.process.as_mut().filter(|_| target.incarnation == incarnation)
        else {
            return;
        };
        for sequence in sequences {
            let message = &self.cluster.commands[sequence as usize - 1];
            if process.message(sequence, message).is_err() {
                return self.crash(node);
            }
        }
        self.after_up_to(200, Happening::Sync { node, incarnation });
    }
}

fn encoded(payload: &impl Payload) -> Vec<u8> {
    let mut bytes = vec![0; payload.encoded_len()];
    payload.encode(&mut bytes).unwrap();
    bytes
}
