//! The plugin. It calls the host's table without the SDK, so that it can also make illegal calls.

use std::{
    cell::{Cell, RefCell},
    ffi::c_void,
    panic::resume_unwind,
    rc::Rc,
};

use statevec_abi::plugin::ReadAccess as _;
use statevec_abi::{
    abi::{
        RuntimeCallStatus, RuntimeCommandView, RuntimeErrorBuf, RuntimeErrorKind,
        RuntimeHostContextV1, RuntimePluginApiV1,
    },
    boundary::{ErrorSlot, RuntimeCommandRef, TxResult},
    plugin::{Plugin, StaticPlugin, Tx},
    raw::{HostCallError, HostErrorBuffer, HostTable},
    static_plugin,
};

use super::{
    schema::{pk_of, write},
    script::{Call, End, Step, Transaction},
};

/// An observation of the plugin. They are kept in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Seen {
    /// Bytes that a visitor was lent.
    Lent(Vec<u8>),
    /// A key that a walk showed.
    Key(u64),
    Created(u64),
    Found(bool),
    Done,
    Refused(RuntimeErrorKind),
}

thread_local! {
    /// The script of the next command.
    static SCRIPT: RefCell<Rc<Transaction>> = RefCell::new(Rc::new(Transaction {
        steps: Vec::new(),
        tolerant: false,
        end: End::Commit,
    }));
    static SEEN: RefCell<Vec<Seen>> = const { RefCell::new(Vec::new()) };
    /// The context of the last command.
    static CONTEXT: Cell<Option<RuntimeHostContextV1>> = const { Cell::new(None) };
}

pub(super) fn set_script(script: Rc<Transaction>) {
    SCRIPT.set(script);
    SEEN.take();
}

pub(super) fn take_seen() -> Vec<Seen> {
    SEEN.take()
}

/// Reads through the context of the last command, after it; the kind of the refusal.
pub(super) fn late_call() -> Option<RuntimeErrorKind> {
    let context = CONTEXT.get().expect("a command has run");
    let mut buffer = RuntimeErrorBuf::RESET;
    let mut error_buffer = HostErrorBuffer::new(&mut buffer);
    // SAFETY: the runtime handle lives, and with it what the context points to (rule 5).
    let table = unsafe { HostTable::from_raw(context) };
    let answer = table.read().for_each_key(&mut error_buffer, 2, |_| ());
    answer.is_err().then(|| error_buffer.report().kind)
}

/// The table, with a `run_tx` that keeps the context.
pub(super) fn api() -> RuntimePluginApiV1 {
    RuntimePluginApiV1 { run_tx: Some(run_tx), ..*SCRIPTED.api() }
}

unsafe extern "C" fn run_tx(
    runtime: *mut c_void,
    host: RuntimeHostContextV1,
    command: RuntimeCommandView,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    CONTEXT.set(Some(host));
    let run_tx = SCRIPTED.api().run_tx.expect("a whole table");
    // SAFETY: the host called this entry with these arguments, and they are valid until it returns
    // (rule 10).
    unsafe { run_tx(runtime, host, command, out_error) }
}

struct Scripted;

const SCRIPTED: StaticPlugin = static_plugin!(Scripted, slots = 16);

impl Plugin for Scripted {
    fn name() -> &'static str {
        "scripted"
    }

    fn schema() -> &'static str {
        "{}"
    }

    fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Ok(Self)
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, _: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        let script = SCRIPT.with_borrow(Rc::clone);
        let context = CONTEXT.get().expect("set on the way in");
        for step in &script.steps {
            if let Some(kind) = make(context, step)
                && !script.tolerant
            {
                return Err(tx.fail(kind, format_args!("a step was refused")));
            }
        }
        match script.end {
            End::Commit | End::Leak => Ok(()),
            End::Reject => Err(tx.reject(format_args!("as told"))),
            End::Panic => panic_as_told(),
        }
    }
}

/// Makes one step, and returns the kind of the host's refusal.
fn make(context: RuntimeHostContextV1, step: &Step) -> Option<RuntimeErrorKind> {
    let mut buffer = RuntimeErrorBuf::RESET;
    let mut error_buffer = HostErrorBuffer::new(&mut buffer);
    let answer = call(context, step, &mut error_buffer);
    let report = error_buffer.report();
    match answer {
        Ok(seen) => {
            see(seen);
            None
        }
        Err(HostCallError::Reported { .. }) => {
            let text = std::str::from_utf8(report.message().as_bytes());
            assert!(text.is_ok_and(|text| !text.is_empty()), "{report:?}");
            see(Seen::Refused(report.kind));
            Some(report.kind)
        }
        Err(HostCallError::Contract(violation)) => panic!("{violation}"),
        Err(HostCallError::Refused(error)) => panic!("{error}"),
    }
}

fn call(
    context: RuntimeHostContextV1,
    step: &Step,
    error_buffer: &mut HostErrorBuffer<'_>,
) -> Result<Seen, HostCallError> {
    // SAFETY: the host's table and context, for the time of the command (rule 10).
    let mut table = unsafe { HostTable::from_raw(context) };
    let read = table.read();
    let inside = || {
        for step in &step.inside {
            let _refused = make(context, step);
        }
    };
    let look = |data: &[u8]| {
        see(Seen::Lent(data.to_vec()));
        inside();
    };
    let found = |answer: Option<()>| Seen::Found(answer.is_some());
    match &step.call {
        Call::Create { kind, key, pokes } => {
            let kind = kind.number();
            let made = table.create(error_buffer, kind, |data| {
                look(data);
                write(kind, *key, pokes, data);
            });
            made.map(|(key, ())| Seen::Created(key.sys_id))
        }
        Call::Update { kind, key, pokes } => {
            let kind = kind.number();
            let updated = table.update_by_pk(error_buffer, kind, &pk_of(kind, *key), |data| {
                look(data);
                write(kind, *key, pokes, data);
            });
            updated.map(found)
        }
        Call::Delete { kind, key } => {
            let pk = pk_of(kind.number(), *key);
            table.delete_by_pk(error_buffer, kind.number(), &pk).map(Seen::Found)
        }
        Call::ReadByPk { kind, key } => {
            let pk = pk_of(kind.number(), *key);
            read.read_by_pk(error_buffer, kind.number(), &pk, look).map(found)
        }
        Call::ReadByBytes { kind, pk } => {
            read.read_by_pk(error_buffer, kind.number(), pk, look).map(found)
        }
        Call::ReadById { kind, id } => {
            read.read_by_id(error_buffer, kind.number(), id.0.into(), look).map(found)
        }
        Call::Walk { kind } => {
            let walked = read.for_each_key(error_buffer, kind.number(), |key| {
                assert_eq!(key.kind, kind.number());
                see(Seen::Key(key.sys_id));
                inside();
            });
            walked.map(|()| Seen::Done)
        }
        Call::Emit { kind, payload } => {
            table.emit_event(error_buffer, kind.number(), payload).map(|()| Seen::Done)
        }
        Call::Log { text } => {
            let text = String::from_utf8_lossy(text);
            table.debug_log(error_buffer, &text).map(|()| Seen::Done)
        }
        Call::Panic => panic_as_told(),
    }
}

fn see(seen: Seen) {
    SEEN.with_borrow_mut(|all| all.push(seen));
}

/// Unwinds without the panic hook: libFuzzer's ends the process.
fn panic_as_told() -> ! {
    resume_unwind(Box::new("as told"))
}
