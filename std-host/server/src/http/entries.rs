//! `GET /entries` and `GET /events`: pages of the log, and streams of it.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{
        HeaderMap, HeaderName, Response, StatusCode,
        header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE},
    },
    response::IntoResponse as _,
};
use futures_util::stream::unfold;
use statevec_host::txlog::LogError;
use tokio::time::sleep;

use super::{
    App,
    answer::held,
    body::permits_for,
    problem::Problem,
    query::{Query, wrong},
    records::{Given, parameters},
};
use crate::entries::EntryText;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Most entries in one piece of a stream.
const PIECE: usize = 1000;

/// A stream without news sends a comment, so that neither side takes the other one for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The items of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Items {
    Entries,
    Events,
}

impl Items {
    const fn name(self) -> &'static str {
        match self {
            Self::Entries => "entries",
            Self::Events => "events",
        }
    }

    fn of(self, entry: &EntryText) -> impl Iterator<Item = &str> {
        let (entries, events) = match self {
            Self::Entries => (Some(entry.entry.as_str()), &[][..]),
            Self::Events => (None, entry.events.as_slice()),
        };
        entries.into_iter().chain(events.iter().map(String::as_str))
    }
}

/// Entries from a number on, or as they come.
pub(super) async fn entries(
    State(app): State<App>,
    headers: HeaderMap,
    given: Given,
) -> Result<Response<Body>, Problem> {
    answer(app, &headers, given, Items::Entries).await
}

/// Events of the entries from a number on, or as they come.
pub(super) async fn events(
    State(app): State<App>,
    headers: HeaderMap,
    given: Given,
) -> Result<Response<Body>, Problem> {
    answer(app, &headers, given, Items::Events).await
}

async fn answer(
    app: App,
    headers: &HeaderMap,
    given: Given,
    items: Items,
) -> Result<Response<Body>, Problem> {
    let query = parameters(given, &["from", "limit"])?;
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if accept.contains("text/event-stream") {
        return follow(app, headers, &query, items);
    }
    let durable = *app.durable.borrow();
    let (from, limit) = (query.number("from")?.unwrap_or(1).max(1), query.limit()?);
    let found = app.entries.read(from, durable, limit).await.map_err(unreadable)?;
    let next = found.last().map_or(from, |last| last.number + 1);
    let name = items.name();
    let mut text = format!(r#"{{"durable":{durable},"next":{next},"{name}":["#);
    let all = found.iter().flat_map(|entry| items.of(entry));
    for (place, item) in all.enumerate() {
        if place > 0 {
            text.push(',');
        }
        text.push_str(item);
    }
    text.push_str("]}");
    let permits = permits_for(&app, &text)?;
    Ok(([(CONTENT_TYPE, "application/json")], held(text, permits)).into_response())
}

/// Sends entries as server-sent events until the client goes away.
fn follow(
    app: App,
    headers: &HeaderMap,
    query: &Query,
    items: Items,
) -> Result<Response<Body>, Problem> {
    if query.text("limit").is_some() {
        return Err(wrong("a stream has no limit"));
    }
    let last = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()?.parse::<u64>().ok());
    let next = match (last, query.number("from")?) {
        (Some(last), _) => last.saturating_add(1),
        (None, Some(from)) => from.max(1),
        (None, None) => app.durable.borrow().saturating_add(1),
    };
    let began = Follower { next, items, app, is_begun: false };
    let stream = unfold(began, |mut follower| async {
        let piece = follower.next_piece().await?;
        Some((Ok::<_, std::convert::Infallible>(piece), follower))
    });
    let headers = [(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-store")];
    Ok((headers, Body::from_stream(stream)).into_response())
}

/// A client that follows the log. It holds one piece at a time, and gets the next one when it has
/// taken that.
struct Follower {
    app: App,
    next: u64,
    items: Items,
    is_begun: bool,
}

impl Follower {
    /// Waits for the next piece of the stream; `None` at its end.
    async fn next_piece(&mut self) -> Option<Bytes> {
        if !self.is_begun {
            // The client learns that the stream has begun before there is any entry.
            self.is_begun = true;
            return Some(Bytes::from_static(b": begun\n\n"));
        }
        let (mut durable, mut ending) = (self.app.durable.clone(), self.app.ending.subscribe());
        loop {
            if *ending.borrow() {
                return None;
            }
            let last = *durable.borrow_and_update();
            let found = match self.app.entries.read(self.next, last, PIECE).await {
                Ok(found) => found,
                Err(error) => return self.failed(&error),
            };
            if let Some(entry) = found.last() {
                self.next = entry.number + 1;
                let piece = self.piece(&found);
                if !piece.is_empty() {
                    return Some(piece.into());
                }
                continue;
            }
            tokio::select! {
                changed = durable.changed() => changed.ok()?,
                changed = ending.changed() => changed.ok()?,
                () = sleep(KEEP_ALIVE) => return Some(Bytes::from_static(b": waiting\n\n")),
            }
        }
    }

    fn piece(&self, found: &[Arc<EntryText>]) -> String {
        let mut text = String::new();
        for entry in found {
            for item in self.items.of(entry) {
                // JSON in one line has no end of line, which would end the message.
                text.push_str(&format!("id: {}\ndata: {item}\n\n", entry.number));
            }
        }
        text
    }

    /// Tells the client about an error, once, and ends the stream.
    fn failed(&mut self, error: &LogError) -> Option<Bytes> {
        if self.next == u64::MAX {
            return None;
        }
        self.next = u64::MAX;
        let reason = serde_json::Value::from(error.to_string());
        Some(format!("event: error\ndata: {{\"detail\":{reason}}}\n\n").into())
    }
}

fn unreadable(error: LogError) -> Problem {
    let status = match error {
        LogError::Missing { .. } => StatusCode::GONE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    Problem::new(status, error.to_string())
}
