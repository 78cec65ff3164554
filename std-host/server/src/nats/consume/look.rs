//! Looks at the stream once in a while: it must still be the one that was read.

use std::time::{Duration, Instant};

use async_nats::jetstream::stream::{Info, Stream};
use tokio::time::sleep;

use super::{Consumer, End};
use crate::replica::{IngressError, StreamFacts};

/// A stream may seem shorter than it was for so long. A leader that was just elected may not have
/// applied everything yet.
const SHORTER: Duration = Duration::from_secs(15);

impl Consumer {
    /// Looks at the stream after a while. What was applied before the question must be in the answer.
    pub(super) fn look(
        &self,
        stream: Stream,
        delay: Duration,
    ) -> impl Future<Output = (Option<u64>, Option<StreamFacts>)> + use<> {
        let (status, commands) = (self.status.clone(), self.names.commands());
        async move {
            sleep(delay).await;
            let known = Some(status.read().applied).filter(|applied| *applied > 0);
            match stream.get_info().await {
                Ok(info) => (known, Some(facts(&info, &commands))),
                // The subscription finds out on its own that the connection is gone.
                Err(_) => (known, None),
            }
        }
    }

    pub(super) fn looked(&mut self, facts: &StreamFacts, known: Option<u64>) -> Result<(), End> {
        let last = facts.last;
        self.status.update(|status| status.stream_last = Some((last, Instant::now())));
        let seen = self.order.seen(facts, known);
        self.judge(seen)
    }

    pub(super) fn facts(&self, info: &Info) -> StreamFacts {
        facts(info, &self.names.commands())
    }

    /// A stream that seems shorter gets time to show that it is not.
    pub(super) fn judge<T>(&mut self, result: Result<T, IngressError>) -> Result<T, End> {
        match result {
            Ok(value) => {
                self.shorter_since = None;
                Ok(value)
            }
            Err(error @ IngressError::WentBack { .. }) => {
                let since = *self.shorter_since.get_or_insert_with(Instant::now);
                if since.elapsed() < SHORTER {
                    Err(End::Again(format!("waiting for the stream's nodes to agree: {error}")))
                } else {
                    Err(End::Stop(error))
                }
            }
            Err(error) => Err(End::Stop(error)),
        }
    }
}

fn facts(info: &Info, commands: &str) -> StreamFacts {
    StreamFacts {
        created: info.created.unix_timestamp_nanos(),
        first: info.state.first_sequence,
        last: info.state.last_sequence,
        is_dense: info.config.subjects == [commands],
    }
}
