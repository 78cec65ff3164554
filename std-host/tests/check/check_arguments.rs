//! Arguments, exit codes, and the forms of the report.

use std::{fs, path::Path};

use assert_cmd::Command;

use super::{check, ended, library};

#[test]
fn a_check_that_does_not_exist() {
    let checked = check(&library("statevec_bank_so"), &["--only", "everything"]);
    assert_eq!(checked.code, Some(2));
    assert!(checked.err.contains("there is no such check; --list shows all"), "{}", checked.err);
}

#[test]
fn a_plugin_that_does_not_exist() {
    let checked = check(Path::new("nowhere.so"), &[]);
    assert_eq!(checked.code, Some(2));
    assert!(checked.err.contains("cannot find the plugin nowhere.so"), "{}", checked.err);
}

#[test]
fn a_file_that_is_no_plugin() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plugin.so");
    fs::write(&file, "not a library").unwrap();
    let checked = check(&file, &["--json"]);
    assert_eq!(checked.code, Some(1));
    assert_eq!(checked.with("fail"), ["load"]);
    assert!(checked.with("pass").is_empty() && checked.with("skip").len() > 20);
}

#[test]
fn an_example_that_is_no_command() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("examples.jsonl");
    fs::write(&file, "\n{\"command\":\"Deposit\",\"payload\":{\"account_id\":1}}\n").unwrap();
    let checked = check(&library("statevec_bank_so"), &["--examples", file.to_str().unwrap()]);
    assert_eq!(checked.code, Some(2));
    assert!(checked.err.contains("example 1 is not a command of this plugin"), "{}", checked.err);
}

#[test]
fn a_configuration_that_the_plugin_refuses() {
    let args =
        ["--json", "--config", "max_amount = none", "--only", "create", "--only", "commands"];
    let checked = check(&library("statevec_bank_so"), &args);
    assert_eq!(checked.code, Some(1));
    assert_eq!(checked.with("fail"), ["create"]);
    assert_eq!(checked.with("skip"), ["commands"]);
    assert!(checked.out.contains("give a configuration that the plugin takes"), "{}", checked.out);
}

#[test]
fn the_list_lacks_a_check() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_statevec-host"));
    let listed = ended(command.args(["check", "--list"]));
    assert_eq!(listed.code, Some(0), "{}", listed.err);
    for check in statevec_host::check::CHECKS {
        assert!(listed.out.contains(&format!("{} (", check.name)), "{}", check.name);
    }
}

#[test]
fn warnings_that_pass_when_the_run_is_strict() {
    let plugin = library("statevec_published_plugin");
    let folder = tempfile::tempdir().unwrap();
    let xml = folder.path().join("report.xml");
    let args = ["--only", "panics", "--only", "load", "--junit", xml.to_str().unwrap()];
    let checked = check(&plugin, &args);
    assert_eq!(checked.code, Some(0), "{}", checked.err);
    let text = fs::read_to_string(&xml).unwrap();
    assert!(text.contains(r#"tests="2""#) && text.contains(r#"failures="0""#), "{text}");
    assert!(text.contains("<system-out>warn: "), "{text}");

    let checked = check(&plugin, &[&args[..], &["--strictness", "strict"]].concat());
    assert_eq!(checked.code, Some(1), "{}", checked.err);
    assert!(checked.err.contains("checks that failed: 1"), "{}", checked.err);
    let text = fs::read_to_string(&xml).unwrap();
    assert!(text.contains(r#"failures="1""#), "{text}");
}
