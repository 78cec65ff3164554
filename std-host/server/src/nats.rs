//! Replicas on NATS JetStream: carries out what the state machines of [`replica`](crate::replica)
//! decide.

mod checkpoints;
mod connection;
mod consume;
mod gossip;
mod init;
mod join;
mod lease;
mod message;
mod names;
mod patience;
mod publish;
mod resignation;
mod status;
mod submit;
mod tasks;

pub use connection::NatsError;
pub(crate) use connection::{connect_later, connect_now};
pub(crate) use init::init_stream;
pub(crate) use names::Names;
pub(crate) use resignation::Resignation;
pub(crate) use status::{Peer, ReplicaStatus, SharedStatus};
pub(crate) use tasks::{Replica, StartError};

use checkpoints::CheckpointTask;
use consume::Consumer;
use gossip::Gossip;
use join::join;
use patience::Patience;
use publish::PublishTask;
use submit::StreamIngress;
