//! Hosts that answer wrongly, and what a plugin makes of it (rules 1 to 4). Each test is named after what the host does.
#![cfg(feature = "std")]
#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

use core::{ffi::c_void, ptr};
use std::cell::Cell;

use statevec_abi::{
    plugin::{ContractViolation, Scratch},
    *,
};

/// What the plugin does in its visitor, and what the host does with it.
#[derive(Clone, Copy)]
struct Script {
    found: u8,
    status: u32,
    visits: &'static [Lent],
    panics: bool,
    /// What the host writes into the error buffer: kind and text.
    writes: Option<(u16, &'static str)>,
}

#[derive(Clone, Copy)]
enum Lent {
    Good,
    NullOfLength,
    AboveTheLimit,
}

const HONEST: Script =
    Script { found: 1, status: 0, visits: &[Lent::Good], panics: false, writes: None };

thread_local! {
    static SCRIPT: Cell<Script> = const { Cell::new(HONEST) };
}

unsafe extern "C" fn read_by_id(
    _ctx: *const c_void,
    _kind: RecordKind,
    _sys_id: SysId,
    visitor_ctx: *mut c_void,
    visitor: Option<RuntimeBytesVisitor>,
    out_found: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let script = SCRIPT.get();
    for lent in script.visits {
        let bytes = match lent {
            Lent::Good => RuntimeBytesRef::from_slice(b"data"),
            Lent::NullOfLength => RuntimeBytesRef { ptr: ptr::null(), len: 4 },
            Lent::AboveTheLimit => RuntimeBytesRef { ptr: ptr::dangling(), len: usize::MAX },
        };
        // SAFETY: the visitor that the plugin passed, with its own context (rule 4).
        unsafe { visitor.unwrap()(visitor_ctx, bytes) };
    }
    // SAFETY: the plugin's out parameter is live (rule 9).
    unsafe { out_found.write(script.found) };
    if let Some((kind, text)) = script.writes {
        // SAFETY: the plugin's buffer is live (rule 9).
        unsafe {
            write_runtime_error(out_error, RuntimeErrorPhase::RunTx, RuntimeErrorKind(kind), text);
        }
    }
    RuntimeCallStatus(script.status)
}

const TABLE: RuntimeHostVTableV1 = RuntimeHostVTableV1 {
    with_read_typed_raw: Some(read_by_id),
    with_read_typed_by_pk_raw: None,
    create_typed_raw: None,
    update_typed_by_pk_raw: None,
    delete_by_pk_raw: None,
    emit_typed_event_raw: None,
    for_each_record_key_raw: None,
    debug_log: None,
};

/// Reads one record; its kind says what else it does.
struct Reader;

const READ: u8 = 1;
const READ_TWICE_AND_FORGIVE_THE_FIRST: u8 = 2;
const MISSING_ENTRY: u8 = 3;

impl Plugin for Reader {
    fn name() -> &'static str {
        "reader"
    }

    fn schema() -> &'static str {
        "{}"
    }

    fn create<'c>(_config: &str, _error: ErrorSlot<'c>) -> Result<Self, Rejected<'c>> {
        Ok(Self)
    }

    fn run_tx<'tx>(
        &self,
        tx: &mut Tx<'tx>,
        command: &RuntimeCommandRef<'_>,
    ) -> Result<(), Rejected<'tx>> {
        let visitor = |data: &[u8]| {
            assert!(!SCRIPT.get().panics, "the visitor panics");
            assert_eq!(data, b"data");
        };
        match command.command_kind() {
            MISSING_ENTRY => tx.delete_by_pk_raw(1, b"key").map(drop),
            READ_TWICE_AND_FORGIVE_THE_FIRST => {
                let _ = tx.read_raw(1, 1, visitor);
                SCRIPT.set(Script { writes: None, visits: &[], status: 1, ..SCRIPT.get() });
                tx.read_raw(1, 1, visitor).map(drop)
            }
            _ => match tx.read_raw(1, 1, visitor)? {
                Some(()) => Ok(()),
                None => Err(tx.reject(format_args!("no record"))),
            },
        }
    }
}

const READER: StaticPlugin = static_plugin!(Reader, slots = 64);

/// An instance of the reader.
struct Instance(*mut c_void);

impl Instance {
    fn new() -> Self {
        let create = READER.api().create_runtime.unwrap();
        let mut runtime = ptr::null_mut();
        // SAFETY: the pointers are live or null (rule 9).
        let status = unsafe { create(RuntimeBytesRef::empty(), &raw mut runtime, ptr::null_mut()) };
        assert_eq!(status, RuntimeCallStatus::Success);
        Self(runtime)
    }

    /// Runs a command on a host that follows a script: nothing, or the kind and text of the error.
    fn run(&self, script: Script, kind: u8) -> Result<(), (u16, String)> {
        SCRIPT.set(script);
        let run_tx = READER.api().run_tx.unwrap();
        let host =
            RuntimeHostContextV1 { ctx_ptr: ptr::null_mut(), vtable: &raw const TABLE_IN_PLACE };
        let mut error = RuntimeErrorBuf::RESET;
        let command = RuntimeCommandRef::new(kind, 1, 0, &[]).view();
        // SAFETY: the instance, the table and the buffer are live (rules 9 and 10).
        match unsafe { run_tx(self.0, host, command, &raw mut error) } {
            RuntimeCallStatus::Success => Ok(()),
            _ => Err((error.kind.0, error.message().to_string())),
        }
    }
}

static TABLE_IN_PLACE: RuntimeHostVTableV1 = TABLE;

impl Drop for Instance {
    fn drop(&mut self) {
        let destroy = READER.api().destroy_runtime.unwrap();
        // SAFETY: made by `new`, and not used again (rule 10).
        unsafe { destroy(self.0) };
    }
}

#[track_caller]
fn assert_answer(script: Script, kind: u16, text: &str) {
    let instance = Instance::new();
    assert_eq!(instance.run(script, READ), Err((kind, text.to_string())));
    assert_eq!(instance.run(HONEST, READ), Ok(()), "the instance goes on");
}

#[test]
fn answers_as_it_should() {
    assert_eq!(Instance::new().run(HONEST, READ), Ok(()));
    let nothing = Script { found: 0, visits: &[], ..HONEST };
    assert_answer(nothing, 2001, "no record");
}

#[test]
fn visits_twice() {
    let script = Script { visits: &[Lent::Good, Lent::Good], ..HONEST };
    assert_answer(script, 1, "with_read_typed_raw called its visitor twice");
}

#[test]
fn finds_a_record_and_does_not_lend_it() {
    let script = Script { visits: &[], ..HONEST };
    assert_answer(script, 1, "with_read_typed_raw succeeded without calling its visitor");
}

#[test]
fn lends_a_record_that_it_did_not_find() {
    let text = "with_read_typed_raw called its visitor and then reported that there is no record";
    assert_answer(Script { found: 0, ..HONEST }, 1, text);
}

#[test]
fn lends_null_with_a_length() {
    let script = Script { visits: &[Lent::NullOfLength], ..HONEST };
    let text = "with_read_typed_raw lent bad bytes: bytes pointer is null but len is non-zero";
    assert_answer(script, 1, text);
}

#[test]
fn lends_more_than_there_can_be() {
    let script = Script { visits: &[Lent::AboveTheLimit], ..HONEST };
    let text = format!(
        "with_read_typed_raw lent bad bytes: {} bytes are more than the limit of {}",
        usize::MAX,
        limits::RECORD
    );
    assert_answer(script, 1, &text);
}

#[test]
fn found_is_2() {
    let text = "with_read_typed_raw wrote 2 where 0 or 1 is defined";
    assert_answer(Script { found: 2, ..HONEST }, 1, text);
}

#[test]
fn status_is_neither_0_nor_1() {
    let text = "with_read_typed_raw returned status 4294967295; 0 and 1 are defined";
    assert_answer(Script { status: u32::MAX, ..HONEST }, 1, text);
}

#[test]
fn fails_without_a_reason() {
    let script = Script { status: 1, visits: &[], ..HONEST };
    assert_answer(script, 4002, "with_read_typed_raw failed and gave no reason");
}

#[test]
fn fails_with_a_reason_of_its_own() {
    let script = Script { status: 1, visits: &[], writes: Some((4001, "not now")), ..HONEST };
    assert_answer(script, 4001, "not now");
}

#[test]
fn breaks_the_contract_with_a_text_that_must_not_pass_for_a_later_reason() {
    let broken = Script { found: 2, writes: Some((4001, "stale")), ..HONEST };
    let answer = Instance::new().run(broken, READ_TWICE_AND_FORGIVE_THE_FIRST);
    assert_eq!(answer, Err((4002, "with_read_typed_raw failed and gave no reason".into())));
}

#[test]
fn has_no_such_function() {
    let instance = Instance::new();
    let text = "delete_by_pk_raw is null in the host's table".to_string();
    assert_eq!(instance.run(HONEST, MISSING_ENTRY), Err((1, text)));
}

#[test]
fn visits_again_after_the_visitor_panicked() {
    let instance = Instance::new();
    let script = Script { visits: &[Lent::Good, Lent::Good], panics: true, ..HONEST };
    let panicked = (5001, "plugin panicked: the visitor panics".to_string());
    assert_eq!(instance.run(script, READ), Err(panicked));
    let quarantined =
        "the plugin instance panicked in an earlier call; destroy it and create a new one";
    assert_eq!(instance.run(HONEST, READ), Err((5001, quarantined.to_string())));
}

#[test]
fn violations_say_which_call_did_what() {
    let violation = ContractViolation::Kind { call: "create_typed_raw", expected: 1, got: 0 };
    let text = "create_typed_raw answered with a record of kind 0; 1 was asked for";
    assert_eq!(violation.to_string(), text);
    let mut buffer = RuntimeErrorBuf::RESET;
    assert!(Scratch::new(&mut buffer).report().message().is_empty());
}
