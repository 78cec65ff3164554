#![no_std]
#![forbid(unsafe_code)]
//! A run of commands as text. Firmware and server share this code, so that equal runs print equal
//! lines.
//!
//! ```text
//! plugin tally
//! 1 committed 1
//!   event 1 06006170706c6573
//! 2 rejected 2001 there is no such counter
//! invariants hold
//! digest 84e8707c68dfb3e2d0a8785d75e01efa
//! ```

use core::fmt::{self, Write};

use statevec_abi::{host::CallFailure, txlog::StateDigest};

/// The name of the plugin that runs the commands in the following lines.
///
/// # Errors
///
/// Those of `out`.
pub fn plugin(out: &mut impl Write, name: &str) -> fmt::Result {
    writeln!(out, "plugin {name}")
}

/// The outcome of a command: the number of its transaction, or the reason that there is none.
///
/// # Errors
///
/// Those of `out`.
pub fn outcome(
    out: &mut impl Write,
    ext_seq: u64,
    outcome: Result<u64, CallFailure<'_>>,
) -> fmt::Result {
    match outcome {
        Ok(tx_seq) => writeln!(out, "{ext_seq} committed {tx_seq}"),
        Err(failure) => {
            let class = if failure.kind.is_rejection() { "rejected" } else { "failed" };
            writeln!(out, "{ext_seq} {class} {} {}", failure.kind.0, failure.message)
        }
    }
}

/// One event of a committed command.
///
/// # Errors
///
/// Those of `out`.
pub fn event(out: &mut impl Write, kind: u8, payload: &[u8]) -> fmt::Result {
    write!(out, "  event {kind} ")?;
    for byte in payload {
        write!(out, "{byte:02x}")?;
    }
    out.write_char('\n')
}

/// The plugin's answer about its invariants.
///
/// # Errors
///
/// Those of `out`.
pub fn invariants(out: &mut impl Write, answer: Result<(), CallFailure<'_>>) -> fmt::Result {
    match answer {
        Ok(()) => writeln!(out, "invariants hold"),
        Err(failure) => writeln!(out, "invariants broken: {failure}"),
    }
}

/// The digest of the state.
///
/// # Errors
///
/// Those of `out`.
pub fn digest(out: &mut impl Write, digest: StateDigest) -> fmt::Result {
    writeln!(out, "digest {digest}")
}
