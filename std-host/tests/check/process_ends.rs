//! Plugins that end the process or never return, on each system.

use super::{check, library};

#[test]
fn a_process_that_the_plugin_ends_is_no_finding() {
    for (defect, timeout, why) in [
        ("abort on three", "20", "the plugin ended the process"),
        ("exit", "20", "the plugin ended the process"),
        ("endless loop on three", "2", "it did not end within 2 s"),
    ] {
        let config = format!("defect = {defect}");
        let args = ["--json", "--only", "commands", "--timeout", timeout, "--config", &config];
        let checked = check(&library("statevec_defective"), &args);
        assert_eq!(checked.code, Some(1), "{defect}: {}", checked.err);
        let finding = checked.report()["checks"][0]["findings"][0].clone();
        assert!(finding["why"].as_str().unwrap().starts_with(why), "{defect}: {finding}");
        assert!(!finding["commands"].as_array().unwrap().is_empty(), "{defect}: {finding}");
    }
}
