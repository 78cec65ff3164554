//! The budget: how many instructions each of our operations may take.
//!
//! ```text
//! # rustc 1.95.0 (…)          the versions that the counts are for
//! # valgrind-3.19.0
//! core SDK, .so<TAB>no-op<TAB>60
//! ```

use std::{error::Error, fs, path::Path, process::ExitCode};

use crate::callgrind::Row;

/// How far above its budget an operation may be.
const TOLERANCE: f64 = 1.03;

/// Compares counts with the budget. With another compiler or valgrind than the budget's, what is
/// above is a warning.
pub(crate) fn gate(
    path: &Path,
    rows: &[Row],
    versions: &[&String],
) -> Result<ExitCode, Box<dyn Error>> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut above = 0;
    for &Row { peer, operation, cost } in rows {
        let budget = budget(&text, peer, operation).ok_or_else(|| {
            format!(
                "{}: no budget for {peer}, {operation}; run `instructions budget`",
                path.display()
            )
        })?;
        let verdict = if cost.round() > (budget * TOLERANCE).round() {
            above += 1;
            "ABOVE"
        } else if cost < budget / TOLERANCE {
            "below: lower the budget"
        } else {
            "ok"
        };
        println!("{peer}\t{operation}\t{cost:.0} of {budget:.0}\t{verdict}");
    }
    let same =
        versions.iter().all(|version| text.lines().any(|line| line == format!("# {version}")));
    if !same {
        println!("warning only: the budget is for another compiler or valgrind than {versions:?}");
    }
    println!("{above} operations are more than 3 % above their budget");
    Ok(if above > 0 && same { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn budget(text: &str, peer: &str, operation: &str) -> Option<f64> {
    text.lines().find_map(|line| {
        let mut fields = line.split('\t');
        let found = fields.next() == Some(peer) && fields.next() == Some(operation);
        found.then(|| fields.next()?.parse().ok())?
    })
}

/// Makes these counts the budget.
pub(crate) fn write(
    path: &Path,
    rows: &[Row],
    versions: &[&String],
) -> Result<ExitCode, Box<dyn Error>> {
    let mut text = String::from(
        "# Instructions per operation; `benches/gate.sh` compares. Written by `instructions budget` with:\n",
    );
    for version in versions {
        text.push_str(&format!("# {version}\n"));
    }
    for Row { peer, operation, cost } in rows {
        text.push_str(&format!("{peer}\t{operation}\t{cost:.0}\n"));
    }
    fs::write(path, text)?;
    Ok(ExitCode::SUCCESS)
}
