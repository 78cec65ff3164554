//! How long it takes to load a plugin and create an instance, beside a bare `dlopen`: the first one
//! of a process, whose code nobody has run yet, and further ones.

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use statevec_benches::{ledger::engine, library};

const PROCESSES: usize = 20;
/// Copies of the library, because a process maps a file once.
const COPIES: usize = 10;

/// One paragraph.
pub(crate) fn table() -> Result<String, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let library = library::path(engine::LIBRARY)?;
    let copies: Vec<PathBuf> =
        (0..COPIES).map(|copy| folder.path().join(format!("{copy}.so"))).collect();
    for copy in &copies {
        fs::copy(&library, copy)?;
    }
    let (bare, whole) = (fastest("bare", &copies)?, fastest("whole", &copies)?);
    Ok(format!(
        "### Loading\n\n\
         Loading the bank's library, checking its file, table, name and schema, and creating an engine with an \
         instance takes {:.0} µs if it is the first plugin of its process, and {:.0} µs afterwards. A bare `dlopen` of \
         the same file takes {:.0} µs and {:.0} µs. (The fastest of {PROCESSES} processes, which load {COPIES} copies \
         each.)\n",
        whole.first, whole.further, bare.first, bare.further,
    ))
}

/// Microseconds.
struct Times {
    first: f64,
    further: f64,
}

fn fastest(how: &str, copies: &[PathBuf]) -> Result<Times, Box<dyn Error>> {
    let mut best = Times { first: f64::MAX, further: f64::MAX };
    for _ in 0..PROCESSES {
        let output = Command::new(env::current_exe()?).args(["load", how]).args(copies).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let times = text.lines().map(str::parse).collect::<Result<Vec<f64>, _>>();
        let times = times.map_err(|_| format!("loading ended with {output:?}"))?;
        let [first, further @ ..] = times.as_slice() else {
            return Err(format!("loading ended with {output:?}").into());
        };
        best.first = best.first.min(*first);
        best.further = further.iter().copied().fold(best.further, f64::min);
    }
    Ok(best)
}

/// Loads libraries in this process, one after another, and prints the microseconds of each.
pub(crate) fn load(how: &str, libraries: &[&str]) -> Result<(), Box<dyn Error>> {
    for library in libraries {
        let path = Path::new(library);
        let began = Instant::now();
        match how {
            "bare" => drop(library::map(path)?),
            "whole" => drop(engine::engine_of(path)?),
            _ => return Err(format!("loading is bare or whole, not {how:?}").into()),
        }
        println!("{}", began.elapsed().as_nanos() as f64 / 1e3);
    }
    Ok(())
}
