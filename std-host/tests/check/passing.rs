//! Plugins that keep the contract: nothing fails, and each warning has its reason.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use super::{check, library};

/// The checks that need a kernel's answers that this system does not give.
const NOT_MEASURED: &[&str] =
    if cfg!(target_os = "linux") { &[] } else { &["create-destroy", "process-state"] };

/// Nothing fails or is skipped without need, and these checks warn.
#[track_caller]
pub(crate) fn passes(library: &Path, warnings: &[&str]) {
    let checked = check(library, &["--json"]);
    assert_eq!(checked.code, Some(0), "{}{}", checked.out, checked.err);
    assert_eq!(checked.with("warn"), warnings, "{}", checked.out);
    assert_eq!(checked.with("skip"), NOT_MEASURED, "{}", checked.out);
}

#[test]
fn the_bank_does_not_pass_or_takes_too_long() {
    let start = Instant::now();
    passes(&library("statevec_bank_so"), &[]);
    // 30 s on two idle cores; other tests run at the same time.
    assert!(start.elapsed() < Duration::from_secs(90), "{:?}", start.elapsed());
}

#[test]
fn the_copy_of_the_bank_without_a_defect_does_not_pass() {
    passes(&library("statevec_defective"), &[]);
}

#[test]
fn the_boxed_plugin_does_not_pass() {
    passes(&library("statevec_boxed_so"), &[]);
}

#[test]
fn the_published_plugin_fails_where_its_crates_differ() {
    passes(
        &library("statevec_published_plugin"),
        &["panics", "malformed-payloads", "host-failures"],
    );
    let args = ["--only", "malformed-payloads", "--only", "host-failures"];
    let checked = check(&library("statevec_published_plugin"), &args);
    let text = checked.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("The published crate panics here itself"), "{text}");
}
