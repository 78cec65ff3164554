//! `POST /plugin`: takes another build of the plugin.

use axum::{
    Json,
    body::HttpBody as _,
    extract::{Query as Parameters, Request, State},
    http::StatusCode,
};
use serde_json::{Value, json};

use super::{App, problem::Problem, query::Query};
use crate::other_build::{Change, RefusedBuild, Taken, Wish};

/// The parameters.
const COMPARE_ENTRIES: &str = "compare_entries";
const SHA256: &str = "sha256";

/// Loads the file that the options name again, and goes on with it if it answers the last commands
/// as the log has them. No request names a file: it would run anybody's code.
pub(super) async fn post(
    State(app): State<App>,
    Parameters(parameters): Parameters<Vec<(String, String)>>,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let query = Query::new(parameters, &[COMPARE_ENTRIES, SHA256])?;
    if !request.body().is_end_stream() {
        let detail = "the request takes no body; the file is the one that the option plugin names";
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail));
    }
    let wish =
        Wish { compare_entries: query.number(COMPARE_ENTRIES)?, sha256: query.parsed(SHA256)? };
    Ok(Json(match app.builds.change(wish).await? {
        Taken::Same { sha256 } => json!({ "changed": false, "plugin_sha256": sha256 }),
        Taken::Other(change) => {
            let Change { sha256, before, entry, compared: (from, to), commands, pause } = change;
            json!({
                "changed": true,
                "plugin_sha256": sha256,
                "before_sha256": before,
                "entry": entry,
                "compared": { "from": from, "to": to, "commands": commands },
                "pause_seconds": pause.as_secs_f64(),
            })
        }
    }))
}

impl From<RefusedBuild> for Problem {
    fn from(refused: RefusedBuild) -> Self {
        match refused {
            RefusedBuild::Engine(refusal) => refusal.into(),
            RefusedBuild::Build { reason, .. } => {
                Self::new(StatusCode::CONFLICT, refused.to_string()).with("reason", reason.name())
            }
        }
    }
}
