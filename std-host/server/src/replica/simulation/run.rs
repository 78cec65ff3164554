//! One run of a cluster with three replicas, from a seed.

mod check;
mod commands;
mod handover;
mod totals;
mod trouble;

pub(super) use handover::handover;
pub(super) use totals::Totals;

use std::{ops::RangeInclusive, time::Duration};

use fastrand::Rng;

use super::{cluster::Cluster, node::Node, schedule::Schedule};
use crate::replica::{Action, Event, Heartbeat};

enum Happening {
    Publish,
    /// Messages of a subscription, which come in order.
    Deliver {
        node: usize,
        incarnation: u64,
        sequences: RangeInclusive<u64>,
    },
    Request {
        node: usize,
        incarnation: u64,
        action: Action,
    },
    Answer {
        node: usize,
        incarnation: u64,
        event: Event,
    },
    Heard {
        node: usize,
        heartbeat: Heartbeat,
    },
    Tick {
        node: usize,
        incarnation: u64,
    },
    Sync {
        node: usize,
        incarnation: u64,
    },
    /// Another replica has given the lease back.
    Freed {
        node: usize,
    },
    Trouble,
    /// A process that stops in order has ended.
    Ended {
        node: usize,
        incarnation: u64,
    },
    Start {
        node: usize,
    },
}

/// Trouble ends then, and the cluster has to become whole.
const TROUBLE: Duration = Duration::from_secs(20);
const END: Duration = Duration::from_secs(60);
const TICK: Duration = Duration::from_millis(500);

struct World {
    random: Rng,
    schedule: Schedule<Happening>,
    cluster: Cluster,
    nodes: Vec<Node>,
    holder: Option<usize>,
    /// The time at which a holder that stopped in order gave the lease back.
    given_back: Option<Duration>,
    checkpoint: Option<Vec<u8>>,
    totals: Totals,
}

pub(super) fn run(seed: u64) -> Totals {
    let mut random = Rng::with_seed(seed);
    // In some runs one replica has another configuration, which gives other results.
    let differs = random.u8(..8) == 0;
    let mut world = World::new(seed, random, differs);
    let commands = world.random.u64(10..40);
    world.totals.commands = commands;
    for _ in 0..commands {
        world.after_up_to(TROUBLE.as_millis() as u64, Happening::Publish);
    }
    for _ in 0..world.random.u64(..8) {
        world.after_up_to(TROUBLE.as_millis() as u64, Happening::Trouble);
    }
    while let Some(happening) = world.schedule.next(END) {
        world.happen(happening);
    }
    world.check(differs);
    world.totals
}

impl World {
    /// Three replicas that start within a second.
    fn new(seed: u64, random: Rng, differs: bool) -> Self {
        let nodes = (0..3_usize)
            .map(|number| {
                let config = if differs && number == 2 { "max_amount = 40" } else { "" };
                Node::new(number, seed ^ (number as u64) << 60, config)
            })
            .collect();
        let mut world = Self {
            random,
            schedule: Schedule::new(),
            cluster: Cluster::default(),
            nodes,
            holder: None,
            given_back: None,
            checkpoint: None,
            totals: Totals::default(),
        };
        for node in 0..3 {
            world.after_up_to(1000, Happening::Start { node });
        }
        world
    }

    fn is_over(&self) -> bool {
        self.schedule.now >= TROUBLE
    }

    fn after_up_to(&mut self, millis: u64, happening: Happening) {
        let delay = Duration::from_millis(self.random.u64(..millis));
        self.schedule.after(delay, happening);
    }

    /// Sends something over the network: it comes soon, late, twice, or never.
    fn send(&mut self, node: usize, happening: impl Fn() -> Happening) {
        let is_cut_off = self.schedule.now < self.nodes[node].cut_off_until;
        let chance = if self.is_over() { 64 } else { self.random.u8(..64) };
        if is_cut_off || chance == 0 {
            self.totals.lost += 1;
            return;
        }
        let slow = if chance == 1 { 9000 } else { 30 };
        self.after_up_to(slow, happening());
        if chance == 2 {
            self.totals.repeated += 1;
            self.after_up_to(3000, happening());
        }
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Publish => self.publish(),
            Happening::Deliver { node, incarnation, sequences } => {
                self.deliver(node, incarnation, sequences);
            }
            Happening::Request { node, incarnation, action } => {
                self.serve(node, incarnation, &action);
            }
            Happening::Answer { node, incarnation, event } => {
                if self.nodes[node].incarnation == incarnation
                    && let Some(process) = &mut self.nodes[node].process
                {
                    let is_freed = matches!(event, Event::LeaseGivenBack { revision: Some(_), .. });
                    process.publisher.handle(event, self.schedule.now);
                    if is_freed {
                        self.gave_back(node);
                    }
                    self.act(node);
                }
            }
            Happening::Freed { node } => {
                if let Some(process) = &mut self.nodes[node].process {
                    process.publisher.handle(Event::LeaseFreed, self.schedule.now);
                    self.act(node);
                }
            }
            Happening::Ended { node, incarnation } => self.ended(node, incarnation),
            Happening::Heard { node, heartbeat } => {
                let now = self.schedule.now;
                if let Some(process) = &mut self.nodes[node].process {
                    process.digests.exchange().heard(&heartbeat, now);
                }
            }
            Happening::Tick { node, incarnation } => self.tick(node, incarnation),
            Happening::Sync { node, incarnation } => self.sync(node, incarnation),
            Happening::Trouble => self.trouble(),
            Happening::Start { node } => self.start(node),
        }
    }

    fn sync(&mut self, node: usize, incarnation: u64) {
        let target = &mut self.nodes[node];
        let Some(process) = target.process.as_mut().filter(|_| target.incarnation == incarnation)
        else {
            return;
        };
        if process.engine.sync().is_err() {
            return self.crash(node);
        }
        if process.has_grown() {
            process.publisher.handle(Event::LogGrown, self.schedule.now);
            self.act(node);
        }
    }

    fn serve(&mut self, node: usize, incarnation: u64, action: &Action) {
        if self.schedule.now < self.cluster.is_down_until {
            return;
        }
        let name = self.nodes[node].name.clone();
        let Some(event) = self.cluster.serve(&name, action) else { return };
        self.send(node, || Happening::Answer { node, incarnation, event: event.clone() });
    }

    /// Carries out what the publisher asks for.
    fn act(&mut self, node: usize) {
        loop {
            let now = self.schedule.now;
            let Node { process, incarnation, .. } = &mut self.nodes[node];
            let Some(process) = process else { return };
            let incarnation = *incarnation;
            let Some(action) = process.publisher.poll(now) else { break };
            if let Action::ReadLog { attempt, after, most } = action {
                let durable = process.engine.durable();
                let event = match process.log.read(after, durable, most) {
                    Ok(Some(items)) => Event::LogRead { attempt, items },
                    Ok(None) => Event::LogTooShort,
                    Err(_) => return self.crash(node),
                };
                process.publisher.handle(event, now);
                continue;
            }
            if let Action::Publish { item, .. } = &action {
                let durable = process.engine.watch().position().ext_seq;
                assert!(Some(item.id.ext_seq) <= durable, "published before it was durable");
            }
            self.send(node, || Happening::Request { node, incarnation, action: action.clone() });
        }
        self.check_holder(node);
    }

    fn tick(&mut self, node: usize, incarnation: u64) {
        if self.nodes[node].incarnation != incarnation || self.nodes[node].process.is_none() {
            return;
        }
        let now = self.schedule.now;
        let is_cut_off = now < self.nodes[node].cut_off_until;
        if !is_cut_off && now >= self.cluster.is_down_until && !self.read_on(node) {
            return self.crash(node);
        }
        let Node { process, name, diverged, .. } = &mut self.nodes[node];
        let Some(running) = process else { return };
        let checked = running.digests.exchange().check(now);
        if let Err(divergence) = checked {
            self.totals.divergences += 1;
            (*diverged, *process) = (Some(divergence), None);
            return;
        }
        let position = *running.engine.position();
        if let Some(ext_seq) = position.ext_seq {
            running.digests.exchange().latest(ext_seq, position.digest.to_u128());
        }
        let is_holder = running.publisher.is_holder(now);
        let heartbeat = running.digests.exchange().heartbeat(name, is_holder);
        for other in (0..self.nodes.len()).filter(|other| *other != node && !is_cut_off) {
            self.send(other, || Happening::Heard { node: other, heartbeat: heartbeat.clone() });
        }
        self.act(node);
        self.schedule.after(TICK, Happening::Tick { node, incarnation });
    }

    /// Subscribes again if messages did not come; false if the disk fails.
    fn read_on(&mut self, node: usize) -> bool {
        let Node { process, incarnation, .. } = &mut self.nodes[node];
        let Some(process) = process else { return true };
        let (incarnation, last) = (*incarnation, self.cluster.commands.len() as u64);
        let facts = self.cluster.facts();
        process.seen(&facts);
        if process.next > last && process.is_subscribed {
            return true;
        }
        if process.subscribe(&facts).is_err() {
            return false;
        }
        let sequences = process.next..=last;
        self.send(node, || Happening::Deliver { node, incarnation, sequences: sequences.clone() });
        true
    }
}
