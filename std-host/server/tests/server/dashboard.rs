//! The Grafana dashboard, beside the metrics that the server has.

use serde_json::Value;

use super::process::{Server, deposit};

const DASHBOARD: &str = include_str!("../../ops/dashboard.json");

#[test]
fn every_metric_of_the_dashboard_is_served() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &[]);
    server.post(&deposit(1, 1)).expect(200, "committed");
    let text = server.get("/metrics").expect(200, "# EOF").body;
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let mut names = Vec::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().unwrap() {
            let query = target["expr"].as_str().unwrap();
            let words = query.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            names.extend(words.filter(|word| word.starts_with("statevec_")).map(str::to_owned));
        }
    }
    assert!(names.len() >= 15, "{names:?}");
    for name in names {
        let is_served = text
            .lines()
            .any(|line| line.strip_prefix(&name).is_some_and(|rest| rest.starts_with(['{', ' '])));
        assert!(is_served, "{name} is not among the metrics:\n{text}");
    }
}
