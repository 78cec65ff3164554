//! Tests of records: by key, by number, and in pages.

use super::process::{Server, deposit, library};

fn with_accounts(dir: &std::path::Path, last: u64) -> Server {
    let server = Server::start(dir, &[]);
    let body: Vec<String> = (1..=last).map(|account| deposit(account, 10 * account)).collect();
    server.post(&body.join("\n")).expect(200, "");
    server
}

#[test]
fn a_record_is_found_by_key_and_by_number() {
    let dir = tempfile::tempdir().unwrap();
    let server = with_accounts(dir.path(), 3);
    for path in [
        "/records/Account?key=3",
        "/records/Account?key=%7B%22account_id%22:3%7D",
        "/records/Account?sys_id=4",
        "/state/inspect-by-sysid?record=Account&sys_id=4",
        "/state/inspect-by-sysid?kind=1&sys_id=4",
    ] {
        server
            .get(path)
            .expect(200, r#"{"record":"Account","sys_id":4,"data":{"account_id":3,"balance":30"#);
    }
    server.get("/state/stats").expect(200, r#"{"records":{"Account":4}}"#);
}

#[test]
fn a_record_that_does_not_exist_is_404_and_a_wrong_parameter_400() {
    let dir = tempfile::tempdir().unwrap();
    let server = with_accounts(dir.path(), 1);
    server.get("/records/Account?key=99").expect(404, "no such record");
    server.get("/records/Account?sys_id=99").expect(404, "no such record");
    server.get("/records/Acount").expect(404, "it has: Account");
    for (query, text) in [
        ("key=x", "give a JSON value for account_id"),
        ("key=%22x%22", "expected a whole number"),
        ("key=-1", "expected a whole number from 0 to"),
        ("key=%7B%7D", "account_id"),
        ("key=1&sys_id=1", "exclude each other"),
        ("sys_id=1&sys_id=2", "stands there twice"),
        ("sysid=1", "known are: key, key_from, key_to, sys_id, from, limit"),
        ("key_from=1", "has no key ranges"),
        ("key_from=1&key=1", "key_from and key_to exclude key"),
        ("key_to=x", "give a JSON value for account_id"),
        ("limit=0", "limit must be from 1 to 1000"),
        ("from=-1", "from must be a whole number"),
    ] {
        server.get(&format!("/records/Account?{query}")).expect(400, text);
    }
}

#[test]
fn pages_hold_each_record_once() {
    let dir = tempfile::tempdir().unwrap();
    let server = with_accounts(dir.path(), 24);
    let (mut from, mut seen) = (1_u64, Vec::new());
    loop {
        let page = server.get(&format!("/records/Account?from={from}&limit=7"));
        let page: serde_json::Value = serde_json::from_str(&page.expect(200, "").body).unwrap();
        assert_eq!(page["total"], 25);
        let records = page["records"].as_array().unwrap();
        seen.extend(records.iter().map(|record| record["sys_id"].as_u64().unwrap()));
        match page["next"].as_u64() {
            Some(next) => from = next,
            None => break,
        }
    }
    assert_eq!(seen, (1..=25).collect::<Vec<u64>>());
}

#[test]
fn a_range_of_keys_leaves_out_a_record_or_is_out_of_order() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::with_plugin(&library("statevec_unruly"), dir.path(), &[]);
    let line = |ext_seq: u64| {
        format!(r#"{{"command":"Do","payload":{{"what":"fine"}},"ext_seq":{ext_seq}}}"#)
    };
    let body: Vec<String> = [3, 70, 255, 256, 1000].map(line).into();
    server.post(&body.join("\n")).expect(200, "");
    let page = |query: &str| {
        let page = server.get(&format!("/records/Done?{query}")).expect(200, "").body;
        let page: serde_json::Value = serde_json::from_str(&page).unwrap();
        let records = page["records"].as_array().unwrap();
        let keys: Vec<_> =
            records.iter().map(|record| record["data"]["ext_seq"].as_u64().unwrap()).collect();
        (keys, page["next_key"].to_string())
    };
    let end = "null".to_owned();
    assert_eq!(page("key_from=70&key_to=256"), (vec![70, 255, 256], end.clone()));
    assert_eq!(page("key_to=255"), (vec![3, 70, 255], end.clone()));
    assert_eq!(page("key_from=1001"), (vec![], end.clone()));
    assert_eq!(page("key_from=4&limit=2"), (vec![70, 255], r#"{"ext_seq":256}"#.to_owned()));
    assert_eq!(page("key_from=%7B%22ext_seq%22:256%7D&limit=2"), (vec![256, 1000], end));
}
