//! Sections of the README that a program writes.

use std::{error::Error, fs, path::Path};

/// Writes a text between the README's markers of a section, and to stdout.
///
/// # Errors
///
/// The README cannot be read or written, or has lost the markers.
pub fn write_section(section: &str, text: &str) -> Result<(), Box<dyn Error>> {
    print!("{text}");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&path)?;
    let (begin, end) =
        (format!("<!-- {section}: begin -->\n"), format!("<!-- {section}: end -->\n"));
    let missing = || format!("{} has lost its markers {begin:?} and {end:?}", path.display());
    let (before, rest) = readme.split_once(&begin).ok_or_else(missing)?;
    let (_, after) = rest.split_once(&end).ok_or_else(missing)?;
    fs::write(&path, format!("{before}{begin}{text}{end}{after}"))?;
    Ok(())
}
