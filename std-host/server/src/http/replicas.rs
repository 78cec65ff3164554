//! `GET /replicas`: this replica and those that it hears.

use axum::{Json, extract::State, http::StatusCode};
use serde_json::{Value, json};

use super::{App, problem::Problem};
use crate::nats::Peer;

/// The replicas, and the agreement among them.
pub(super) async fn get(State(app): State<App>) -> Result<Json<Value>, Problem> {
    let Some(shared) = &app.replica else {
        let detail = "this server is no replica; --nats makes it one";
        return Err(Problem::new(StatusCode::NOT_FOUND, detail));
    };
    let read = app.engine.read(|engine| (*engine.position(), engine.plugin_sha256()));
    let (position, plugin_sha256) = read.await?;
    let plugin_sha256 = plugin_sha256.map(|sha256| sha256.to_string());
    let status = shared.read();
    let others: Vec<Value> = status
        .peers
        .values()
        .map(|(peer, heard)| {
            let Peer { name, url, plugin_sha256, entry, ext_seq, digest, is_publisher, .. } = peer;
            json!({
                "name": name,
                "url": url,
                "plugin_sha256": plugin_sha256,
                "entry": entry,
                "ext_seq": ext_seq,
                "digest": digest,
                "is_publisher": is_publisher,
                "differs": status.standing.differing.contains(name),
                "heard_seconds_ago": heard.elapsed().as_secs(),
            })
        })
        .collect();
    Ok(Json(json!({
        "name": status.name,
        "stream": status.stream,
        "plugin_sha256": plugin_sha256,
        "stream_last": status.stream_last.map(|(last, _)| last),
        "entry": position.entry,
        "ext_seq": position.ext_seq,
        "digest": position.digest.to_string(),
        "lag_entries": status.lag_entries(),
        "lag_seconds": status.lag().as_secs(),
        "is_publisher": status.is_publisher,
        "lease_holder": status.holder,
        "published_ext_seq": status.published,
        "agreed_ext_seq": status.standing.agreed,
        "differing": status.standing.differing,
        "unreadable_messages": status.unreadable,
        "others": others,
    })))
}
