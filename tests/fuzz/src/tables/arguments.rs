//! Our host's functions, called with arguments that plugins should not pass.

use std::{cell::RefCell, ffi::c_void, pin::pin, ptr};

use arbitrary::Arbitrary;
use statevec_abi::{
    abi::{
        RuntimeBytesRef, RuntimeCallStatus, RuntimeCommandView, RuntimeErrorBuf, RuntimeErrorKind,
        RuntimeHostContextV1, RuntimePluginApiV1,
        runtime_error_kind::{ABI_CONTRACT_VIOLATION, HOST_REJECTED, SCHEMA_MISMATCH},
    },
    boundary::{RuntimeCommandRef, limits},
    fixed_store::{FixedMemory, FixedStore, record_size},
    host::{HostGate, PluginApi, PluginRuntime},
    raw::{HostErrorBuffer, HostTable},
};

use super::arguments_call::call;

use super::{
    host::{Function, Len},
    plugin::SILENT,
};
use crate::store::schema::{NOTE, SCHEMA, SHARE, THING, TOLD, pk_len};

/// One call.
#[derive(Debug, Clone, Copy, Arbitrary)]
pub(super) struct Arguments {
    pub(super) function: Function,
    kind: Kind,
    pub(super) id: u8,
    pub(super) bytes_are_null: bool,
    pub(super) bytes_len: Len,
    pub(super) has_visitor: bool,
    pub(super) out: Out,
    pub(super) out_error: Out,
}

#[derive(Debug, Clone, Copy, Arbitrary)]
enum Kind {
    Thing,
    Share,
    Note,
    Told,
    Any(u8),
}

/// The pointer of an out parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Arbitrary)]
pub(super) enum Out {
    Null,
    Aligned,
    Misaligned,
}

/// The observed effects of the call.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    /// Kind of the error; 0 if the caller passed no buffer.
    failure: Option<u16>,
    visits: usize,
    /// The flag, or the number of the new record; `None` when nothing was written.
    out: Option<u64>,
}

/// A key of a thing, and bytes behind it.
const MEMORY: [u8; 256] = {
    let mut memory = [0; 256];
    memory[7] = 1;
    memory
};

impl Arguments {
    pub(super) fn kind(&self) -> u8 {
        match self.kind {
            Kind::Thing => THING,
            Kind::Share => SHARE,
            Kind::Note => NOTE,
            Kind::Told => TOLD,
            Kind::Any(kind) => kind,
        }
    }

    /// The bytes. Their stated length is never above a limit and also outside the memory.
    pub(super) fn bytes(&self) -> RuntimeBytesRef {
        let limit = match self.function {
            Function::Log => limits::LOG_MESSAGE,
            _ => limits::EVENT_PAYLOAD,
        };
        let len = match self.bytes_len {
            Len::Few(len) => len.into(),
            Len::AboveLimit(more) => limit + 1 + usize::from(more),
            Len::Most(less) => usize::MAX - usize::from(less),
        };
        let ptr = if self.bytes_are_null { ptr::null() } else { MEMORY.as_ptr() };
        RuntimeBytesRef { ptr, len }
    }

    fn expected(&self) -> Answer {
        let (visits, out) = match self.success() {
            Ok(success) => success,
            Err(kind) => {
                let kind = if self.out_error == Out::Null { 0 } else { kind.0 };
                return Answer { failure: Some(kind), visits: 0, out: None };
            }
        };
        Answer { failure: None, visits, out }
    }

    /// The number of visits and the value that is written, or the kind of the error. The store has
    /// one thing, with key 1.
    fn success(&self) -> Result<(usize, Option<u64>), RuntimeErrorKind> {
        use Function::{Create, Delete, Emit, ForEachKey, Log, ReadById, ReadByPk, Update};
        let (function, kind, bytes) = (self.function, self.kind(), self.bytes());
        let needs_visitor = !matches!(function, Delete | Emit | Log);
        let needs_out = !matches!(function, Emit | Log | ForEachKey);
        if needs_visitor && !self.has_visitor || needs_out && self.out == Out::Null {
            return Err(ABI_CONTRACT_VIOLATION);
        }
        if matches!(function, ReadByPk | Update | Delete) {
            let len = pk_len(kind).ok_or(SCHEMA_MISMATCH)?;
            if len != bytes.len {
                return Err(HOST_REJECTED);
            }
            if bytes.ptr.is_null() {
                return Err(ABI_CONTRACT_VIOLATION);
            }
        }
        let limit = if function == Log { limits::LOG_MESSAGE } else { limits::EVENT_PAYLOAD };
        let is_bad = bytes.len > limit || bytes.ptr.is_null() && bytes.len > 0;
        if matches!(function, Emit | Log) {
            return match is_bad {
                true => Err(ABI_CONTRACT_VIOLATION),
                false if function == Emit && kind != TOLD => Err(SCHEMA_MISMATCH),
                false => Ok((0, None)),
            };
        }
        if ![THING, SHARE, NOTE].contains(&kind) {
            return Err(SCHEMA_MISMATCH);
        }
        let is_thing = kind == THING;
        let found = |is_found: bool| Ok((usize::from(is_found), Some(u64::from(is_found))));
        match function {
            ReadById => found(is_thing && self.id == 1),
            ForEachKey => Ok((usize::from(is_thing), None)),
            Create => Ok((1, Some(if is_thing { 2 } else { 1 }))),
            Delete => Ok((0, Some(u64::from(is_thing)))),
            _ => found(is_thing),
        }
    }
}

pub(super) fn check(arguments: &Arguments) {
    let mut memory = FixedMemory::<4, { record_size(&SCHEMA) }, 512, 4, 3>::new();
    let mut store = FixedStore::new(&SCHEMA, &mut memory).expect("a memory for this schema");
    let table = RuntimePluginApiV1 { run_tx: Some(run_tx), ..*SILENT.api() };
    // SAFETY: the functions keep the contract, except for the arguments, which the host must check
    // (rule 1).
    let api = unsafe { PluginApi::check(&table) }.expect("a whole table");
    let mut error = RuntimeErrorBuf::RESET;
    let gate = pin!(HostGate::new());
    let mut runtime = PluginRuntime::create(api, "", gate, &mut error).expect("a silent plugin");

    CALL.set(Some((*arguments, 0, None)));
    let mut transaction = store.begin();
    let ran = runtime.run_tx(transaction.host(), &RuntimeCommandRef::new(1, 1, 0, &[]));
    assert!(ran.is_ok(), "{ran:?}");
    let (_, visits, answer) = CALL.take().expect("set above");
    let answer = answer.map(|(failure, out)| Answer { failure, visits, out });
    assert_eq!(answer, Some(arguments.expected()), "{arguments:?}");
}

pub(super) type Call = (Arguments, usize, Option<(Option<u16>, Option<u64>)>);

thread_local! {
    /// The plugin's call, the number of calls of its visitor, and the answer.
    pub(super) static CALL: RefCell<Option<Call>> = const { RefCell::new(None) };
}

/// Creates a thing, and then makes the call.
unsafe extern "C" fn run_tx(
    _: *mut c_void,
    host: RuntimeHostContextV1,
    _: RuntimeCommandView,
    _: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let mut buffer = RuntimeErrorBuf::RESET;
    // SAFETY: the host's own context, for the time of the call (rule 10).
    let mut table = unsafe { HostTable::from_raw(host) };
    let created = table.create(&mut HostErrorBuffer::new(&mut buffer), THING, |data| {
        data[0] = 1;
        Ok::<_, std::convert::Infallible>(())
    });
    assert!(created.is_ok());
    let arguments = CALL.with_borrow(|call| call.expect("set before the command").0);
    let answer = call(host, &arguments);
    CALL.with_borrow_mut(|call| call.as_mut().expect("set before the command").2 = Some(answer));
    RuntimeCallStatus::Success
}
