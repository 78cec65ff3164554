//! `GET /health`.

use axum::{Json, extract::State, http::StatusCode};
use serde_json::{Value, json};

use super::App;
use crate::engine::EngineState;

/// Answers 200 while the engine takes commands, and 503 otherwise.
pub(super) async fn health(State(app): State<App>) -> (StatusCode, Json<Value>) {
    match app.engine.state() {
        EngineState::Running => (StatusCode::OK, Json(json!({ "status": "ok" }))),
        EngineState::StorageFull(reason) => unavailable("storage_full", &reason),
        EngineState::Stopped { reason, .. } => unavailable("stopped", &reason),
        EngineState::Closed => unavailable("closed", "the server is stopping"),
    }
}

fn unavailable(status: &str, reason: &str) -> (StatusCode, Json<Value>) {
    let body = json!({ "status": status, "reason": reason });
    (StatusCode::SERVICE_UNAVAILABLE, Json(body))
}
