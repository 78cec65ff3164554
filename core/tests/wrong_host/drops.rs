//! A visitor's captures and its result are dropped once, also if the host breaks the contract
//! (rule 4).

use core::{cell::Cell, ptr};

use statevec_abi::{
    abi::{RuntimeErrorBuf, RuntimeErrorPhase, RuntimeHostContextV1},
    raw::{HostErrorBuffer, HostTable, ReadTable},
};

use statevec_fixtures::wrong_host::{
    host::HOST,
    script::{HONEST, LentBytes, Report, Script, WHOLE, follow},
};

/// Counts how often it is dropped; and makes a host call then, if it can.
struct Counted<'c> {
    drops: &'c Cell<u32>,
    calls: Option<ReadTable<'c>>,
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.drops.set(self.drops.get() + 1);
        if let Some(table) = self.calls {
            read(table);
        }
    }
}

fn read(table: ReadTable<'_>) {
    let mut error = RuntimeErrorBuf::RESET;
    let _ = table.read_by_id(&mut HostErrorBuffer::new(&mut error), 1, 1, |_| ());
}

const SCRIPTS: [Script; 10] = [
    HONEST,
    Script { visits: &[], ..HONEST },
    Script { visits: &[], flag: Some(0), ..HONEST },
    Script { visits: &[LentBytes::Bytes(WHOLE); 3], ..HONEST },
    Script { visits: &[LentBytes::Null(8), LentBytes::Bytes(WHOLE)], ..HONEST },
    Script { flag: Some(2), created: Some(2), ..HONEST },
    Script { status: 1, report: Report::Text(4001, "no"), ..HONEST },
    Script { status: 2, visits: &[], ..HONEST },
    Script { revisits: true, ..HONEST },
    Script { wide_flag: true, ..HONEST },
];

#[test]
fn visitor_or_what_it_made_is_dropped_twice_or_never() {
    let raw = RuntimeHostContextV1 { ctx_ptr: ptr::null_mut(), vtable: &raw const HOST };
    // SAFETY: the table is live, and keeps the contract as the scripts say (rule 10).
    let mut table = unsafe { HostTable::from_raw(raw) };
    let calls = table.read();
    for script in SCRIPTS {
        for entry in 0..4 {
            follow(&[], script, RuntimeErrorPhase::RunTx);
            let (held, made) = (Cell::new(0), Cell::new(0));
            let ran = Cell::new(0);
            let hold = Counted { drops: &held, calls: None };
            let visit = || {
                let _hold = hold;
                ran.set(ran.get() + 1);
                // With `revisits` the host calls this visitor again from here, and from the
                // destructor of its result.
                read(calls);
                Counted { drops: &made, calls: Some(calls) }
            };
            let mut error = RuntimeErrorBuf::RESET;
            let error_buffer = &mut HostErrorBuffer::new(&mut error);
            match entry {
                0 => drop(calls.read_by_id(error_buffer, 1, 1, |_| visit())),
                1 => drop(calls.read_by_pk(error_buffer, 1, b"key", |_| visit())),
                2 => drop(table.create(error_buffer, 1, |_| visit())),
                _ => drop(table.update_by_pk(error_buffer, 1, b"key", |_| visit())),
            }
            assert_eq!((held.get(), made.get()), (1, ran.get()), "{entry}: {script:?}");
            assert!(ran.get() <= 1, "{entry}: {script:?}");
        }
    }
}
