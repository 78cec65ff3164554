//! Plugins that keep the contract: nothing fails, and each warning has its reason.

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use super::{check, library};

/// Nothing fails or is skipped, and these checks warn.
#[track_caller]
fn passes(library: &Path, warnings: &[&str]) {
    let checked = check(library, &["--json"]);
    assert_eq!(checked.code, Some(0), "{}{}", checked.out, checked.err);
    assert_eq!(checked.with("warn"), warnings, "{}", checked.out);
    assert_eq!(checked.with("skip"), [""; 0], "{}", checked.out);
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

#[test]
fn the_c_plugin_does_not_pass() {
    let folder = tempfile::tempdir().unwrap();
    let plugin = folder.path().join("libinventory.so");
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let source = repository.join("examples/c-plugin/inventory.c");
    if compile(&source, &repository.join("core/include"), &plugin) {
        passes(&plugin, &["panics"]);
    }
}

#[test]
fn a_new_plugin_in_c_does_not_pass() {
    let folder = tempfile::tempdir().unwrap();
    let mut new = Command::new(env!("CARGO_BIN_EXE_statevec-host"));
    let status = new.current_dir(&folder).args(["new", "stock", "--c"]).status().unwrap();
    assert!(status.success());
    let project = folder.path().join("stock");
    let plugin = project.join("libstock.so");
    if compile(&project.join("plugin.c"), &project.join("include"), &plugin) {
        passes(&plugin, &["panics"]);
    }
}

/// Makes a library of a source in C; false, with a note, if there is no compiler.
fn compile(source: &Path, include: &Path, library: &Path) -> bool {
    let mut compiler = Command::new("cc");
    compiler.args(["-std=c11", "-shared", "-fPIC", "-O1", "-I"]).arg(include);
    match compiler.arg("-o").arg(library).arg(source).status() {
        Ok(status) => {
            assert!(status.success(), "{} does not compile", source.display());
            true
        }
        Err(error) => {
            eprintln!("skipped, because there is no C compiler: {error}");
            false
        }
    }
}
