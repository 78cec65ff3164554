//! The place in the log that a read reflects, and reads that wait for one.

use axum::{
    body::Body,
    http::{HeaderName, Response},
};
use statevec_host::txlog::LogPosition;
use tokio::time::timeout;

use super::{App, problem::Problem, query::Query};
use crate::engine::Refusal;

/// The entry and the command whose effects an answer shows, with those of all before.
const ENTRY: HeaderName = HeaderName::from_static("statevec-entry");
const EXT_SEQ: HeaderName = HeaderName::from_static("statevec-ext-seq");

/// The parameters of [`wait`].
pub(super) const MIN_ENTRY: &str = "min_entry";
pub(super) const MIN_EXT_SEQ: &str = "min_ext_seq";

/// Waits until the state has the entry and the command that a request asks for.
///
/// Numbers of entries are this server's own; numbers of commands are the same on all replicas.
pub(super) async fn wait(app: &App, query: &Query) -> Result<(), Problem> {
    let (entry, ext_seq) = (query.number(MIN_ENTRY)?, query.number(MIN_EXT_SEQ)?);
    if entry.is_none() && ext_seq.is_none() {
        return Ok(());
    }
    let mut durable = app.durable.clone();
    let mut last = LogPosition::default();
    let waited = timeout(app.request_time, async {
        loop {
            durable.mark_unchanged();
            last = app.engine.read(|engine| *engine.position()).await?;
            if Some(last.entry) >= entry && last.ext_seq >= ext_seq {
                return Ok::<_, Refusal>(());
            }
            if durable.changed().await.is_err() {
                return Err(Refusal::Stopping);
            }
        }
    });
    match waited.await {
        Ok(result) => Ok(result?),
        Err(_) => {
            let LogPosition { entry, ext_seq, .. } = last;
            Err(Refusal::NotYet { entry, ext_seq: ext_seq.unwrap_or_default() }.into())
        }
    }
}

/// Adds the place in the log to an answer.
pub(super) fn reflecting(mut response: Response<Body>, position: &LogPosition) -> Response<Body> {
    let headers = response.headers_mut();
    headers.insert(ENTRY, position.entry.into());
    if let Some(ext_seq) = position.ext_seq {
        headers.insert(EXT_SEQ, ext_seq.into());
    }
    response
}
