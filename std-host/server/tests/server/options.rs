//! Tests of options, from arguments and from a file.

use std::{fs, path::Path, process::Output};

use super::process::{Server, bank, deposit, program};

fn check(dir: &Path, options: &str, more: &[&str]) -> (Option<i32>, String) {
    let file = dir.join("options.toml");
    fs::write(&file, options).unwrap();
    let Output { status, stdout, stderr } =
        program().arg("--options").arg(file).arg("--check-config").args(more).output().unwrap();
    let text = [stdout, stderr].concat();
    (status.code(), String::from_utf8(text).unwrap())
}

#[test]
fn a_file_can_hold_every_option() {
    let dir = tempfile::tempdir().unwrap();
    let token = dir.path().join("token");
    fs::write(&token, "0123456789abcdef").unwrap();
    let limits = dir.path().join("limits.toml");
    fs::write(&limits, "events = 2").unwrap();
    let options = format!(
        "limits = {limits:?}\nplugin = {:?}\ndata = {:?}\nlisten = \"0.0.0.0:7341\"\ntoken-file = {token:?}\n\
         insecure = false\nconfig = \"\"\nallow-world-writable = true\non-failure = \"skip\"\n\
         strict-sequence = true\nrecords-per-kind = 5\ntransaction-bytes = 1000\n\
         segment-bytes = 100000\ncheckpoint-bytes = 10\nkeep-entries = 100\n\
         idempotency-keys = 10\nconnections = 10\nbody-bytes = 2000\nbodies-bytes = 4000\n\
         queue-commands = 10\nrequest-seconds = 1\nresponse-seconds = 1\nstop-seconds = 1\n\
         log-format = \"json\"\nlog-level = \"debug\"\n",
        bank(),
        dir.path().join("data"),
    );
    let (code, text) = check(dir.path(), &options, &[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("the options are right: plugin ") && text.contains("with a token"),
        "{text}"
    );
    assert!(!dir.path().join("data").exists(), "a check changes nothing");
}

#[test]
fn wrong_options_are_named_with_their_remedy() {
    let dir = tempfile::tempdir().unwrap();
    let plugin = format!("plugin = {:?}\n", bank());
    let base = format!("{plugin}data = \"data\"\n");
    let short = dir.path().join("short");
    fs::write(&short, "secret").unwrap();
    let short = short.to_str().unwrap();
    for (options, more, error) in [
        ("", &[][..], "the option plugin is missing; give --plugin PATH"),
        (plugin.as_str(), &[], "the option data is missing; give --data DIR"),
        (&format!("{plugin}data = {short:?}"), &[], "short: is no folder; name one, or a new one"),
        ("plugin = 'nope.so'\ndata = 'd'", &[], "plugin nope.so: cannot be found"),
        (&format!("{base}lisen = 1"), &[], "unknown field `lisen`"),
        (&format!("{base}listen = 'here'"), &[], "invalid socket address"),
        (
            &format!("{base}listen = '0.0.0.0:1'"),
            &[],
            "0.0.0.0:1 can be reached from other machines",
        ),
        (&base, &["--listen", "[::]:1"], "can be reached from other machines; give --token-file"),
        (&base, &["--token-file", short], "has fewer than 16 characters"),
        (&base, &["--token-file", "nope"], "token-file nope: cannot be read"),
        (&base, &["--config", "a", "--config-file", "b"], "config and config-file exclude"),
        (&base, &["--limits", "nope"], "limits nope: cannot be read"),
        (&base, &["--body-bytes", "1"], "body-bytes is 1; it must be from 1024 to"),
        (&base, &["--log-level", "loud=loud"], "log-level is \"loud=loud\""),
        (&base, &["--log-level", "inof"], "log-level is \"inof\"; it must be error, warn"),
        (&base, &["--log-level", "info,debgu"], "log-level is \"info,debgu\""),
        (&base, &["--sha256", "abc"], "sha256: "),
        (&base, &["--digest-commands", "5"], "the option nats is missing; give --nats"),
        (&base, &["--command-seconds", "5"], "the option nats is missing; give --nats"),
    ] {
        let (code, text) = check(dir.path(), options, more);
        assert_eq!(code, Some(2), "{text}");
        assert!(text.contains(error), "{error:?} is not in {text}");
    }
}

#[test]
fn arguments_count_before_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("options.toml");
    fs::write(&file, "config = \"max_amount = 10\"\ndata = \"/nowhere\"\n").unwrap();
    let data = dir.path().join("data");
    let server = Server::start(&data, &["--options", file.to_str().unwrap()]);
    server.post(&deposit(1, 11)).expect(200, "rejected");
    server.post(&deposit(1, 10)).expect(200, "committed");
}

#[test]
fn commands_beyond_the_plugin_s_limits_are_rejected() {
    let dir = tempfile::tempdir().unwrap();
    let (limits, data) = (dir.path().join("limits.toml"), dir.path().join("data"));
    let file = limits.to_str().unwrap();
    fs::write(&limits, "events = 1").unwrap();
    let server = Server::start(&data, &[]);
    server.post(&deposit(1, 5)).expect(200, "committed");
    drop(server);
    let server = Server::start(&data, &["--limits", file]);
    server.post(&deposit(1, 5)).expect(200, "limit events: one command may emit 1 events");
    server.get("/entries").expect(200, "\"plugin_limits\":{\"events\":1}");
}

/// A service manager does not start the server again after exit code 2.
#[test]
fn options_that_do_not_fit_the_plugin_are_tried_again() {
    let dir = tempfile::tempdir().unwrap();
    let limits = dir.path().join("limits.toml");
    fs::write(&limits, "create = [\"Acount\"]").unwrap();
    let (bank, folder) = (bank(), dir.path());
    for (plugin, more, error) in [
        (bank.as_path(), [Path::new("--limits"), &limits], "the schema has no record Acount"),
        (
            &bank,
            ["--config", "max_amount = 0"].map(Path::new),
            "error: plugin bank cannot be created",
        ),
        (folder, ["--config", ""].map(Path::new), "is a folder without Cargo.toml"),
    ] {
        let mut program = program();
        program.arg("--plugin").arg(plugin).arg("--data").arg(dir.path().join("data"));
        let Output { status, stderr, .. } = program.args(more).output().unwrap();
        let text = String::from_utf8(stderr).unwrap();
        assert_eq!(status.code(), Some(2), "{text}");
        assert!(text.contains(error), "{error:?} is not in {text}");
    }
}
