//! The wait for answers to requests that are made again if none comes.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use tokio::time::{Instant, timeout};
use tracing::{debug, warn};

/// The wait at first. A request that comes while a leader is elected is never answered, and so is
/// one for a consumer that the cluster puts on a node that has just ended. Sound nodes answer in
/// milliseconds.
const SHORT: Duration = Duration::from_millis(300);

/// The wait after many failures in a row, for nodes that are slow.
const LONG: Duration = Duration::from_secs(2);

/// Failures in a row before waits are long. An election takes less time.
const MANY: u32 = 40;

/// Decides how long to wait for an answer. A clone shares the failures.
#[derive(Debug, Clone, Default)]
pub(super) struct Patience {
    failures: Arc<AtomicU32>,
}

impl Patience {
    /// Waits for the answer to a request.
    pub(super) async fn wait<T>(
        &self,
        request: impl Future<Output = Result<T, String>>,
    ) -> Result<T, String> {
        let limit = self.limit();
        let began = Instant::now();
        let answer = timeout(limit, request).await;
        let answer = answer.unwrap_or_else(|_| Err(format!("no answer came in {limit:?}")));
        match &answer {
            // A slow answer shows that long waits are needed.
            Ok(_) if began.elapsed() > SHORT / 2 => {}
            Ok(_) => self.failures.store(0, Ordering::Relaxed),
            Err(_) => {
                self.failures.fetch_add(1, Ordering::Relaxed);
            }
        }
        answer
    }

    /// Logs a failure. Further ones in a row are for the level `debug` only: an outage may be long.
    pub(super) fn log(&self, error: &str, problem: &str) {
        if self.failures.load(Ordering::Relaxed) <= 1 {
            warn!(error, "{problem}");
        } else {
            debug!(error, "{problem}");
        }
    }

    fn limit(&self) -> Duration {
        if self.failures.load(Ordering::Relaxed) < MANY { SHORT } else { LONG }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{Instant, sleep};

    use super::{LONG, MANY, Patience, SHORT};

    async fn answer(after: Duration) -> Result<(), String> {
        sleep(after).await;
        Ok(())
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_is_never_answered_is_given_up_soon() {
        let (patience, began) = (Patience::default(), Instant::now());
        let text = patience.wait(std::future::pending::<Result<(), _>>()).await.unwrap_err();
        assert_eq!(text, "no answer came in 300ms");
        assert_eq!(began.elapsed(), SHORT);
    }

    #[tokio::test(start_paused = true)]
    async fn nodes_that_are_always_slow_are_waited_for_in_the_end() {
        let patience = Patience::default();
        for _ in 0..MANY {
            patience.wait(answer(SHORT * 2)).await.unwrap_err();
        }
        for _ in 0..3 {
            patience.wait(answer(SHORT * 2)).await.unwrap();
        }
        patience.wait(answer(Duration::from_millis(1))).await.unwrap();
        assert!(patience.wait(answer(LONG / 2)).await.is_err(), "they are fast again");
    }
}
