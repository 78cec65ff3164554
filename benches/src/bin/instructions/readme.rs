//! The tables in the README.

use std::{error::Error, fs, path::Path};

use statevec_benches::Operation;

use crate::{callgrind::Costs, machine::Machine};

const BEGIN: &str = "<!-- instructions: begin -->\n";
const END: &str = "<!-- instructions: end -->\n";

/// Writes the tables between the README's markers, and to stdout.
pub(crate) fn write(
    path: &Path,
    whole: &[Costs],
    halves: &[Costs],
    machine: &Machine,
) -> Result<(), Box<dyn Error>> {
    let Machine { processor, rustc, valgrind } = machine;
    let tables = format!(
        "Machine: {processor}. Toolchain: {rustc}, {valgrind}, the workspace's release profile.\n\n{}\n\
         What each side costs, beside the floor of the first column above:\n\n{}",
        table(whole),
        table(halves),
    );
    print!("{tables}");
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let missing = || format!("{} has lost its markers {BEGIN:?} and {END:?}", path.display());
    let (before, rest) = text.split_once(BEGIN).ok_or_else(missing)?;
    let (_, after) = rest.split_once(END).ok_or_else(missing)?;
    fs::write(path, format!("{before}{BEGIN}{tables}{END}{after}"))?;
    Ok(())
}

fn table(costs: &[Costs]) -> String {
    let mut text = String::from("| instructions per |");
    for costs in costs {
        text.push_str(&format!(" {} |", costs.peer));
    }
    text.push_str("\n|---|");
    text.push_str(&"--:|".repeat(costs.len()));
    text.push('\n');
    for operation in Operation::ALL {
        row(&mut text, operation.name(), costs, |costs| costs.of(operation));
        match operation {
            Operation::ReadById10 => row(&mut text, "further read by id", costs, |costs| {
                costs.further_read(Operation::ReadById, Operation::ReadById10)
            }),
            Operation::ReadByPk10 => row(&mut text, "further read by key", costs, |costs| {
                costs.further_read(Operation::ReadByPk, Operation::ReadByPk10)
            }),
            _ => {}
        }
    }
    text
}

fn row(text: &mut String, name: &str, costs: &[Costs], cost: impl Fn(&Costs) -> Option<f64>) {
    text.push_str(&format!("| {name} |"));
    for costs in costs {
        match cost(costs) {
            Some(cost) => text.push_str(&format!(" {cost:.0} |")),
            None => text.push_str(" – |"),
        }
    }
    text.push('\n');
}
