//! Files and folders with unusual names.

use std::fs;
use std::path::Path;

use super::bank::bank;
use super::{Ended, ended, program};

const COMMANDS: &str = r#"{"command":"Deposit","payload":{"account_id":1,"amount":1}}"#;

/// A durable run, and one that writes its records, with all files in a folder.
fn run_in(folder: &Path) -> [Ended; 2] {
    let [plugin, commands, config] =
        ["a plugin.dll", "commands.jsonl", "bank.toml"].map(|name| folder.join(name));
    fs::copy(bank(), &plugin).unwrap();
    fs::write(&commands, COMMANDS).unwrap();
    fs::write(&config, "max_amount = 1").unwrap();
    [["--data", "data"], ["--state-out", "state.jsonl"]].map(|[option, name]| {
        let mut program = program();
        program.args(["run", "--quiet", "--plugin"]).arg(&plugin).arg("--commands").arg(&commands);
        ended(program.arg("--config-file").arg(&config).arg(option).arg(folder.join(name)))
    })
}

#[test]
fn spaces_other_letters_and_more_than_260_characters_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let mut folder = dir.path().join("with spaces").join("größe 大小 🏦");
    while folder.as_os_str().len() < 300 {
        folder.push("a name of forty characters, or nearly so");
    }
    fs::create_dir_all(&folder).unwrap();
    for ended in run_in(&folder) {
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        assert!(ended.out.contains("committed"), "{}", ended.out);
    }
    assert!(fs::read_to_string(folder.join("state.jsonl")).unwrap().contains("\"Account\""));
    assert!(folder.join("data/log/00000000000000000001.txlog").is_file());
}

/// The form that `canonicalize` gives.
#[test]
#[cfg(windows)]
fn verbatim_path_is_read_as_it_stands() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().canonicalize().unwrap();
    assert!(folder.to_str().unwrap().starts_with(r"\\?\"));
    for ended in run_in(&folder) {
        assert_eq!(ended.code, Some(0), "{}", ended.err);
    }
}
