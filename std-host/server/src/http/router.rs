//! The routes.

use axum::{
    Router,
    http::{Method, StatusCode, Uri},
    middleware::from_fn_with_state,
    routing::{get, post},
};

use super::{
    App, commands, entries, guard::guard, health::health, metrics, page, plugin, problem::Problem,
    records, replicas, status,
};

/// All routes, behind the checks that every request passes.
pub(super) fn router(app: App) -> Router {
    Router::new()
        .route("/", get(page::index))
        .route("/page.css", get(page::style))
        .route("/page.js", get(page::script))
        .route("/api.js", get(page::api_script))
        .route("/live.js", get(page::live_script))
        .route("/replicas.js", get(page::replicas_script))
        .route("/icon.svg", get(page::icon))
        .route("/commands", post(commands::post))
        .route("/records/{record}", get(records::get))
        .route("/entries", get(entries::entries))
        .route("/events", get(entries::events))
        .route("/plugin", post(plugin::post))
        .route("/schema", get(status::schema))
        .route("/openapi.json", get(status::openapi))
        .route("/replicas", get(replicas::get))
        .route("/status", get(status::status))
        .route("/health", get(health))
        .route("/metrics", get(metrics::get))
        // Paths of the published operation server.
        .route("/state/stats", get(status::stats))
        .route("/state/inspect-by-sysid", get(records::inspect))
        .method_not_allowed_fallback(wrong_method)
        .fallback(unknown)
        .layer(from_fn_with_state(app.clone(), guard))
        .with_state(app)
}

async fn unknown(uri: Uri) -> Problem {
    let detail = format!("there is nothing at {:?}; GET /openapi.json lists the paths", uri.path());
    Problem::new(StatusCode::NOT_FOUND, detail)
}

async fn wrong_method(method: Method, uri: Uri) -> Problem {
    let detail = format!("{:?} takes no {method}", uri.path());
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail)
}
