//! A plugin that calls the host's C functions itself, in places where that is illegal.

use std::ffi::c_void;

use statevec_abi::{
    abi::{
        RuntimeBytesMutRef, RuntimeBytesRef, RuntimeCallStatus, RuntimeCommandView,
        RuntimeErrorBuf, RuntimeErrorPhase, RuntimeHostContextV1, RuntimePluginApiV1,
        RuntimeRecordKeyView,
        runtime_error_kind::{HOST_REJECTED, PLUGIN_REJECTED},
    },
    boundary::{ErrorSlot, RuntimeCommandRef, TxResult, write_runtime_error},
    plugin::{Plugin, StaticPlugin, Tx},
    static_plugin,
};
use statevec_host::{Engine, LoadedPlugin, Outcome};

use crate::schema::{self, ACCOUNT, SEEN, pk, put_key};

/// All functions of the plugins here except `run_tx`.
struct Shell;

impl Plugin for Shell {
    fn name() -> &'static str {
        "raw"
    }

    fn schema() -> &'static str {
        &schema::JSON
    }

    fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Ok(Self)
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, _: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        tx.create_raw(ACCOUNT, |data| put_key(ACCOUNT, 1, data)).map(drop)
    }
}

const SHELL: StaticPlugin = static_plugin!(Shell, slots = 16);

/// An engine with one account, whose next command runs `run_tx`.
fn engine(run_tx: statevec_abi::abi::RunTxFn) -> Engine {
    let plugin = LoadedPlugin::from_static(&SHELL).unwrap();
    let mut engine = Engine::create(&plugin, "").unwrap();
    assert!(engine.run(&RuntimeCommandRef::new(1, 1, 0, &[])).is_committed());
    let table = RuntimePluginApiV1 { run_tx: Some(run_tx), ..*SHELL.api() };
    // SAFETY: the functions keep the contract, except for the illegal calls that the host must
    // refuse (rule 3).
    let raw = unsafe { StaticPlugin::from_table(Shell::name, table) };
    let raw = LoadedPlugin::from_static(&raw).unwrap();
    Engine::with_store(&raw, "", engine.into_store()).unwrap()
}

/// The calls that a visitor made, and the host's answers.
struct Attempt {
    host: RuntimeHostContextV1,
    answers: Vec<(RuntimeCallStatus, RuntimeErrorBuf)>,
}

impl Attempt {
    /// Emits, deletes, creates and updates.
    fn write(&mut self) {
        let key = pk(ACCOUNT, 1);
        let (ctx, pk, payload) = (
            self.host.ctx_ptr,
            RuntimeBytesRef::from_slice(&key),
            RuntimeBytesRef::from_slice(&[1]),
        );
        // SAFETY: the host's table, for the time of the call (rule 1).
        let table = unsafe { &*self.host.vtable };
        let (mut found, mut created) = (9, RuntimeRecordKeyView { kind: 0, sys_id: 0 });
        let nothing = std::ptr::null_mut();
        self.answer(|error| {
            // SAFETY: the host lent this context for the call, and all other pointers are to live
            // values of this function (rules 1 and 9).
            unsafe { table.emit_typed_event_raw.unwrap()(ctx, SEEN, payload, error) }
        });
        self.answer(|error| {
            // SAFETY: the host lent this context for the call, and all other pointers are to live
            // values of this function (rules 1 and 9).
            unsafe { table.delete_by_pk_raw.unwrap()(ctx, ACCOUNT, pk, &raw mut found, error) }
        });
        self.answer(|error| {
            // SAFETY: the host lent this context for the call, and all other pointers are to live
            // values of this function (rules 1 and 9).
            unsafe {
                table.create_typed_raw.unwrap()(
                    ctx,
                    ACCOUNT,
                    nothing,
                    Some(never),
                    &raw mut created,
                    error,
                )
            }
        });
        self.answer(|error| {
            // SAFETY: the host lent this context for the call, and all other pointers are to live
            // values of this function (rules 1 and 9).
            unsafe {
                table.update_typed_by_pk_raw.unwrap()(
                    ctx,
                    ACCOUNT,
                    pk,
                    nothing,
                    Some(never),
                    &raw mut found,
                    error,
                )
            }
        });
        assert_eq!((found, created.kind), (9, 0), "a refused call wrote an answer");
    }

    fn read(&mut self) {
        // SAFETY: the host's table, for the time of the call (rule 1).
        let table = unsafe { &*self.host.vtable };
        let (ctx, nothing, mut found) = (self.host.ctx_ptr, std::ptr::null_mut(), 9);
        self.answer(|error| {
            // SAFETY: the host lent this context for the call, and all other pointers are to live
            // values of this function (rules 1 and 9).
            unsafe {
                table.with_read_typed_raw.unwrap()(
                    ctx,
                    ACCOUNT,
                    1,
                    nothing,
                    Some(look),
                    &raw mut found,
                    error,
                )
            }
        });
    }

    fn answer(&mut self, call: impl FnOnce(*mut RuntimeErrorBuf) -> RuntimeCallStatus) {
        let mut error = RuntimeErrorBuf::RESET;
        let status = call(&raw mut error);
        self.answers.push((status, error));
    }

    fn all_refused(&self, calls: usize) -> bool {
        let refused = |(status, error): &(RuntimeCallStatus, RuntimeErrorBuf)| {
            *status == RuntimeCallStatus::Failure && error.kind == HOST_REJECTED
        };
        self.answers.len() == calls && self.answers.iter().all(refused)
    }
}

unsafe extern "C" fn never(_: *mut c_void, _: RuntimeBytesMutRef) {
    panic!("a refused write lent a record");
}

unsafe extern "C" fn look(_: *mut c_void, _: RuntimeBytesRef) {}

unsafe extern "C" fn write_while_reading(ctx: *mut c_void, _: RuntimeBytesRef) {
    // SAFETY: the attempt that was passed; no other reference to it is used meanwhile (rule 4).
    unsafe { &mut *ctx.cast::<Attempt>() }.write();
}

unsafe extern "C" fn call_while_writing(ctx: *mut c_void, _: RuntimeBytesMutRef) {
    // SAFETY: the attempt that was passed; no other reference to it is used meanwhile (rule 4).
    let attempt = unsafe { &mut *ctx.cast::<Attempt>() };
    attempt.write();
    attempt.read();
}

unsafe extern "C" fn write_in_read_visitor(
    _: *mut c_void,
    host: RuntimeHostContextV1,
    _: RuntimeCommandView,
    error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let mut attempt = Attempt { host, answers: Vec::new() };
    let mut found = 0;
    let visitor_ctx = (&raw mut attempt).cast();
    // SAFETY: the host's table, for the time of the call (rule 1).
    let read = unsafe { (*host.vtable).with_read_typed_raw }.unwrap();
    // SAFETY: the visitor and its context belong together, and live (rule 4).
    unsafe {
        read(
            host.ctx_ptr,
            ACCOUNT,
            1,
            visitor_ctx,
            Some(write_while_reading),
            &raw mut found,
            error,
        )
    };
    report(error, found == 1 && attempt.all_refused(4))
}

unsafe extern "C" fn call_in_update_visitor(
    _: *mut c_void,
    host: RuntimeHostContextV1,
    _: RuntimeCommandView,
    error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let mut attempt = Attempt { host, answers: Vec::new() };
    let (mut found, key) = (0, pk(ACCOUNT, 1));
    let (key, visitor_ctx) = (RuntimeBytesRef::from_slice(&key), (&raw mut attempt).cast());
    // SAFETY: the host's table, for the time of the call (rule 1).
    let update = unsafe { (*host.vtable).update_typed_by_pk_raw }.unwrap();
    // SAFETY: the visitor and its context belong together, and live (rule 4).
    unsafe {
        update(
            host.ctx_ptr,
            ACCOUNT,
            key,
            visitor_ctx,
            Some(call_while_writing),
            &raw mut found,
            error,
        )
    };
    report(error, found == 1 && attempt.all_refused(5))
}

/// A rejection with the test's result.
fn report(error: *mut RuntimeErrorBuf, as_expected: bool) -> RuntimeCallStatus {
    let text = if as_expected { "all refused" } else { "something was let through" };
    let phase = RuntimeErrorPhase::RunTx;
    // SAFETY: the host gave this buffer to the call, which still runs (rule 9).
    unsafe { write_runtime_error(error, phase, PLUGIN_REJECTED, text) };
    RuntimeCallStatus::Failure
}

fn assert_all_refused(run_tx: statevec_abi::abi::RunTxFn) {
    let mut engine = engine(run_tx);
    let before = engine.store().image();
    match engine.run(&RuntimeCommandRef::new(1, 2, 0, &[])) {
        Outcome::Rejected(failure) => assert_eq!(failure.message.to_string(), "all refused"),
        other => panic!("{other:?}"),
    }
    assert_eq!(engine.store().image(), before);
    engine.store().check_consistency().unwrap();
}

#[test]
fn write_from_a_read_visitor_is_refused() {
    assert_all_refused(write_in_read_visitor);
}

#[test]
fn any_call_from_an_update_visitor_is_refused() {
    assert_all_refused(call_in_update_visitor);
}
