//! Builds that are refused, and requests.

use std::{
    fs,
    os::unix::ffi::OsStrExt as _,
    thread,
    time::{Duration, Instant},
};

use rustix::process::Signal;
use statevec_bank_other::{ABORTS, HANGS, REFUSED_ACCOUNT, REJECTED};

use super::{Place, change, other, refused, running, sha256, wait_for};
use crate::process::{bank, deposit, library};

#[test]
fn a_build_with_another_result_is_refused_with_the_first_difference() {
    let place = Place::new();
    let server = place.start(&[]);
    server.post(&deposit(1, 5)).expect(200, "committed");
    server.post(&deposit(7, REJECTED)).expect(200, "committed");
    let next = place.put(&other());
    refused(
        &server,
        "",
        "divergence",
        r#"entry 2, ext_seq 2, Deposit {\"account_id\":7,\"amount\":1013}: outcome: recorded"#,
    );
    let metrics = server.get("/metrics").body;
    assert!(metrics.contains(r#"statevec_plugin_changes_total{result="refused"} 1"#), "{metrics}");

    // Entries before the difference, or none, may be compared if the difference is intended.
    change(&server, "?compare_entries=0").expect(200, r#""commands":0"#);
    assert_eq!(running(&server), next);
    server.post(&deposit(7, REJECTED)).expect(200, "1013 is no amount");

    // The build that runs answers entries of the build before otherwise: they are left out.
    place.put(&bank());
    refused(&server, "", "divergence", "entry 5, ext_seq 4");
    server.stop();
    assert_eq!(place.replay().divergences(), 0);
}

#[test]
fn a_build_that_ends_its_process_or_never_returns_does_not_harm_the_server() {
    let place = Place::new();
    let server = place.start(&["--compare-seconds", "2"]);
    server.post(&deposit(1, HANGS)).expect(200, "committed");
    place.put(&other());
    refused(&server, "", "time", "--compare-seconds");
    server.post(&deposit(1, ABORTS)).expect(200, "committed");
    refused(&server, "?compare_entries=2", "crash", "signal: 6");
    let place = Place::new();
    let server = place.start(&[]);
    server.post(&deposit(REFUSED_ACCOUNT, 5)).expect(200, "committed");
    place.put(&other());
    refused(&server, "", "invariant", "there is an account 4444");
}

#[test]
fn a_file_that_is_no_build_of_the_plugin_is_refused() {
    let place = Place::new();
    let server = place.start(&[]);
    server.post(&deposit(1, 5)).expect(200, "committed");
    place.put_bytes(b"no library");
    refused(&server, "", "load", "plugin.so");
    place.put(&library("statevec_unruly"));
    refused(&server, "", "plugin", "the build is plugin unruly, and the directory belongs to");
    place.put(&library("statevec_bank_next"));
    refused(&server, "", "schema", "statevec-host migrate");
    fs::remove_file(place.plugin()).unwrap();
    refused(&server, "", "options", "cannot be found");
    // The file that runs is no other build.
    place.put(&bank());
    change(&server, "").expect(200, r#""changed":false"#);
}

#[test]
fn only_the_expected_build_is_taken() {
    let place = Place::new();
    let server = place.start(&[]);
    server.post(&deposit(1, 5)).expect(200, "committed");
    let before = running(&server);
    let next = place.put(&other());
    refused(&server, &format!("?sha256={before}"), "load", &next);
    change(&server, "?sha256=12").expect(400, "sha256: a SHA-256 digest has 64");
    change(&server, "?compare_entries=x").expect(400, "must be a whole number");
    change(&server, "?file=x").expect(400, "unknown parameter");
    let body = server.client().request("POST", "/plugin", &[], b"/tmp/other.so").unwrap();
    body.expect(422, "takes no body");
    server.get("/plugin").expect(405, "takes no GET");
    change(&server, &format!("?sha256={next}")).expect(200, r#""changed":true"#);
    assert_eq!(running(&server), next);
}

#[test]
fn a_pin_holds_until_the_file_of_options_names_another_build() {
    let place = Place::new();
    let file = place.0.path().join("server.toml");
    let write = |pin: &str| fs::write(&file, format!("sha256 = \"{pin}\"\n")).unwrap();
    write(&sha256(&fs::read(bank()).unwrap()));
    let server = place.start(&["--options", file.to_str().unwrap()]);
    server.post(&deposit(1, 5)).expect(200, "committed");
    let next = place.put(&other());
    refused(&server, "", "load", &next);
    refused(&server, &format!("?sha256={next}"), "load", "the option sha256 pins");
    write("12");
    refused(&server, "", "options", "sha256: a SHA-256 digest has 64");
    write(&next);
    change(&server, "").expect(200, r#""changed":true"#);
    server.kill();
    let server = place.start(&["--options", file.to_str().unwrap()]);
    assert_eq!(running(&server), next);
}

#[test]
fn a_request_without_the_token_loads_nothing() {
    let place = Place::new();
    let file = place.0.path().join("token");
    fs::write(&file, "correct-horse-battery\n").unwrap();
    let server = place.start(&["--token-file", file.to_str().unwrap()]);
    place.put(&other());
    change(&server, "").expect(401, "Authorization: Bearer TOKEN");
    let headers = [("authorization", "Bearer correct-horse-battery")];
    let ask = |more: &[(&str, &str)]| {
        let headers = [&headers[..], more].concat();
        server.client().request("POST", "/plugin", &headers, b"").unwrap()
    };
    ask(&[("origin", "http://evil.example")]).expect(403, "another origin");
    ask(&[]).expect(200, r#""changed":true"#);
}

#[test]
fn a_trial_that_never_returns_ends_with_its_server() {
    let place = Place::new();
    let server = place.start(&["--compare-seconds", "600"]);
    server.post(&deposit(1, HANGS)).expect(200, "committed");
    place.put(&other());
    server.signal(Signal::HUP);
    wait_for(&server, "trying the build");
    let data = place.data();
    let is_trying = || {
        let processes = fs::read_dir("/proc").unwrap().flatten();
        let mut lines =
            processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
        lines.any(|line| {
            let mut arguments = line.split(|byte| *byte == 0);
            arguments.any(|argument| argument == b"--trial-data")
                && arguments.any(|argument| argument == data.as_os_str().as_bytes())
        })
    };
    let wait_until = |expected: bool| {
        let began = Instant::now();
        while is_trying() != expected {
            assert!(began.elapsed() < Duration::from_secs(60), "the trial runs: {}", !expected);
            thread::sleep(Duration::from_millis(20));
        }
    };
    wait_until(true);
    change(&server, "").expect(409, "another build is being tried");
    server.kill();
    wait_until(false);
}
