//! Plugins in C that keep the contract.

use std::{path::Path, process::Command};

use super::passing::passes;

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
