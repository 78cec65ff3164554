//! One replica: the real engine and decisions on a simulated disk.

use std::{sync::Arc, time::Duration};

use statevec_abi::boundary::RuntimeCommandRef;
use statevec_host::{
    durable::{
        DataDirectory, DurableEngine, DurableError, begin_with_checkpoint,
        can_begin_with_checkpoint,
    },
    storage::SimulatedDisk,
};

use super::{
    cluster::Message,
    oracle::{bank, options},
};
use crate::replica::{
    Divergence, IngressError, IngressOrder, LeaseTimes, LogItems, OwnDigests, Publisher, Step,
    StoredCommand, StreamFacts,
};

/// Digests are exchanged at every so many commands.
pub(super) const EVERY: u64 = 3;

/// A machine with its disk. A process may run on it.
pub(super) struct Node {
    pub(super) name: String,
    pub(super) disk: SimulatedDisk,
    pub(super) config: &'static str,
    pub(super) process: Option<Process>,
    /// Number of the process. Answers to an earlier one are lost.
    pub(super) incarnation: u64,
    pub(super) cut_off_until: Duration,
    pub(super) diverged: Option<Divergence>,
}

/// The reason why a message was not taken.
#[derive(Debug)]
pub(super) enum Stop {
    Disk(DurableError),
    Ingress(IngressError),
}

/// A running replica.
pub(super) struct Process {
    pub(super) engine: DurableEngine,
    order: IngressOrder,
    pub(super) publisher: Publisher,
    pub(super) log: LogItems,
    pub(super) digests: OwnDigests,
    /// The next message of the subscription. An ordered consumer lets no other one through.
    pub(super) next: u64,
    pub(super) is_subscribed: bool,
    last_durable: u64,
}

impl Node {
    pub(super) fn new(number: usize, seed: u64, config: &'static str) -> Self {
        Self {
            name: format!("node-{number}"),
            disk: SimulatedDisk::new(seed),
            config,
            process: None,
            incarnation: 0,
            cut_off_until: Duration::ZERO,
            diverged: None,
        }
    }

    pub(super) fn directory(&self) -> DataDirectory {
        DataDirectory::new(Arc::new(self.disk.clone()), "/data")
    }

    /// Starts a process; an error is one of the disk. A new disk begins with the checkpoint, if
    /// there is one.
    pub(super) fn start(&mut self, checkpoint: Option<Vec<u8>>) -> Result<bool, DurableError> {
        self.incarnation += 1;
        let (directory, plugin, options) = (self.directory(), bank(), options(self.config));
        let mut has_joined = false;
        if let Some(bytes) = checkpoint
            && can_begin_with_checkpoint(&directory)?
        {
            let pieces = bytes.chunks(300).map(|piece| Ok(piece.to_vec()));
            begin_with_checkpoint(&directory, &plugin, &options, pieces)?;
            has_joined = true;
        }
        let engine = DurableEngine::open(&directory, &plugin, options)?;
        self.process = Some(Process {
            engine,
            order: IngressOrder::default(),
            publisher: Publisher::new(&self.name, LeaseTimes::default(), 4),
            log: LogItems::new(&directory),
            digests: OwnDigests::new(EVERY, 3),
            next: 1,
            is_subscribed: false,
            last_durable: 0,
        });
        Ok(has_joined)
    }
}

impl Process {
    /// Subscribes to the stream from the place at which the order goes on.
    pub(super) fn subscribe(&mut self, facts: &StreamFacts) -> Result<(), DurableError> {
        let last = self.engine.position().ext_seq;
        let recorded = self.engine.recorded(last.unwrap_or_default())?;
        let entry = recorded.map(|logged| logged.entry());
        let stored = entry.as_ref().map(|entry| StoredCommand {
            sequence: entry.ext_seq,
            time_us: entry.ref_ext_time_us,
            kind: entry.command_kind,
            payload: entry.payload,
        });
        self.next = match &stored {
            Some(_) => self.order.resume(stored.as_ref(), facts),
            // Behind a checkpoint the last command itself is not in the log.
            None => self.order.resume_behind(last, facts),
        }
        .unwrap();
        self.is_subscribed = true;
        Ok(())
    }

    /// Looks at the stream. A sound one raises no alarm.
    pub(super) fn seen(&mut self, facts: &StreamFacts) {
        self.order.seen(facts, self.engine.position().ext_seq).unwrap();
    }

    /// Takes a message of the subscription.
    pub(super) fn message(&mut self, sequence: u64, message: &Message) -> Result<(), DurableError> {
        if !self.is_subscribed || sequence < self.next {
            return Ok(());
        }
        if sequence > self.next {
            // A message was lost on the way.
            self.is_subscribed = false;
            return Ok(());
        }
        self.next += 1;
        self.take(sequence, message).map_err(|stop| match stop {
            Stop::Disk(error) => error,
            Stop::Ingress(error) => panic!("a sound stream was refused: {error}"),
        })
    }

    /// Takes a message, whatever the subscription let through.
    pub(super) fn take(&mut self, sequence: u64, message: &Message) -> Result<(), Stop> {
        let stored = message.command.as_ref().map(|(kind, payload)| StoredCommand {
            sequence,
            time_us: message.time_us,
            kind: *kind,
            payload,
        });
        let step = self.order.message(sequence, stored.as_ref()).map_err(Stop::Ingress)?;
        let Some(command) = stored.filter(|_| step == Step::Run) else { return Ok(()) };
        let StoredCommand { time_us, kind, payload, .. } = command;
        let command = RuntimeCommandRef::new(kind, sequence, time_us, payload);
        self.engine.submit(&command).map_err(Stop::Disk)?;
        self.digests.behind(sequence, self.engine.position().digest);
        Ok(())
    }

    /// True if there are new durable entries.
    pub(super) fn has_grown(&mut self) -> bool {
        let durable = self.engine.durable();
        std::mem::replace(&mut self.last_durable, durable) != durable
    }
}
