//! The examples of the READMEs, run again: each command must print what stands below it.

use std::{
    env::consts::{DLL_PREFIX, DLL_SUFFIX},
    fs,
    os::unix::fs::symlink,
    path::Path,
    process::Command,
};

use super::bank::{bank, next_bank};

/// A command, and the lines below it.
struct Example {
    command: String,
    expected: Vec<String>,
}

/// The commands in the blocks that show a terminal.
fn examples(readme: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    for block in readme.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap().replace("\\\n", "");
        for line in block.lines().filter(|line| !line.is_empty()) {
            match (line.strip_prefix("$ "), examples.last_mut()) {
                (Some(command), _) => {
                    examples.push(Example { command: command.into(), expected: Vec::new() });
                }
                (None, Some(example)) => example.expected.push(line.into()),
                (None, None) => panic!("no command stands above {line}"),
            }
        }
    }
    examples
}

/// Runs a command in a folder; standard output comes before standard error.
fn run(folder: &Path, command: &str) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_statevec-host"));
    let path =
        format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    let output =
        shell.args(["-c", command]).current_dir(folder).env("PATH", path).output().unwrap();
    [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat()
}

/// A line without what differs from machine to machine: times, and a digest that is cut off.
fn masked(line: &str) -> String {
    let line = match line.split_once(" seconds, ") {
        Some((before, _)) => before.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.'),
        None => line,
    };
    match line.split_once('…') {
        // Each build of the plugin has another one.
        Some((shown, _)) => {
            let digest = shown.trim_end_matches(|c: char| c.is_ascii_hexdigit());
            if shown.len() - digest.len() == 8 { format!("{digest}…") } else { line.into() }
        }
        None => line.into(),
    }
}

/// Returns true if the lines are as expected. `…` stands for the rest of a line, or for any lines.
fn matches(expected: &[String], found: &[&str]) -> bool {
    let Some((first, rest)) = expected.split_first() else { return found.is_empty() };
    if first.trim() == "…" {
        return (0..=found.len()).any(|skipped| matches(rest, &found[skipped..]));
    }
    let Some((line, behind)) = found.split_first() else { return false };
    let is_same = match masked(first).split_once('…') {
        Some((shown, _)) => masked(line).starts_with(shown),
        None => masked(line) == masked(first),
    };
    is_same && matches(rest, behind)
}

/// Runs all commands of a README, in one folder. `prepare` changes each before it runs.
pub(crate) fn run_all(readme: &str, folder: &Path, prepare: impl Fn(&str) -> String) -> usize {
    let examples = examples(readme);
    for Example { command, expected } in &examples {
        let printed = run(folder, &prepare(command));
        // Blank lines are not compared.
        let found: Vec<&str> = printed.lines().filter(|line| !line.is_empty()).collect();
        assert!(
            matches(expected, &found),
            "$ {command}\nprinted\n{printed}\nand the README shows\n{}",
            expected.join("\n")
        );
    }
    examples.len()
}

pub(crate) const COMMANDS: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/bank/commands.jsonl");

const CHECKS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/check-host/checks.jsonl");

const INVENTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/c-plugin/inventory.json");

#[test]
fn the_program_s_readme_shows_what_the_program_prints() {
    let folder = tempfile::tempdir().unwrap();
    symlink(bank(), folder.path().join("libbank.so")).unwrap();
    symlink(next_bank(), folder.path().join("libbank-2.so")).unwrap();
    symlink(COMMANDS, folder.path().join("commands.jsonl")).unwrap();
    symlink(INVENTORY, folder.path().join("inventory.json")).unwrap();
    let readme = include_str!("../../README.md");
    let count = run_all(readme, folder.path(), str::to_owned);
    assert!(count >= 28, "only {count} commands were found");
}

#[test]
fn a_command_has_no_example() {
    let help = Command::new(env!("CARGO_BIN_EXE_statevec-host")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let listed = listed.map_while(|line| line.split_whitespace().next());
    let examples = examples(include_str!("../../README.md"));
    let has_example = |name: &&str| {
        let start = format!("statevec-host {name} ");
        examples.iter().any(|example| example.command.contains(&start))
    };
    let (with, without): (Vec<_>, Vec<_>) =
        listed.filter(|name| *name != "help").partition(has_example);
    assert!(without.is_empty() && with.len() >= 15, "{without:?}");
}

#[test]
fn the_readme_of_check_host_shows_what_the_program_prints() {
    let folder = tempfile::tempdir().unwrap();
    let library = bank().with_file_name(format!("{DLL_PREFIX}statevec_check_host{DLL_SUFFIX}"));
    symlink(library, folder.path().join("libcheck_host.so")).unwrap();
    symlink(CHECKS, folder.path().join("checks.jsonl")).unwrap();
    // A package has only its own README.
    let readme = Path::new(CHECKS).with_file_name("README.md");
    let Ok(readme) = fs::read_to_string(readme) else { return };
    assert_eq!(run_all(&readme, folder.path(), str::to_owned), 1);
}

#[test]
fn the_project_s_readme_shows_what_the_program_prints() {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    // A package has only its own README.
    let Ok(readme) = fs::read_to_string(readme) else { return };
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("examples/bank")).unwrap();
    symlink(COMMANDS, folder.path().join("examples/bank/commands.jsonl")).unwrap();
    let library = format!("--plugin {}", bank().display());
    // Building the folder in release takes minutes, and other tests do it.
    let count = run_all(&readme, folder.path(), |command| {
        command.replace("--plugin examples/bank", &library)
    });
    assert!(count >= 7, "only {count} commands were found");
}

#[test]
fn an_example_that_is_not_true_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let example =
        |shown: &str| format!("```console\n$ echo one; echo two; echo three\n{shown}\n```\n");
    for right in ["one\ntwo\nthree", "o…\n…\nthree", "…", "one\n…"] {
        assert_eq!(run_all(&example(right), folder.path(), str::to_owned), 1);
    }
    for wrong in ["one\ntwo", "one\n…\ntwo", "tw…\n…", "one\ntwo\nthree\nfour"] {
        let text = example(wrong);
        let run = std::panic::catch_unwind(|| run_all(&text, folder.path(), str::to_owned));
        assert!(run.is_err(), "{wrong:?} passed");
    }
}
