//! The pictures beside the tables, drawn from the tables themselves: so they show the same run.

use std::{error::Error, fs, path::Path};

use statevec_benches::chart::{Chart, Series};

/// The tables in the README by the paragraph before them, and the pictures of them.
const TABLES: [(&str, &str, &str); 2] = [
    ("On disk:", "Durable deposits per second, on disk", "durable.svg"),
    (
        "In memory (",
        "Durable deposits per second of the processor's time, in memory",
        "durable-memory.svg",
    ),
];

/// The ledgers of ours begin with this.
const OURS: &str = "StateVec";

/// Rows that end with this are left out: these ledgers do less than ours.
const LESS: &str = ", accounts only";

/// Draws the tables of the README.
pub(crate) fn draw() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(folder.join("README.md"))?;
    for (paragraph, title, file) in TABLES {
        let lines = readme.lines().skip_while(|line| !line.starts_with(paragraph));
        let lines = lines.skip_while(|line| !line.starts_with('|'));
        let rows: Vec<Vec<&str>> =
            lines.take_while(|line| line.starts_with('|')).map(cells).collect();
        // The second row is the line below the heads.
        let [heads, _, ledgers @ ..] = rows.as_slice() else {
            return Err(format!("the README has no table below {paragraph:?}").into());
        };
        let ledgers = ledgers.iter().filter(|row| !row.iter().any(|cell| cell.ends_with(LESS)));
        let mut series = ledgers.map(|row| line(row)).collect::<Result<Vec<_>, _>>()?;
        series.sort_by_key(|series| !series.name.starts_with(OURS));
        let ours = series.iter().filter(|series| series.name.starts_with(OURS)).count();
        let places = heads.iter().skip(1).map(|&head| head.to_owned()).collect();
        let chart = Chart { title, places, series, ours, label: |rate| format!("{rate:.0}") };
        chart.write(&folder.join(file))?;
    }
    Ok(())
}

/// The cells of a table's row.
fn cells(row: &str) -> Vec<&str> {
    row.trim_matches('|').split('|').map(str::trim).collect()
}

/// A ledger's name, and its rates: the numbers before the brackets.
fn line(row: &[&str]) -> Result<Series, Box<dyn Error>> {
    let (name, rates) = row.split_first().ok_or("a row without cells")?;
    let rate = |cell: &&str| -> Result<_, Box<dyn Error>> {
        let rate = cell.split(' ').next().unwrap_or_default();
        let number = rate.parse().map_err(|error| format!("{name}: {rate:?}: {error}"))?;
        Ok(Some(number))
    };
    let values = rates.iter().map(rate).collect::<Result<_, _>>()?;
    Ok(Series { name: (*name).to_owned(), values })
}

#[cfg(test)]
mod tests {
    use super::{cells, line};

    #[test]
    fn rates_of_a_row_are_read_and_a_cell_without_one_is_named() {
        let series = line(&cells("| SQLite, WAL | 1000 (1.0) | 57080 (2.5) |")).unwrap();
        assert_eq!(
            (series.name.as_str(), series.values),
            ("SQLite, WAL", vec![Some(1000.0), Some(57080.0)])
        );
        let error = line(&cells("| SQLite | – |")).unwrap_err().to_string();
        assert!(error.contains("SQLite") && error.contains('–'), "{error}");
    }
}
