//! `GET /status`, `/schema`, `/openapi.json` and `/state/stats`.

use axum::{Json, extract::State, http::header::CONTENT_TYPE, response::IntoResponse};
use serde_json::{Map, Value, json};
use statevec_host::durable::DurableEngine;

use super::{App, problem::Problem};
use crate::openapi::describe;

/// The state of the engine and its log.
pub(super) async fn status(State(app): State<App>) -> Result<Json<Value>, Problem> {
    let mut status = app.engine.read(engine_status).await?;
    let (commands, bytes) = app.engine.waiting();
    let own = json!({
        "queue": { "commands": commands, "bytes": bytes },
        "replica": app.replica.as_ref().map(|shared| shared.read().name),
        "uptime_seconds": app.started.elapsed().as_secs(),
        "version": env!("CARGO_PKG_VERSION"),
    });
    if let (Value::Object(status), Value::Object(own)) = (&mut status, own) {
        status.extend(own);
    }
    Ok(Json(status))
}

/// The plugin's schema, as it stands in the plugin.
pub(super) async fn schema(State(app): State<App>) -> Result<impl IntoResponse, Problem> {
    let schema = app.engine.read(|engine| engine.plugin().schema_json().to_owned()).await?;
    Ok(([(CONTENT_TYPE, "application/json")], schema))
}

/// The description of this interface.
pub(super) async fn openapi(State(app): State<App>) -> Json<Value> {
    Json(describe(&app.plugin, app.token.is_some()))
}

/// The number of records of each kind.
pub(super) async fn stats(State(app): State<App>) -> Result<Json<Value>, Problem> {
    let counts = app.engine.read(|engine| record_counts(engine)).await?;
    Ok(Json(json!({ "records": object(counts) })))
}

/// Each record kind with its number of records.
pub(super) fn record_counts(engine: &DurableEngine) -> Vec<(String, usize)> {
    let store = engine.engine().store();
    let kinds = engine.plugin().schema().record_defs();
    kinds.map(|def| (def.name.to_string(), store.len(def.kind))).collect()
}

fn engine_status(engine: &mut DurableEngine) -> Value {
    let (position, opened) = (engine.position(), engine.opened());
    json!({
        "plugin": engine.plugin().name(),
        "plugin_sha256": engine.plugin_sha256().map(|digest| digest.to_string()),
        "entry": position.entry,
        "tx_seq": position.tx_seq,
        "last_ext_seq": position.ext_seq,
        "digest": position.digest.to_string(),
        "gaps": engine.gaps(),
        "opened": opened.to_string(),
        "checkpoint_entry": opened.checkpoint.as_ref().map(|(entry, _)| entry),
        "is_making_checkpoint": engine.is_making_checkpoint(),
        "records": object(record_counts(engine)),
    })
}

fn object(counts: Vec<(String, usize)>) -> Map<String, Value> {
    counts.into_iter().map(|(name, number)| (name, number.into())).collect()
}
