//! The Grafana dashboard, beside the metrics that the server has.

use super::{
    panels,
    process::{Server, deposit},
};

#[test]
fn every_metric_of_the_dashboard_is_served() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &[]);
    server.post(&deposit(1, 1)).expect(200, "committed");
    let text = server.get("/metrics").expect(200, "# EOF").body;
    let metrics = panels::assert_served(&panels::of_all(), &text);
    assert!(metrics >= 15, "only {metrics} metrics");
}
