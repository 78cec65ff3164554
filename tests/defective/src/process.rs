//! Effects on the process.

use std::{env, fs, hint, mem, process, thread, time::Duration};

use crate::{Defective, named};

pub(crate) fn on_create() {
    match &*named() {
        "memory that is lost" => mem::forget(hint::black_box(vec![7_u8; 200])),
        "file that stays open" => mem::forget(fs::File::open("/dev/null")),
        _ => {}
    }
}

pub(crate) fn before(plugin: &Defective) {
    match &*plugin.defect {
        "thread that stays" => drop(thread::spawn(|| thread::sleep(Duration::from_secs(3)))),
        "memory without end" => loop {
            // Not touched, so that the machine need not have it.
            mem::forget(hint::black_box(Vec::<u8>::with_capacity(1 << 28)));
        },
        "file without end" => {
            drop(fs::File::create("journal").and_then(|file| file.set_len(1 << 40)));
        }
        "process that stays" => drop(sleep().spawn()),
        "endless wait for a process" => drop(sleep().status()),
        "another working folder" => drop(env::set_current_dir("/")),
        "file that is left" => drop(fs::write("journal", b"left")),
        "print" => println!("a command comes"),
        "exit" => process::exit(0),
        _ => {}
    }
}

/// A process that lasts longer than any check. Its argument is one that no other program uses.
fn sleep() -> process::Command {
    let mut sleep = process::Command::new("sleep");
    sleep.arg("86397");
    sleep
}
