//! Packs and unpacks the corpus of a fuzz target.

use std::{env, fs, path::Path, process::ExitCode};

use statevec_fuzz::pack::{Pack, PackError};

const USAGE: &str = "usage: pack unpack TARGET FOLDER     writes the target's inputs as files
       pack replace TARGET FOLDER    makes the folder's files the target's inputs
       pack add TARGET NAME FILE     adds one file under a name
       pack list TARGET              prints the names and lengths";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["unpack", target, folder] => unpack(target, Path::new(folder)),
        ["replace", target, folder] => replace(target, Path::new(folder)),
        ["add", target, name, file] => add(target, name, Path::new(file)),
        ["list", target] => list(target),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn unpack(target: &str, folder: &Path) -> Result<(), PackError> {
    Pack::read(&Pack::path(target))?.to_folder(folder)
}

fn replace(target: &str, folder: &Path) -> Result<(), PackError> {
    let pack = Pack::from_folder(folder)?;
    pack.write(&Pack::path(target))?;
    println!("{target}: {} inputs", pack.inputs().len());
    Ok(())
}

fn add(target: &str, name: &str, file: &Path) -> Result<(), PackError> {
    let path = Pack::path(target);
    let bytes = fs::read(file).map_err(|source| PackError::Io { path: file.to_owned(), source })?;
    let mut pack = Pack::read(&path)?;
    pack.insert(name, bytes)?;
    pack.write(&path)
}

fn list(target: &str) -> Result<(), PackError> {
    for (name, bytes) in Pack::read(&Pack::path(target))?.inputs() {
        println!("{name} {}", bytes.len());
    }
    Ok(())
}
