//! The program `statevec-server`.

use std::process::ExitCode;

use statevec_server::{Invocation, ServiceError, init_stream, run};

fn main() -> ExitCode {
    let invocation = match Invocation::from_process() {
        Ok(invocation) => invocation,
        Err(error) => return report(&error, 2),
    };
    let done = match &invocation {
        Invocation::Serve(settings) => run(settings),
        Invocation::Trial(trial) => {
            trial.run();
            Ok(())
        }
        Invocation::InitStream(settings) => init_stream(settings).map(|lines| println!("{lines}")),
        _ => Ok(()),
    };
    match done {
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
