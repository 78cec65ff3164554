//! Tests of requests that are refused: bodies, paths, origins and tokens.

use super::{
    client::Client,
    process::{Server, deposit},
};

#[test]
fn a_body_that_is_no_command_is_refused_with_its_place_and_nothing_runs() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &[]);
    for (line, column, bad) in [
        (2, 1, "nonsense"),
        (2, 15, r#"{"command":}"#),
        (2, 12, r#"{"command":"Steal","payload":{}}"#),
        (2, 52, r#"{"command":"Deposit","payload":{"account_id":1}}"#),
        (2, 2, r#"{"comand":"Deposit"}"#),
        (2, 62, r#"{"command":"Deposit","payload":{"account_id":1,"amount":1.5}}"#),
    ] {
        let body = format!("{}\n{bad}\n{}", deposit(1, 1), deposit(1, 1));
        let refused = server.post(&body).expect(422, &format!(r#""line":{line}"#));
        assert_eq!(refused.header("content-type"), Some("application/problem+json"));
        let at: serde_json::Value = serde_json::from_str(&refused.body).unwrap();
        assert!(at["column"].as_u64().unwrap() <= column, "{}", refused.body);
    }
    server.post("").expect(422, "the body has no command");
    server.get("/status").expect(200, r#""entry":0"#);
}

#[test]
fn a_body_of_another_kind_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &["--body-bytes", "1024"]);
    let send = |headers: &[(&str, &str)], body: &[u8]| {
        server.client().request("POST", "/commands", headers, body).unwrap()
    };
    let json = ("content-type", "application/json");
    send(&[], b"{}").expect(415, "the Content-Type must be");
    send(&[("content-type", "text/plain")], b"{}").expect(415, "the Content-Type must be");
    send(&[json, ("content-encoding", "gzip")], b"{}").expect(415, "Content-Encoding");
    send(&[json], &[b' '; 1025]).expect(413, r#""limit":1024"#);
    send(&[json], &[0xff; 100]).expect(422, r#""line":1,"column":1"#);
    send(&[json], &[b'['; 1000]).expect(422, "expected an object");
    send(&[json, ("idempotency-key", "a b")], deposit(1, 1).as_bytes())
        .expect(422, "visible ASCII");
    server.get("/status").expect(200, r#""entry":0"#);
}

#[test]
fn a_chunked_body_is_cut_off_at_the_limit() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &["--body-bytes", "1024"]);
    let mut client = server.client();
    let head = "POST /commands HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
        transfer-encoding: chunked\r\n\r\n";
    client.send(head.as_bytes()).unwrap();
    for _ in 0..3 {
        client.send(format!("200\r\n{}\r\n", " ".repeat(512)).as_bytes()).unwrap();
    }
    client.response().unwrap().expect(413, "longer than 1024 bytes");
}

#[test]
fn paths_and_methods_that_do_not_exist_lead_nowhere() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &[]);
    for path in [
        "/nope",
        "/../../etc/passwd",
        "/records/..%2f..%2fetc%2fpasswd",
        "/records/%2e%2e",
        "/%00",
        "/records/",
        "//commands",
        "/commands/",
        "/page.js/../../Cargo.toml",
    ] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
    server.get("/commands").expect(405, "takes no GET");
    for method in ["DELETE", "PUT", "OPTIONS", "TRACE", "BREW"] {
        let answer = server.client().request(method, "/commands", &[], b"").unwrap();
        answer.expect(405, &format!("takes no {method}"));
    }
}

#[test]
fn pages_of_other_sites_can_neither_write_nor_read() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &[]);
    let evil = [("origin", "http://evil.example")];
    server.client().post(&deposit(1, 1), &evil).expect(403, "another origin");
    let answer = server.client().request("GET", "/status", &evil, b"").unwrap();
    assert_eq!(answer.header("access-control-allow-origin"), None);
    let mut rebound = Client::connect(server.address);
    rebound.send(b"GET /status HTTP/1.1\r\nhost: evil.example\r\n\r\n").unwrap();
    rebound.response().unwrap().expect(421, "--token-file");
    server.get("/status").expect(200, r#""entry":0"#);
}

#[test]
fn a_token_that_is_wrong_by_one_byte_is_refused_everywhere() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("token");
    let secret = "correct-horse-battery";
    std::fs::write(&file, format!("{secret}\n")).unwrap();
    let file = file.to_str().unwrap();
    let server = Server::start(&dir.path().join("data"), &["--token-file", file]);
    let ask = |path: &str, value: &str| {
        let headers = [("authorization", value)];
        server.client().request("GET", path, &headers, b"").unwrap()
    };
    for path in [
        "/status",
        "/records/Account",
        "/schema",
        "/metrics",
        "/entries",
        "/events",
        "/openapi.json",
    ] {
        let refused = server.get(path).expect(401, "Authorization: Bearer TOKEN");
        assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
        ask(path, "Bearer correct-horse-batterz").expect(401, "");
        ask(path, "Bearer correct-horse-batter").expect(401, "");
        ask(path, &format!("Basic {secret}")).expect(401, "");
    }
    server.post(&deposit(1, 1)).expect(401, "");
    ask("/status", &format!("Bearer {secret}")).expect(200, r#""entry":0"#);
    server.get("/health").expect(200, "ok");
    let (_, log) = server.stop();
    assert!(!log.contains(secret), "the secret is in the log");
}
