//! Replicas on a replicated log: the decisions, without any input or output.
//!
//! Each part is a state machine. It takes events and the time, and returns actions, which its caller
//! carries out. The same machines run on NATS JetStream, and in a simulation in which a seed decides
//! delays, losses, crashes and partitions. Only [`LogItems`] reads: from the local log.

mod digests;
mod ingress;
mod item;
mod lease;
mod log_items;
mod outbox;
mod own_digests;
mod publisher;
#[cfg(test)]
mod simulation;

pub(crate) use digests::{DigestExchange, Divergence, Heartbeat, Standing};
pub(crate) use ingress::{IngressError, IngressOrder, Step, StoredCommand, StreamFacts};
pub(crate) use item::{Content, Item, ItemId};
pub(crate) use lease::LeaseTimes;
pub(crate) use log_items::LogItems;
pub(crate) use outbox::{Answer as PublishAnswer, PublishedEnd};
pub(crate) use own_digests::OwnDigests;
pub(crate) use publisher::{Action, Event, Publisher};
