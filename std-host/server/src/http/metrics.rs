//! `GET /metrics`.

use std::time::SystemTime;

use axum::{
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::IntoResponse,
};
use statevec_host::{checkpoint, durable::DataDirectory, txlog::list_segments};

use super::{App, problem::Problem, status::record_counts};
use crate::{
    engine::EngineState,
    metrics::{self, Scrape},
};

/// The metrics, with gauges of this moment.
pub(super) async fn get(State(app): State<App>) -> Result<impl IntoResponse, Problem> {
    let records = app.engine.read(|engine| record_counts(engine)).await.unwrap_or_default();
    let directory = app.directory.clone();
    let files = tokio::task::spawn_blocking(move || files(&directory)).await.unwrap_or_default();
    let scrape = Scrape {
        queue: app.engine.waiting(),
        is_running: app.engine.state() == EngineState::Running,
        records,
        replica: app.replica.as_ref().map(|shared| shared.read()),
        ..files
    };
    let text = app.metrics.text(&scrape).map_err(|error| {
        let detail = format!("the metrics cannot be written: {error}");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
    })?;
    Ok(([(CONTENT_TYPE, metrics::CONTENT_TYPE)], text))
}

/// The gauges that come from the files of the data directory. One that cannot be read is left out.
fn files(directory: &DataDirectory) -> Scrape {
    let storage = directory.storage();
    let segments = list_segments(&**storage, &directory.log()).unwrap_or_default();
    let len = |path| std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    let newest = checkpoint::list(&**storage, &directory.checkpoints()).unwrap_or_default().pop();
    let age = |path| {
        let modified = std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok()?;
        SystemTime::now().duration_since(modified).ok()
    };
    Scrape {
        log_bytes: segments.into_iter().map(|segment| len(segment.path)).sum(),
        checkpoint: newest.and_then(|(entry, path)| Some((entry, age(path)?))),
        ..Scrape::default()
    }
}
