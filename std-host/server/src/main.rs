//! The program `statevec-server`.

use std::process::ExitCode;

use statevec_server::{ServiceError, Settings, run};

fn main() -> ExitCode {
    let settings = match Settings::from_process() {
        Ok(Some(settings)) => settings,
        Ok(None) => return ExitCode::SUCCESS,
        Err(error) => return report(&error, 2),
    };
    match run(&settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report(&error, ServiceError::exit_code(&error)),
    }
}

/// Prints an error with its causes.
fn report(error: &dyn std::error::Error, code: u8) -> ExitCode {
    eprintln!("error: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprintln!("  caused by: {error}");
        cause = error.source();
    }
    ExitCode::from(code)
}
