//! The Grafana dashboard, beside the metrics that a server has.

use serde_json::Value;

const DASHBOARD: &str = include_str!("../../ops/dashboard.json");

/// The panels for every server.
pub(crate) fn of_all() -> Vec<Value> {
    let panels = panels();
    panels.into_iter().filter(|panel| panel["type"] != "row").collect()
}

/// The panels of a row.
#[allow(dead_code, reason = "only the tests of replicas have such a row")]
pub(crate) fn of_row(title: &str) -> Vec<Value> {
    let panels = panels();
    let row = panels.iter().find(|panel| panel["title"] == title && panel["type"] == "row");
    row.unwrap()["panels"].as_array().unwrap().clone()
}

fn panels() -> Vec<Value> {
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    dashboard["panels"].as_array().unwrap().clone()
}

/// Asserts that all metrics of panels are in the text of `/metrics`. Returns how many there are.
#[track_caller]
pub(crate) fn assert_served(panels: &[Value], text: &str) -> usize {
    let mut names = Vec::new();
    for panel in panels {
        for target in panel["targets"].as_array().unwrap() {
            let query = target["expr"].as_str().unwrap();
            let words = query.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            names.extend(words.filter(|word| word.starts_with("statevec_")).map(str::to_owned));
        }
    }
    for name in &names {
        let is_served = text
            .lines()
            .any(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' '])));
        assert!(is_served, "{name} is not among the metrics:\n{text}");
    }
    names.len()
}
