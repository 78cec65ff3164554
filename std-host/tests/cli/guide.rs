//! The commands of the guide, run one after another as a reader would: each must print what stands
//! below it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};

use super::bank::bank;
use super::readme::{COMMANDS, run_all};

/// Returns false if a program is missing, and says which page is skipped.
fn has(programs: &[&str], page: &str) -> bool {
    let works = |program: &&&str| {
        let mut command = Command::new(program);
        command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    let missing = programs.iter().find(|program| !works(program));
    if let Some(missing) = missing {
        eprintln!("{page}: skipped, because there is no {missing}");
    }
    missing.is_none()
}

fn run(page: &str, folder: &Path, least: usize) {
    let count = run_all(page, folder, str::to_owned);
    assert!(count >= least, "only {count} commands were found");
}

#[test]
fn the_page_on_c_is_not_true() {
    if has(&["cc", "make"], "c.md") {
        let folder = tempfile::tempdir().unwrap();
        run(include_str!("../../docs/c.md"), folder.path(), 8);
    }
}

#[test]
fn the_page_on_schemas_is_not_true() {
    if has(&["cc", "make", "sed"], "schema.md") {
        let folder = tempfile::tempdir().unwrap();
        run(include_str!("../../docs/schema.md"), folder.path(), 11);
    }
}

#[test]
fn the_page_on_determinism_is_not_true() {
    let folder = tempfile::tempdir().unwrap();
    symlink(bank(), folder.path().join("libbank.so")).unwrap();
    symlink(COMMANDS, folder.path().join("commands.jsonl")).unwrap();
    run(include_str!("../../docs/determinism.md"), folder.path(), 2);
}

/// Builds a project twice, which takes a minute: CI asks for it.
#[test]
fn the_page_on_the_first_plugin_is_not_true() {
    if std::env::var_os("STATEVEC_GUIDE").is_none() {
        eprintln!("plugin.md: skipped, because STATEVEC_GUIDE is not set");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    run(include_str!("../../docs/plugin.md"), folder.path(), 10);
}

#[test]
fn a_page_is_missing_in_the_list() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let list = fs::read_to_string(docs.join("guide.md")).unwrap();
    for page in fs::read_dir(docs).unwrap() {
        let name = page.unwrap().file_name().into_string().unwrap();
        assert!(name == "guide.md" || list.contains(&format!("]({name})")), "{name}");
    }
}
