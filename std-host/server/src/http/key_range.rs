//! `GET /records/{Record}?key_from=…&key_to=…`: records in the order of their keys.

use std::ops::Bound;

use axum::{body::Body, http::Response};
use serde_json::{Map, Value};
use statevec_abi::abi::RecordKey;
use statevec_abi_alloc::schema::RecordDefinition;

use super::{
    App,
    problem::Problem,
    query::{Query, wrong},
    record_json::{encoded_key, value},
    record_page::Page,
};

/// A range of encoded keys; both ends are part of it.
pub(super) struct KeyRange {
    low: Bound<Vec<u8>>,
    high: Bound<Vec<u8>>,
}

impl KeyRange {
    /// The range that a request asks for; `None` if it asks for none.
    pub(super) fn of(
        app: &App,
        record: &RecordDefinition,
        query: &Query,
    ) -> Result<Option<Self>, Problem> {
        let bound = |name| match query.text(name) {
            Some(key) => encoded_key(app, record, key).map(Bound::Included),
            None => Ok(Bound::Unbounded),
        };
        let (low, high) = (bound("key_from")?, bound("key_to")?);
        if matches!((&low, &high), (Bound::Unbounded, Bound::Unbounded)) {
            return Ok(None);
        }
        for other in ["key", "sys_id", "from"] {
            if query.text(other).is_some() {
                let detail = format!("key_from and key_to exclude {other}; leave one of them out");
                return Err(wrong(detail));
            }
        }
        Ok(Some(Self { low, high }))
    }

    /// The first records of the range.
    pub(super) async fn page(
        self,
        app: &App,
        record: &RecordDefinition,
        limit: usize,
    ) -> Result<Response<Body>, Problem> {
        let kind = record.kind;
        let read = app.engine.read(move |engine| {
            let (low, high) = (self.low.as_ref(), self.high.as_ref());
            let (low, high) = (low.map(Vec::as_slice), high.map(Vec::as_slice));
            let store = engine.engine().store();
            let page = Page::of(store.range(kind, low, high)?, limit);
            Some((page, store.len(kind), *engine.position()))
        });
        let Some((page, total, position)) = read.await? else {
            let name = &record.name;
            return Err(wrong(format!(
                "{name:?} has no key ranges: its schema does not say supportRangeScan"
            )));
        };
        let next = page.next.as_ref().map(|(sys_id, data)| {
            key_of(record, &value(app, RecordKey { kind, sys_id: *sys_id }, data))
        });
        let next = next.unwrap_or(Value::Null);
        let head = format!(r#""total":{total},"next_key":{next}"#);
        page.answer(app, kind, &position, &head)
    }
}

/// The key of a record, as `key_from` takes it.
fn key_of(record: &RecordDefinition, value: &Value) -> Value {
    let field = |name: &str| (name.to_owned(), value["data"][name].clone());
    Value::Object(record.pk_fields.iter().map(|name| field(name)).collect::<Map<_, _>>())
}
