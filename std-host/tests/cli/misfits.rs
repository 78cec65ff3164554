//! Data directories whose parts do not fit together, or that are of another program.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::data::{COMMANDS, json, quick_folder, run_on, statevec};

/// A directory with the bank's commands and a checkpoint.
pub(crate) fn recorded(folder: &Path) -> PathBuf {
    let data = folder.join("data");
    let ran = run_on(&data, COMMANDS, &["--sync-every", "16"]);
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    json(&statevec(&["checkpoint", data.to_str().unwrap(), "--json"]));
    data
}

fn only_file(folder: &Path) -> PathBuf {
    let mut files = folder.read_dir().unwrap();
    let file = files.next().unwrap().unwrap().path();
    assert!(files.next().is_none());
    file
}

/// No run starts, with an error that says these words; the directory stays as it is.
fn refuses_to_start(data: &Path, words: &[&str]) {
    let ran = run_on(data, COMMANDS, &["--ext-seq", "line"]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""));
    for word in words {
        assert!(ran.err.contains(word), "{word:?} is not in {}", ran.err);
    }
}

#[test]
fn log_of_a_later_version_is_left_alone() {
    let folder = quick_folder();
    let data = recorded(folder.path());
    let segment = only_file(&data.join("log"));
    let mut bytes = fs::read(&segment).unwrap();
    bytes[8] = 2;
    fs::write(&segment, &bytes).unwrap();
    let words = ["format version 2; this program reads version 1", "or a newer one"];
    refuses_to_start(&data, &words);
    for command in [&["log"][..], &["log", "verify"], &["log", "stat"], &["replay"], &["status"]] {
        let ran = statevec(&[command, &[data.to_str().unwrap()]].concat());
        assert_eq!(ran.status, Some(1), "{command:?}");
        assert!(ran.err.contains(words[0]), "{command:?}: {}", ran.err);
    }
    assert_eq!(fs::read(&segment).unwrap(), bytes);
}

#[test]
fn checkpoint_without_its_log_is_no_state_to_go_on_from() {
    let folder = quick_folder();
    let data = recorded(folder.path());
    fs::remove_file(only_file(&data.join("log"))).unwrap();
    refuses_to_start(&data, &["has the checkpoint of entry 210, but no log", "restore the folder"]);
    assert_eq!(data.join("log").read_dir().unwrap().count(), 0, "nothing is made in its place");
}

#[test]
fn log_without_its_checkpoint_is_read_from_its_start() {
    let folder = quick_folder();
    let data = recorded(folder.path());
    fs::remove_file(only_file(&data.join("checkpoints"))).unwrap();
    let status = json(&statevec(&["status", data.to_str().unwrap(), "--json"]));
    assert_eq!(status["to_apply"], 210);
    let ran = run_on(&data, COMMANDS, &["--ext-seq", "line"]);
    assert_eq!(ran.out.matches("\"duplicate\"").count(), 210, "{}", ran.err);
}

#[test]
fn damaged_checkpoint_is_named_with_the_way_around_it() {
    let folder = quick_folder();
    let data = recorded(folder.path());
    let checkpoint = only_file(&data.join("checkpoints"));
    let mut bytes = fs::read(&checkpoint).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&checkpoint, &bytes).unwrap();
    refuses_to_start(&data, &[checkpoint.to_str().unwrap(), "damaged", "move"]);
    fs::rename(&checkpoint, checkpoint.with_extension("bad")).unwrap();
    let ran = run_on(&data, COMMANDS, &["--ext-seq", "line"]);
    assert_eq!(ran.out.matches("\"duplicate\"").count(), 210, "{}", ran.err);
}

#[test]
fn directory_of_another_plugin_is_named_with_the_differences() {
    let folder = quick_folder();
    let data = recorded(folder.path());
    let mut program = super::unruly::program(folder.path(), &[""]);
    let output = program.arg("--data").arg(&data).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("it belongs to plugin bank, and not to unruly"), "{said}");
    let migrate = format!("`statevec-host migrate {} --plugin PLUGIN --dry-run`", data.display());
    assert!(said.contains(&migrate), "{said}");
}
