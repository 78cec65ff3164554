//! Reads bodies, within limits of length, memory and time.

use std::{ops::Deref, sync::Arc};

use axum::{
    body::Body,
    http::{
        HeaderMap, StatusCode,
        header::{CONTENT_ENCODING, CONTENT_LENGTH},
    },
};
use http_body_util::BodyExt as _;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::{App, problem::Problem};

/// A body, with the permits for its bytes. They are given back when it is dropped.
pub(super) struct ReadBody {
    bytes: Vec<u8>,
    permits: Option<OwnedSemaphorePermit>,
}

impl ReadBody {
    /// The permits alone, for the answer to the body.
    pub(super) fn into_permits(self) -> Option<OwnedSemaphorePermit> {
        self.permits
    }
}

impl Deref for ReadBody {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Reads a whole body.
pub(super) async fn read_body(
    app: &App,
    headers: &HeaderMap,
    body: Body,
) -> Result<ReadBody, Problem> {
    if let Some(encoding) = headers.get(CONTENT_ENCODING)
        && encoding != "identity"
    {
        let detail = "the body has a Content-Encoding; send it as it is";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    let stated = headers.get(CONTENT_LENGTH).and_then(|len| len.to_str().ok()?.parse().ok());
    let stated: usize = stated.unwrap_or(0);
    if stated > app.body_bytes {
        return Err(too_long(app.body_bytes));
    }
    match timeout(app.request_time, collect(app, stated, body)).await {
        Ok(result) => result,
        Err(_) => {
            let seconds = app.request_time.as_secs();
            let detail = format!("the body did not arrive within {seconds} seconds");
            Err(Problem::new(StatusCode::REQUEST_TIMEOUT, detail))
        }
    }
}

async fn collect(app: &App, stated: usize, mut body: Body) -> Result<ReadBody, Problem> {
    let most = app.body_bytes;
    let mut permits = None;
    let mut bytes = Vec::new();
    add(&app.bodies, &mut permits, stated)?;
    let mut reserved = stated;
    bytes.reserve_exact(stated);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            Problem::new(StatusCode::BAD_REQUEST, format!("the body cannot be read: {error}"))
        })?;
        let Ok(data) = frame.into_data() else { continue };
        let len = bytes.len() + data.len();
        if len > most {
            return Err(too_long(most));
        }
        if len > reserved {
            // Growing by half keeps the number of copies low, and the permits close to the bytes.
            let target = (len + len / 2).min(most);
            add(&app.bodies, &mut permits, target - reserved)?;
            bytes.reserve_exact(target - bytes.len());
            reserved = target;
        }
        bytes.extend_from_slice(&data);
    }
    Ok(ReadBody { bytes, permits })
}

/// Permits for the bytes of an answer to a request without a body.
pub(super) fn permits_for(
    app: &App,
    answer: &str,
) -> Result<Option<OwnedSemaphorePermit>, Problem> {
    let mut permits = None;
    // One answer may be longer than all of the memory.
    add(&app.bodies, &mut permits, answer.len().min(app.bodies_bytes))?;
    Ok(permits)
}

/// Takes permits for more bytes.
fn add(
    all: &Arc<Semaphore>,
    permits: &mut Option<OwnedSemaphorePermit>,
    bytes: usize,
) -> Result<(), Problem> {
    let full = || {
        let detail =
            "the bodies of other requests and answers take all the memory for them; try again";
        Problem::new(StatusCode::TOO_MANY_REQUESTS, detail)
    };
    let bytes = u32::try_from(bytes).map_err(|_| full())?;
    let more = Arc::clone(all).try_acquire_many_owned(bytes).map_err(|_| full())?;
    match permits {
        Some(permits) => permits.merge(more),
        None => *permits = Some(more),
    }
    Ok(())
}

fn too_long(most: usize) -> Problem {
    let detail = format!("the body is longer than {most} bytes; send fewer commands at a time");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail).with("limit", most)
}
