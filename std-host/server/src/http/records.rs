//! `GET /records/{Record}`, and `/state/inspect-by-sysid`.

use axum::{
    Json,
    body::Body,
    extract::{Path, Query as Parameters, State, rejection::QueryRejection},
    http::{Response, StatusCode},
    response::IntoResponse as _,
};
use serde_json::Value;
use statevec_abi::abi::RecordKey;
use statevec_abi_alloc::schema::RecordDefinition;

use super::{
    App,
    key_range::KeyRange,
    problem::Problem,
    query::{Query, wrong},
    record_json::{encoded_key, value},
    record_page::Page,
    reflected::{MIN_ENTRY, MIN_EXT_SEQ, reflecting, wait},
};

/// The parameters as they stand in the URL.
pub(super) type Given = Result<Parameters<Vec<(String, String)>>, QueryRejection>;

/// One record by its key or number, or a page of them, by number or in a range of keys.
pub(super) async fn get(
    State(app): State<App>,
    Path(name): Path<String>,
    given: Given,
) -> Result<Response<Body>, Problem> {
    let known = ["key", "key_from", "key_to", "sys_id", "from", "limit", MIN_ENTRY, MIN_EXT_SEQ];
    let query = parameters(given, &known)?;
    let record = definition(&app, &name)?;
    wait(&app, &query).await?;
    if let Some(range) = KeyRange::of(&app, record, &query)? {
        return range.page(&app, record, query.limit()?).await;
    }
    match (query.text("key"), query.number("sys_id")?) {
        (Some(_), Some(_)) => Err(wrong("key and sys_id exclude each other; give one of them")),
        (Some(key), None) => {
            let key = encoded_key(&app, record, key)?;
            one(&app, record, Which::Key(key)).await
        }
        (None, Some(sys_id)) => one(&app, record, Which::SysId(sys_id)).await,
        (None, None) => {
            let from = query.number("from")?.unwrap_or(1);
            page(&app, record, from, query.limit()?).await
        }
    }
}

/// A record by kind and number, at the published path.
pub(super) async fn inspect(
    State(app): State<App>,
    given: Given,
) -> Result<Response<Body>, Problem> {
    let query = parameters(given, &["record", "kind", "sys_id", MIN_ENTRY, MIN_EXT_SEQ])?;
    wait(&app, &query).await?;
    let schema = app.plugin.schema();
    let record = match (query.text("record"), query.number("kind")?) {
        (Some(name), None) => definition(&app, name)?,
        (None, Some(kind)) => u8::try_from(kind)
            .ok()
            .and_then(|kind| schema.try_get(kind))
            .ok_or_else(|| wrong(format!("the plugin has no record of kind {kind}")))?,
        _ => return Err(wrong("give record=NAME or kind=NUMBER")),
    };
    let sys_id = query.number("sys_id")?.ok_or_else(|| wrong("give sys_id=NUMBER"))?;
    one(&app, record, Which::SysId(sys_id)).await
}

/// Checks the parameters of a request.
pub(super) fn parameters(given: Given, known: &[&str]) -> Result<Query, Problem> {
    let Parameters(given) = given.map_err(|error| wrong(error.body_text()))?;
    Query::new(given, known)
}

fn definition<'a>(app: &'a App, name: &str) -> Result<&'a RecordDefinition, Problem> {
    let schema = app.plugin.schema();
    schema.try_get_by_name(name).ok_or_else(|| {
        let names: Vec<&str> = schema.record_defs().map(|def| &*def.name).collect();
        let names = names.join(", ");
        let detail = format!("the plugin has no record {name:?}; it has: {names}");
        Problem::new(StatusCode::NOT_FOUND, detail)
    })
}

/// The way to find one record.
enum Which {
    Key(Vec<u8>),
    SysId(u64),
}

async fn one(
    app: &App,
    record: &RecordDefinition,
    which: Which,
) -> Result<Response<Body>, Problem> {
    let kind = record.kind;
    let found = app.engine.read(move |engine| {
        let store = engine.engine().store();
        let found = match which {
            Which::Key(key) => {
                store.get_by_pk(kind, &key).map(|found| (found.sys_id, found.data.to_vec()))
            }
            Which::SysId(sys_id) => store.get(kind, sys_id).map(|data| (sys_id, data.to_vec())),
        };
        (found, *engine.position())
    });
    let (found, position) = found.await?;
    let Some((sys_id, data)) = found else {
        let detail = format!("there is no such record of {:?}", record.name);
        return Err(Problem::new(StatusCode::NOT_FOUND, detail));
    };
    let json = Json(value(app, RecordKey { kind, sys_id }, &data));
    Ok(reflecting(json.into_response(), &position))
}

async fn page(
    app: &App,
    record: &RecordDefinition,
    from: u64,
    limit: usize,
) -> Result<Response<Body>, Problem> {
    let kind = record.kind;
    let read = app.engine.read(move |engine| {
        let store = engine.engine().store();
        let page = Page::of(store.records_from(kind, from), limit);
        (page, store.len(kind), *engine.position())
    });
    let (page, total, position) = read.await?;
    let next = Value::from(page.next.as_ref().map(|(sys_id, _)| *sys_id));
    let head = format!(r#""total":{total},"next":{next}"#);
    page.answer(app, kind, &position, &head)
}
