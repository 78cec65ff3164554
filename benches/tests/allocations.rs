//! No command allocates, on either side of the boundary, whether it succeeds or fails. This is a
//! binary of its own, because it counts allocations.

use std::error::Error;

use statevec_abi::{
    abi::{RuntimePluginApiV1, RuntimePluginEntryV1},
    boundary::RuntimeCommandRef,
};
use statevec_benches::{
    Operation, Peer, library,
    peers::{Ours, PluginSource},
    verify::verify,
};
use statevec_fixtures::counting::{Counting, allocations};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The plugin in a library that counts its own allocations.
enum Counted {}

const LIBRARY: &str = "statevec_bench_core_counted";

impl PluginSource for Counted {
    const NAME: &'static str = "core SDK, .so that counts";
    type Entry = RuntimePluginEntryV1;

    fn find() -> Result<Self::Entry, Box<dyn Error>> {
        library::entry(LIBRARY)
    }

    fn table(entry: &Self::Entry) -> RuntimePluginApiV1 {
        // SAFETY: the entry function of a mapped library of ours (rules 1 and 6).
        unsafe { entry() }
    }
}

type Count = unsafe extern "C" fn() -> u64;

/// Runs a command, and returns its error kind, and how often host and plugin have allocated
/// meanwhile.
fn run(
    peer: &mut Ours<Counted>,
    count: Count,
    command: &RuntimeCommandRef<'_>,
) -> (Option<u16>, [u64; 2]) {
    // SAFETY: the function has this type, and its caller has no conditions to keep (rule 1).
    let in_plugin = || unsafe { count() };
    let (host, plugin) = (allocations(), in_plugin());
    let kind = peer.run(command).err().map(|failure| failure.kind);
    (kind, [allocations() - host, in_plugin() - plugin])
}

#[test]
fn no_way_that_a_command_can_end_allocates() -> Result<(), Box<dyn Error>> {
    let mut peer = Ours::<Counted>::load()?;
    verify(&mut peer)?;
    // SAFETY: the library exports a function of this name and type (rule 1).
    let count = *unsafe { library::open(LIBRARY)?.get::<Count>(b"statevec_bench_allocations\0") }?;
    // SAFETY: the function has this type, and its caller has no conditions to keep (rule 1).
    assert!(unsafe { count() } > 0, "creating an instance allocates, and so this counts nothing");

    let ends = |operation| match operation {
        Operation::RejectText | Operation::RejectFormatted => Some(2001),
        Operation::HostError => Some(4001),
        _ => None,
    };
    for operation in Operation::ALL {
        for (number, command) in operation.commands().iter().enumerate() {
            let name = operation.name();
            assert_eq!(
                run(&mut peer, count, command),
                (ends(operation), [0, 0]),
                "{name} {number}"
            );
        }
    }
    let unknown = RuntimeCommandRef::new(200, 1, 0, b"");
    assert_eq!(run(&mut peer, count, &unknown), (Some(2002), [0, 0]), "unknown command");
    let short = RuntimeCommandRef::new(4, 1, 0, b"short");
    assert_eq!(run(&mut peer, count, &short), (Some(2002), [0, 0]), "payload too short");
    let no_account = [u64::MAX.to_le_bytes(), 1_u64.to_le_bytes()].concat();
    let no_account = RuntimeCommandRef::new(4, 1, 0, &no_account);
    assert_eq!(run(&mut peer, count, &no_account), (Some(2001), [0, 0]), "no such account");
    Ok(())
}
