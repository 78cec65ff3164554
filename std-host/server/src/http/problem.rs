//! Errors of requests, as `application/problem+json` (RFC 9457).

use axum::{
    body::Body,
    http::{
        HeaderValue, Response, StatusCode,
        header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
    },
    response::IntoResponse,
};
use serde_json::{Map, Value, json};

use crate::{
    commands::{InvalidBody, Place},
    engine::Refusal,
};

/// An error of a request: the status, and what is wrong.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Problem {
    status: StatusCode,
    detail: String,
    more: Map<String, Value>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), more: Map::new() }
    }

    /// The same problem with one more member.
    pub(super) fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.more.insert(member.into(), value.into());
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        let Self { status, detail, more } = self;
        let title = status.canonical_reason().unwrap_or("Error");
        let mut body = json!({ "title": title, "status": status.as_u16(), "detail": detail });
        if let Value::Object(members) = &mut body {
            members.extend(more);
        }
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match status {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
            }
            StatusCode::INSUFFICIENT_STORAGE => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("10"));
            }
            StatusCode::UNAUTHORIZED => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            _ => {}
        }
        response
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal {
            Refusal::QueueFull { .. } => StatusCode::TOO_MANY_REQUESTS,
            Refusal::Stopping | Refusal::Stopped(_) => StatusCode::SERVICE_UNAVAILABLE,
            Refusal::StorageFull(_) => StatusCode::INSUFFICIENT_STORAGE,
            Refusal::Gap(_) => StatusCode::CONFLICT,
            Refusal::KeyReused | Refusal::EndedProcess { .. } | Refusal::NumberedByStream => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Refusal::NotInStream(_) => StatusCode::SERVICE_UNAVAILABLE,
            Refusal::Behind { .. } | Refusal::NotYet { .. } => StatusCode::GATEWAY_TIMEOUT,
        };
        Self::new(status, refusal.to_string())
    }
}

impl From<InvalidBody> for Problem {
    fn from(invalid: InvalidBody) -> Self {
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, invalid.to_string());
        match invalid.place {
            Some(Place::Line { line, column }) => problem.with("line", line).with("column", column),
            Some(Place::Record { record, byte }) => {
                problem.with("record", record).with("byte", byte)
            }
            None => problem,
        }
    }
}
