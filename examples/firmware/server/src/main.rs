#![forbid(unsafe_code)]
//! Runs an image's commands on the server's host and prints the same lines.
//!
//! The arguments name the plugins: `bank tally` are those of the image without a heap, `inventory`
//! that of the image with one.

use std::{env, error::Error};

use statevec_firmware_server::Session;
use statevec_host::{Engine, Outcome};
use statevec_transcript as transcript;

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = String::new();
    for name in env::args().skip(1) {
        run(&Session::of(&name)?, &mut out)?;
    }
    print!("{out}");
    Ok(())
}

fn run(session: &Session, out: &mut String) -> Result<(), Box<dyn Error>> {
    let mut engine = Engine::create(&session.plugin, "")?;
    transcript::plugin(out, session.plugin.name())?;
    session.for_each_command(|command| {
        let ext_seq = command.ext_seq();
        match engine.run(command) {
            Outcome::Committed { tx_seq, events } => {
                transcript::outcome(out, ext_seq, Ok(tx_seq))?;
                for event in events {
                    transcript::event(out, event.kind, event.payload)?;
                }
            }
            Outcome::Rejected(failure) | Outcome::Failed(failure) => {
                transcript::outcome(out, ext_seq, Err(failure))?;
            }
            Outcome::Duplicate { last_ext_seq } => {
                return Err(format!("ext_seq {ext_seq} is not above {last_ext_seq}").into());
            }
        }
        Ok(())
    })?;
    transcript::invariants(out, engine.validate())?;
    transcript::digest(out, engine.store().digest())?;
    Ok(())
}
