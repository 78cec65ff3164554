//! The way by which commands reach the engine.

use std::{future::Future, pin::Pin};

use crate::{
    commands::Commands,
    engine::{Answer, EngineHandle, Refusal},
};

/// The answer to commands, once they are durable.
pub(crate) type Answering<'i> = Pin<Box<dyn Future<Output = Result<Answer, Refusal>> + Send + 'i>>;

/// A way by which commands reach the engine in one order.
///
/// HTTP hands commands to it and knows nothing about the way. A replicated log gives each command
/// its number and its time on the way; the local ingress leaves both to the engine.
pub(crate) trait Ingress: Send + Sync {
    /// Sends commands on their way, and waits for their outcomes.
    ///
    /// Commands whose sender went away run all the same.
    fn submit(&self, commands: Commands) -> Answering<'_>;
}

/// Commands go to the engine of this process at once.
#[derive(Debug)]
pub(crate) struct LocalIngress {
    engine: EngineHandle,
}

impl LocalIngress {
    pub(crate) fn new(engine: EngineHandle) -> Self {
        Self { engine }
    }
}

impl Ingress for LocalIngress {
    fn submit(&self, commands: Commands) -> Answering<'_> {
        Box::pin(self.engine.submit(commands))
    }
}
