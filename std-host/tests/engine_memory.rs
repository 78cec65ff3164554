//! Memory of large transactions. This is a binary of its own, because it limits the process's
//! memory.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says where")]

use std::{env, fs, process, sync::Mutex};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use statevec_abi::plugin::ReadAccess as _;
use statevec_abi::{
    boundary::{ErrorSlot, RuntimeCommandRef, TxResult},
    plugin::{Plugin, StaticPlugin, Tx},
    schema, static_plugin,
    typed::{Command, Event, Record},
};
use statevec_host::{Engine, LoadedPlugin, Outcome};

/// A record of 64 KiB.
#[derive(Record)]
#[record(kind = 1, len = 65536, pk(id))]
struct Large {
    #[field(immutable)]
    id: u64,
    count: u64,
}

#[derive(Command)]
#[command(kind = 1)]
struct Fill {
    records: u64,
    accepts: bool,
}

#[derive(Event)]
#[event(kind = 1)]
struct Filled {
    id: u64,
}

schema! {
    /// Large records.
    const LARGE = { version: "1.0", records: [Large], commands: [Fill], events: [Filled] };
}

/// Creates, updates and reports many records. It ignores refusals, and accepts or rejects.
struct Filling;

const FILLING: StaticPlugin = static_plugin!(Filling, slots = 4);

impl Plugin for Filling {
    fn name() -> &'static str {
        "filling"
    }

    fn schema() -> &'static str {
        LARGE.json
    }

    fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Ok(Self)
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        let [accepts, records @ ..] = command.payload() else { return Ok(()) };
        let records = records.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
        for id in 0..records {
            let id = command.ext_seq() << 32 | id;
            let refused = tx.create(&Large { id, count: 0 }).is_err()
                || tx.update(Large::pk(id), |record| record.set_count(1)).is_err()
                || tx.emit(&Filled { id }).is_err();
            if refused {
                break;
            }
        }
        if *accepts != 0 { Ok(()) } else { Err(tx.reject(format_args!("as asked"))) }
    }
}

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

const MIB: usize = 1 << 20;

fn engine() -> Engine {
    Engine::create(&LoadedPlugin::from_static(&FILLING).unwrap(), "").unwrap()
}

fn run(engine: &mut Engine, records: u64, accepts: bool) -> Outcome<'_> {
    let mut payload = [u8::from(accepts); 9];
    payload[1..].copy_from_slice(&records.to_le_bytes());
    let ext_seq = engine.position().next_ext_seq().unwrap();
    engine.run(&RuntimeCommandRef::new(1, ext_seq, 0, &payload))
}

/// Bytes of memory that this process uses, by the kernel's account.
fn resident() -> usize {
    let pages = fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * rustix::param::page_size()
}

/// The largest address space that this process may have, while `body` runs.
fn with_address_space(bytes: u64, body: impl FnOnce()) {
    let before = getrlimit(Resource::As);
    setrlimit(Resource::As, Rlimit { current: Some(bytes), ..before }).unwrap();
    body();
    setrlimit(Resource::As, before).unwrap();
}

fn address_space() -> u64 {
    let pages = fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = pages.split(' ').next().unwrap().parse().unwrap();
    pages * rustix::param::page_size() as u64
}

/// With this variable glibc gives freed blocks above a fixed size back to the system at once.
/// Without it, glibc raises the size up to 32 MiB after the first large block, and keeps up to
/// 64 MiB: by measurement, 3 MiB after the first rejected giant and 33 MiB after each further one.
const GIVE_BACK: (&str, &str) = ("MALLOC_MMAP_THRESHOLD_", "131072");

/// Runs one test of this binary in a process of its own, with [`GIVE_BACK`]. Returns true in that
/// process.
fn is_giving_back(test: &str) -> bool {
    let (variable, bytes) = GIVE_BACK;
    if env::var_os(variable).is_some_and(|set| set == bytes) {
        return true;
    }
    let mut child = process::Command::new(env::current_exe().unwrap());
    let output = child.args([test, "--exact"]).env(variable, bytes).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
    false
}

#[test]
fn rejected_giant_gives_its_memory_back() {
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if !is_giving_back("rejected_giant_gives_its_memory_back") {
        return;
    }
    let mut engine = engine();
    assert!(run(&mut engine, 10, true).is_committed());
    let before = (resident(), engine.store().image());
    for giant in ["first", "second"] {
        // 256 MiB of records, as much of undo steps.
        assert!(matches!(run(&mut engine, 4096, false), Outcome::Rejected(_)));
        let kept = resident().saturating_sub(before.0);
        assert!(kept < 8 * MIB, "{kept} bytes are kept after the {giant} giant");
    }
    assert!(engine.store().image() == before.1);
    engine.store().check_consistency().unwrap();
    assert!(run(&mut engine, 10, true).is_committed());
}

#[test]
fn committed_giant_gives_back_what_is_not_records() {
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut engine = engine();
    let before = resident();
    assert!(run(&mut engine, 1000, true).is_committed());
    assert!(run(&mut engine, 0, true).is_committed(), "events last until the next command");
    let records = 1000 * 65536;
    let kept = resident().saturating_sub(before + records);
    // A buffer that doubles may be as large again.
    assert!(kept < records / 2 + 16 * MIB, "{kept} bytes are kept");
}

#[test]
fn command_that_runs_out_of_memory_stops_the_engine_whatever_the_plugin_makes_of_it() {
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut engine = engine();
    assert!(run(&mut engine, 10, true).is_committed());
    let before = (engine.store().image(), engine.position());
    for accepts in [true, false] {
        with_address_space(address_space() + 128 * MIB as u64, || {
            let Outcome::Failed(failure) = run(&mut engine, 1_000_000, accepts) else {
                panic!("the plugin's answer was believed")
            };
            assert_eq!(failure.kind.0, 4002);
            assert_eq!(
                failure.message.to_string(),
                "the host has no memory left; the engine has stopped at ext_seq 2"
            );
        });
        assert_eq!(engine.position(), before.1);
        assert!(engine.store().image() == before.0);
        assert!(matches!(run(&mut engine, 1, true), Outcome::Failed(_)), "it has stopped");

        let plugin = engine.plugin().clone();
        engine = Engine::with_store(&plugin, "", engine.into_store()).unwrap();
        engine.resume_at(before.1);
    }
    assert!(run(&mut engine, 10, true).is_committed());
}
