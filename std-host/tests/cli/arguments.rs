//! Wrong arguments and files that are found before a plugin is loaded.

use std::fs;
use std::path::Path;

use super::data::{COMMANDS, run_on, statevec};
use super::host;

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn help_and_version_go_to_stdout() {
    for args in [&["--help"][..], &["run", "--help"], &["inspect", "--help"]] {
        let ended = host(args);
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
        assert!(ended.out.contains("Usage: statevec-host"), "{}", ended.out);
    }
    assert!(host(&["run", "--help"]).out.contains("microseconds"));
    assert!(host(&["run", "--help"]).out.contains("Exit codes:"));
    assert!(host(&["run", "--help"]).out.contains("a configuration that the plugin refuses"));
    assert!(host(&["--help"]).out.contains("Exit codes:"));
    let version = host(&["--version"]);
    assert_eq!(version.out, format!("statevec-host {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn wrong_arguments_are_usage_errors() {
    assert_eq!(host(&[]).code, Some(2));
    host(&["fly"]).fails_with(2, "unrecognized subcommand 'fly'");
    host(&["run", "--plugin", "x"]).fails_with(2, "--commands <FILE>");
    host(&["inspect"]).fails_with(2, "<PATH>");
    let both = ["run", "--plugin", "x", "--commands", "-", "--config", "a", "--config-file", "b"];
    host(&both).fails_with(2, "cannot be used with");
}

#[test]
fn files_that_are_not_there_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("missing");
    let missing = path(&missing);
    let commands = dir.path().join("commands.jsonl");
    fs::write(&commands, "").unwrap();
    let commands = path(&commands);

    host(&["run", "--plugin", "x.so", "--commands", missing])
        .fails_with(2, &format!("error: --commands {missing}: cannot be opened\n  caused by: "));
    host(&["run", "--plugin", missing, "--commands", commands])
        .fails_with(2, &format!("error: cannot find the plugin {missing}; give a shared library or a crate's folder\n  caused by: "));
    host(&["inspect", missing]).fails_with(2, "cannot find the plugin");
    host(&["run", "--plugin", "x.so", "--commands", commands, "--config-file", missing])
        .fails_with(2, &format!("--config-file {missing}: cannot be read"));
    let state = format!("{missing}/state.jsonl");
    host(&["run", "--plugin", "x.so", "--commands", commands, "--state-out", &state])
        .fails_with(2, &format!("--state-out {state}: cannot create a file there"));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left behind");
}

#[test]
fn a_configuration_that_is_not_text_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("config.toml");
    fs::write(&config, b"a = \xff").unwrap();
    host(&["run", "--plugin", "x.so", "--commands", "-", "--config-file", path(&config)])
        .fails_with(2, "UTF-8");
}

#[test]
fn a_file_that_is_no_library_is_a_plugin_error() {
    let dir = tempfile::tempdir().unwrap();
    let text = dir.path().join("plugin.so");
    fs::write(&text, "not a library").unwrap();
    host(&["run", "--plugin", path(&text), "--commands", "-"]).fails_with(1, path(&text));
    host(&["inspect", path(&text), "--json"]).fails_with(1, "  caused by: ");
}

#[test]
#[cfg(unix)]
fn files_that_are_no_log_are_not_taken_for_an_empty_one() {
    let dir = tempfile::tempdir().unwrap();
    let (text, pipe) = (dir.path().join("text"), dir.path().join("pipe"));
    std::fs::write(&text, "this is text, and no log").unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let device = std::path::Path::new("/dev/zero");
    let later = dir.path().join("later");
    std::fs::write(&later, [b"SVTXLOG\0".as_slice(), &[0xff; 100]].concat()).unwrap();
    for command in [&["log"][..], &["log", "verify"], &["log", "stat"], &["replay"]] {
        for file in [&text, &super::bank::bank()] {
            let arguments = [command, &[file.to_str().unwrap()]].concat();
            host(&arguments).fails_with(2, "is no transaction log; give a data directory, or");
        }
        let arguments = [command, &[later.to_str().unwrap()]].concat();
        host(&arguments).fails_with(1, "has format version 65535; this program reads");
        for file in [device, &pipe] {
            let arguments = [command, &[file.to_str().unwrap()]].concat();
            host(&arguments).fails_with(2, "is a pipe or a device; give a data directory or");
        }
    }
}

#[test]
#[cfg(unix)]
fn schema_that_never_ends_is_refused_at_the_longest_one() {
    let dir = tempfile::tempdir().unwrap();
    let (commands, log) = (dir.path().join("in.jsonl"), dir.path().join("log"));
    std::fs::write(&commands, r#"{"command":"Deposit","payload":{"account_id":1,"amount":1}}"#)
        .unwrap();
    let plugin = super::bank::bank();
    let [commands, log, plugin] = [&commands, &log, &plugin].map(|path| path.to_str().unwrap());
    let record = ["run", "--plugin", plugin, "--commands", commands, "--record", log];
    assert_eq!(host(&record).code, Some(0));
    for command in ["log", "replay"] {
        host(&[command, log, "--schema", "/dev/zero"])
            .fails_with(2, "caused by: it has more than 16777216 bytes");
    }
}

#[test]
fn header_does_not_overwrite_its_source() {
    let dir = tempfile::tempdir().unwrap();
    let declarations = dir.path().join("counters.json");
    std::fs::write(&declarations, "{}").unwrap();
    let declarations = declarations.to_str().unwrap();
    host(&["header", declarations, "--out", declarations])
        .fails_with(2, "is the source of the header, and would overwrite it");
    assert_eq!(std::fs::read(declarations).unwrap(), b"{}");
}

#[test]
fn wrong_paths_and_options_say_what_to_give() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let ran = statevec(&["log", path]);
    assert_eq!(ran.status, Some(2));
    assert!(ran.err.contains("is not a data directory"), "{}", ran.err);
    for action in ["status", "checkpoint"] {
        host(&[action, "/no/such/place"])
            .fails_with(2, "error: cannot find the data directory /no/such/place; `run --data`");
    }
    let ran = run_on(&folder.path().join("d"), COMMANDS, &["--sync-every", "soon"]);
    assert_eq!(ran.status, Some(2));
    assert!(ran.err.contains("neither a number of commands, from 1, nor a time"), "{}", ran.err);
    // A replay has other options than a run, so the remedy is another one.
    let ran = statevec(&["replay", path, "--state-out", "-"]);
    assert_eq!(ran.status, Some(2));
    let told = "standard output holds the results of the replay; give another file";
    assert!(ran.err.trim_end().ends_with(told), "{}", ran.err);
}

#[test]
fn a_range_of_entries_that_is_empty_passes_for_one_without_differences() {
    let folder = tempfile::tempdir().unwrap();
    let (data, bank) = (folder.path().join("data"), super::bank::bank());
    assert_eq!(run_on(&data, COMMANDS, &[]).status, Some(0));
    let data = path(&data);
    let replay = ["replay", data, "--plugin", path(&bank), "--from"];
    for (from, to, last) in [("211", "300", 210), ("5", "3", 3)] {
        let told = format!("--from {from} is behind the last entry, {last}; give");
        host(&[&replay[..], &[from, "--to", to]].concat()).fails_with(2, &told);
    }
    assert_eq!(host(&[&replay[..], &["210"]].concat()).code, Some(0));
    let ended = host(&["log", data, "--from", "5", "--to", "3"]);
    ended.fails_with(2, "--from 5 is behind the last entry, 3; give");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_passes_for_a_wrong_argument() {
    let folder = tempfile::tempdir().unwrap();
    let declarations = folder.path().join("counters.json");
    fs::write(&declarations, "{}").unwrap();
    host(&["header", path(&declarations), "--out", "/dev/full"])
        .fails_with(1, "error: --out /dev/full: cannot be written\n  caused by: No space left");
    host(&["header", path(&declarations), "--out", "/no/such/place"]).fails_with(2, "--out /no");
}

#[test]
fn a_file_in_the_place_of_a_data_directory_is_a_failure_of_the_machine() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data");
    fs::write(&file, "").unwrap();
    let told = format!("error: --data {} is no folder; name one, or a new one", file.display());
    let ran = run_on(&file, COMMANDS, &[]);
    assert_eq!((ran.status, ran.err.trim_end()), (Some(2), told.as_str()));
}

#[test]
fn options_of_a_plugin_are_ignored_where_none_runs() {
    for option in [&["--config", "x"][..], &["--config-file", "x"], &["--limits", "x"]] {
        host(&[&["replay", "data"], option].concat()).fails_with(2, "--plugin <PLUGIN>");
    }
    host(&["replay", "data", "--allow-world-writable"]).fails_with(2, "--plugin <PLUGIN>");
    let kept = host(&["replay", "/no/such/place", "--kept-builds", "--config", "x"]);
    kept.fails_with(2, "cannot read the log /no/such/place; give a data directory or a log file");
}

#[test]
fn the_help_names_the_default_of_another_command() {
    let configured = |command: &str| {
        let help = host(&[command, "--help"]).out;
        let (_, option) = help.split_once("--config <TEXT>").unwrap();
        option.split_once("--config-file").unwrap().0.trim().to_owned()
    };
    assert!(configured("run").ends_with("[default: empty]"));
    assert!(configured("replay").ends_with("[default: the recorded one]"));
    assert!(configured("migrate").ends_with("[default: that of the build before]"));
}
