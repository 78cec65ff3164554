//! Pages of records.

use axum::{
    body::Body,
    http::{Response, header::CONTENT_TYPE},
    response::IntoResponse as _,
};
use statevec_abi::abi::{RecordKey, RecordKind};
use statevec_host::{StoredRecord, txlog::LogPosition};

use super::{App, answer::held, body::permits_for, problem::Problem, reflected::reflecting};

/// About how many bytes of records are sent at once.
const PAGE_BYTES: usize = 256 << 10;

/// The number and the data of a record.
type Owned = (u64, Vec<u8>);

/// Records that are sent together.
pub(super) struct Page {
    records: Vec<Owned>,
    /// The record behind them.
    pub(super) next: Option<Owned>,
}

impl Page {
    /// Takes records up to a number of them or of bytes. It has at least one if there is one.
    pub(super) fn of<'s>(records: impl Iterator<Item = StoredRecord<'s>>, limit: usize) -> Self {
        let (mut page, mut bytes) = (Self { records: Vec::new(), next: None }, 0);
        for record in records {
            let owned = (record.sys_id, record.data.to_vec());
            if page.records.len() >= limit || bytes >= PAGE_BYTES {
                page.next = Some(owned);
                break;
            }
            bytes += record.data.len();
            page.records.push(owned);
        }
        page
    }

    /// The answer: the entry that it shows, the members in `head`, and the records.
    pub(super) fn answer(
        &self,
        app: &App,
        kind: RecordKind,
        position: &LogPosition,
        head: &str,
    ) -> Result<Response<Body>, Problem> {
        let entry = position.entry;
        let mut text = format!(r#"{{"entry":{entry},{head},"records":["#);
        for (place, (sys_id, data)) in self.records.iter().enumerate() {
            if place > 0 {
                text.push(',');
            }
            app.writer.record(RecordKey { kind, sys_id: *sys_id }, data, &mut text);
        }
        text.push_str("]}");
        let permits = permits_for(app, &text)?;
        let response = ([(CONTENT_TYPE, "application/json")], held(text, permits));
        Ok(reflecting(response.into_response(), position))
    }
}

#[cfg(test)]
mod tests {
    use statevec_host::StoredRecord;

    use super::{PAGE_BYTES, Page};

    impl Page {
        fn next_sys_id(&self) -> Option<u64> {
            self.next.as_ref().map(|(sys_id, _)| *sys_id)
        }
    }

    #[test]
    fn a_page_of_long_records_ends_before_its_limit() {
        let data = vec![0; PAGE_BYTES / 3];
        let record = |sys_id| StoredRecord { sys_id, data: &data };
        let page = Page::of((1..=9).map(record), 1000);
        assert_eq!((page.records.len(), page.next_sys_id()), (4, Some(5)));
        let longest = vec![0; 2 * PAGE_BYTES];
        let page = Page::of((1..=9).map(|sys_id| StoredRecord { sys_id, data: &longest }), 1000);
        assert_eq!((page.records.len(), page.next_sys_id()), (1, Some(2)), "a page is never empty");
        let page = Page::of((1..=9).map(record), 2);
        assert_eq!((page.records.len(), page.next_sys_id()), (2, Some(3)));
        assert_eq!(Page::of((1..=2).map(record), 2).next_sys_id(), None);
    }
}
