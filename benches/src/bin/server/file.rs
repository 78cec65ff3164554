//! The program that runs commands from a file.

use std::{error::Error, fs, process::Command};

use crate::{
    load::deposits,
    programs::{bank, built, folder},
};

const COMMANDS: usize = 50_000;

/// Runs a file with so many commands per sync.
pub(crate) fn commands_per_second(batch: usize) -> Result<f64, Box<dyn Error>> {
    let folder = folder()?;
    let commands = folder.path().join("commands.jsonl");
    fs::write(&commands, deposits(COMMANDS, 1))?;
    let output = Command::new(built("statevec-host")?)
        .arg("run")
        .arg("--plugin")
        .arg(bank()?)
        .arg("--commands")
        .arg(commands)
        .arg("--data")
        .arg(folder.path().join("data"))
        .args(["--sync-every", &batch.to_string()])
        .output()?;
    let summary = String::from_utf8_lossy(&output.stderr).into_owned();
    let rate = summary
        .split_once(" commands per second")
        .and_then(|(before, _)| before.rsplit(' ').next()?.parse().ok());
    rate.ok_or_else(|| format!("the program printed no rate: {summary}").into())
}
