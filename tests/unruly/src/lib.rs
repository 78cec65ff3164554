//! A plugin whose commands harm the process that it runs in, in a way that the command names.

#![allow(clippy::print_stdout, reason = "printing is one of the things that it does")]

use std::{env, hint, process, ptr, thread, time::Duration};

use statevec_abi::{export_plugin, prelude::*, schema};

/// A command that accepts. It has the number of the command that made it.
#[derive(Record)]
#[record(kind = 1, len = 64, pk(ext_seq), range_scan)]
pub struct Done {
    /// `ext_seq` of the command.
    #[field(immutable)]
    pub ext_seq: u64,
}

/// Does one harm, and then accepts if the process still lives.
#[derive(Command)]
#[command(kind = 1)]
pub struct Do<'a> {
    /// The harm: see [`act`].
    pub what: &'a [u8],
}

schema! {
    /// The schema.
    pub const SCHEMA = { version: "1.0", records: [Done], commands: [Do<'_>], events: [] };
}

/// The plugin. Its configuration is a folder to change to, or empty. It changes to the folder in
/// the environment variable [`FOLDER`] while it is loaded, and aborts if there is none of that
/// name.
pub struct Unruly;

impl Plugin for Unruly {
    fn name() -> &'static str {
        if let Some(folder) = env::var_os(FOLDER)
            && env::set_current_dir(folder).is_err()
        {
            process::abort();
        }
        "unruly"
    }

    fn schema() -> &'static str {
        SCHEMA.json
    }

    fn create<'c>(config: &str, error: ErrorSlot<'c>) -> TxResult<'c, Self> {
        println!("unruly: created");
        if !config.is_empty()
            && let Err(reason) = env::set_current_dir(config)
        {
            return Err(error.config_error(format_args!("{config}: {reason}")));
        }
        Ok(Self)
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        let ext_seq = command.ext_seq();
        dispatch!(
            tx,
            match command {
                Do(command) => {
                    act(tx, command.what)?;
                    tx.create(&Done { ext_seq }).map(drop)
                }
            }
        )
    }

    fn validate_biz_invariants<'c>(&self, state: &mut ReadContext<'c>) -> TxResult<'c> {
        state.for_each_key(1, |state, key| match key.sys_id {
            3 => Err(state.reject(format_args!("there are three"))),
            _ => Ok(()),
        })
    }
}

/// The environment variable that lets the command `harm` abort.
const HARM: &str = "STATEVEC_UNRULY_HARM";

/// The environment variable with a folder.
const FOLDER: &str = "STATEVEC_UNRULY_FOLDER";

/// Does the harm that a command names.
fn act<'tx>(tx: &mut Tx<'tx>, what: &[u8]) -> TxResult<'tx> {
    match what {
        b"print" => println!("unruly: a line"),
        b"log" => tx.log(format_args!("two lines,\nand \x1b[2J"))?,
        b"nap" => thread::sleep(Duration::from_millis(500)),
        b"hang" => loop {
            thread::sleep(Duration::from_secs(1));
        },
        b"reject" => return Err(tx.reject(format_args!("as asked"))),
        b"panic" => panic!("as asked"),
        b"abort" => process::abort(),
        b"harm" if env::var_os(HARM).is_some() => process::abort(),
        b"exit" => process::exit(0),
        b"exit later" => drop(thread::spawn(|| {
            thread::sleep(Duration::from_millis(200));
            process::exit(0)
        })),
        b"overflow" => drop(overflow(1)),
        b"fault" => {
            // SAFETY: the call ends the process, as the test wants, so no later code depends on its
            // effect (rule 10).
            unsafe { ptr::null_mut::<u8>().write_volatile(1) }
        }
        _ => {}
    }
    Ok(())
}

/// Uses up the stack.
fn overflow(depth: u64) -> u64 {
    let frame = hint::black_box([depth; 512]);
    if depth == 0 { 0 } else { frame[7] + overflow(depth + 1) }
}

export_plugin!(Unruly, storage = statevec_abi_alloc::Boxed);
