//! `commands`, `schema diff`, `completions` and `man`.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::bank::bank;
use super::{ended, host, program};

fn library(package: &str) -> PathBuf {
    bank().with_file_name(format!("{DLL_PREFIX}{package}{DLL_SUFFIX}"))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn sample_commands_that_the_plugin_does_not_know() {
    for plugin in [bank(), library("statevec_boxed_so"), library("statevec_published_plugin")] {
        let lines = host(&["commands", text(&plugin)]);
        assert_eq!(lines.code, Some(0), "{}", lines.err);
        let declared = host(&["inspect", text(&plugin), "--json"]);
        let declared: Value = serde_json::from_str(&declared.out).unwrap();
        let count = declared["schema"]["commands"].as_array().unwrap().len();
        assert!(count >= 3 && lines.out.lines().count() == count, "{}", lines.out);

        let mut run = program();
        run.args(["run", "--quiet", "--commands", "-", "--plugin", text(&plugin)]);
        let ran = ended(run.write_stdin(lines.out));
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert_eq!(ran.out.lines().count(), count);
        // The payload fits, whatever the plugin makes of the values.
        assert!(!ran.out.contains("INVALID_COMMAND"), "{}", ran.out);
    }
}

#[test]
fn a_command_that_the_json_schema_lacks() {
    let schema = host(&["commands", text(&bank()), "--json-schema"]);
    let schema: Value = serde_json::from_str(&schema.out).unwrap();
    assert_eq!(schema["$ref"], "#/$defs/Command");
    let defs = schema["$defs"].as_object().unwrap();
    let any = schema["$defs"]["Command"]["oneOf"].as_array().unwrap();
    for name in ["Deposit", "Withdraw", "Transfer"] {
        let reference = format!("#/$defs/command.{name}");
        assert!(any.iter().any(|one| one["$ref"] == *reference), "{name}");
        assert_eq!(defs[&format!("command.{name}")]["properties"]["command"]["const"], name);
    }
    let reason = &defs["event.BalanceChanged"]["properties"]["payload"]["properties"]["reason"];
    let variants = reason["anyOf"][0]["enum"].as_array().unwrap();
    assert_eq!(variants.len(), 4, "{reason}");
    let data = &defs["record.Account"]["properties"]["data"]["required"];
    assert_eq!(data.as_array().unwrap().len(), 4, "{data}");
}

/// The bank's schema with one text in place of another.
fn changed(folder: &Path, from: &str, to: &str) -> PathBuf {
    let schema = host(&["inspect", text(&bank()), "--json"]);
    let schema: Value = serde_json::from_str(&schema.out).unwrap();
    let old = schema["schema"].to_string();
    let new = old.replacen(from, to, 1);
    assert_ne!(old, new, "{from}");
    let file = folder.join("new.json");
    fs::write(&file, new).unwrap();
    file
}

#[test]
fn a_schema_that_is_the_same() {
    let ended = host(&["schema", "diff", text(&bank()), text(&bank())]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.starts_with("nothing has changed\n"), "{}", ended.out);
    assert_eq!(ended.out.matches("fits").count(), 3);
}

#[test]
fn old_users_that_do_not_fit_pass_for_ones_that_do() {
    let folder = tempfile::tempdir().unwrap();
    for (from, to, state, senders, readers) in [
        // A field of a record under another name.
        (
            r#""name":"balance""#,
            r#""name":"amount""#,
            "needs_migration",
            "compatible",
            "compatible",
        ),
        // A command with another number.
        (
            r#"{"kind":3,"name":"Transfer""#,
            r#"{"kind":9,"name":"Transfer""#,
            "compatible",
            "needs_migration",
            "compatible",
        ),
        // An event with a field under another name.
        (r#""name":"delta""#, r#""name":"change""#, "compatible", "compatible", "needs_migration"),
        // A variant with another value.
        (
            r#""name":"Withdraw","value":2"#,
            r#""name":"Withdraw","value":7"#,
            "needs_migration",
            "needs_migration",
            "needs_migration",
        ),
        // A type that no rule converts.
        (
            r#""name":"account_id","index":1,"type":"u64""#,
            r#""name":"account_id","index":1,"type":{"fixedBytes":6}"#,
            "refused",
            "compatible",
            "compatible",
        ),
    ] {
        let new = changed(folder.path(), from, to);
        let ended = host(&["schema", "diff", text(&bank()), text(&new), "--json"]);
        assert_eq!(ended.code, Some(1), "{from}: {}{}", ended.out, ended.err);
        assert!(ended.err.contains("old state or old clients do not fit"), "{}", ended.err);
        let found: Value = serde_json::from_str(&ended.out).unwrap();
        let found = (&found["state"], &found["senders"], &found["readers"]);
        assert_eq!(found, (&state.into(), &senders.into(), &readers.into()), "{}", ended.out);
    }
}

#[test]
fn a_file_that_is_no_schema() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("schema.json");
    fs::write(&file, "{\"records\": 7}").unwrap();
    let ended = host(&["schema", "diff", text(&file), text(&bank())]);
    ended.fails_with(2, "cannot use the schema in ");
    let ended = host(&["schema", "diff", "absent.json", text(&bank())]);
    ended.fails_with(2, "cannot use the schema in absent.json\n  caused by: ");
}

#[cfg(unix)]
#[test]
fn completions_that_the_shell_does_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let ended = host(&["completions", "bash"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let file = folder.path().join("statevec-host");
    fs::write(&file, &ended.out).unwrap();
    for (typed, completions) in [
        // The hidden command is no completion.
        ("che", "check checkpoint"),
        ("run --tr", "--trace"),
        ("log ver", "verify"),
        ("log verify --js", "--json"),
        ("check --strictness s", "standard strict"),
    ] {
        // The arguments of the function are the program, the last word and the one before.
        let question = "source \"$1\"; COMP_WORDS=(statevec-host $2); \
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); \
            _statevec__host statevec-host \"${COMP_WORDS[COMP_CWORD]}\" \"${COMP_WORDS[COMP_CWORD - 1]}\"; \
            echo \"${COMPREPLY[@]}\"";
        let mut shell = std::process::Command::new("bash");
        shell.args(["-c", question, "bash"]).arg(&file).arg(typed);
        let Ok(output) = shell.output() else {
            eprintln!("skipped, because there is no bash");
            return;
        };
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), completions, "{typed}");
    }
    for shell in ["zsh", "fish", "elvish", "powershell"] {
        let ended = host(&["completions", shell]);
        assert!(ended.code == Some(0) && ended.out.contains("replay"), "{shell}: {}", ended.err);
    }
}

#[test]
fn a_command_without_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man1");
    let ended = host(&["man", text(&pages)]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    for page in ["statevec-host", "statevec-host-check", "statevec-host-log-verify"] {
        let text = fs::read_to_string(pages.join(format!("{page}.1"))).unwrap();
        assert!(text.contains(".SH NAME") && text.contains(".SH OPTIONS"), "{page}: {text}");
    }
    assert!(!pages.join("statevec-host-check-child.1").exists());
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    host(&["man", text(&file)]).fails_with(2, "cannot write the manual pages to");
}
