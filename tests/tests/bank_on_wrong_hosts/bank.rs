//! An instance of the bank, called through the table of its library.

use std::{ffi::c_void, ptr, sync::OnceLock};

use statevec_abi::{
    abi::{
        RUNTIME_PLUGIN_ENTRY_V1_SYMBOL, RuntimeBytesRef, RuntimeCallStatus, RuntimeErrorBuf,
        RuntimeErrorPhase, RuntimeHostContextV1, RuntimeHostVTableV1, RuntimePluginApiV1,
        RuntimePluginEntryV1, RuntimeReadContextV1, RuntimeReadVTableV1,
    },
    boundary::RuntimeCommandRef,
    typed::Payload as _,
};
use statevec_bank::Deposit;
use statevec_tests::beside;

use statevec_fixtures::wrong_host::{
    host::{HOST, READ},
    script::{HONEST, Script, follow},
};

/// The failure of a call of the bank: phase, kind and text.
pub(crate) type Failure = (RuntimeErrorPhase, u16, String);

/// A host call of the bank, and the command that makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    /// The first of a deposit.
    Update,
    /// The second, where there is no such account.
    Create,
    /// The second, where there is one.
    Emit,
    /// The first of the invariants.
    ForEachKey,
    /// The second, from inside the visitor of the first.
    ReadById,
}

pub(crate) const ALL: [Call; 5] =
    [Call::Update, Call::Create, Call::Emit, Call::ForEachKey, Call::ReadById];

/// The calls that lend a record.
pub(crate) const LENDING: [Call; 3] = [Call::Update, Call::Create, Call::ReadById];

/// The calls that lend a record if there is one.
pub(crate) const FINDING: [Call; 2] = [Call::Update, Call::ReadById];

impl Call {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Update => "update_typed_by_pk_raw",
            Self::Create => "create_typed_raw",
            Self::Emit => "emit_typed_event_raw",
            Self::ForEachKey => "for_each_record_key_raw",
            Self::ReadById => "with_read_typed_raw",
        }
    }

    pub(crate) fn phase(self) -> RuntimeErrorPhase {
        if self.is_validation() {
            RuntimeErrorPhase::ValidateBizInvariants
        } else {
            RuntimeErrorPhase::RunTx
        }
    }

    pub(crate) fn is_validation(self) -> bool {
        matches!(self, Self::ForEachKey | Self::ReadById)
    }

    /// Lets the host keep the contract up to this call, follow `script` in it, and then keep the
    /// contract again.
    fn lead_to(self, script: Script) {
        const NO_ACCOUNT: Script = Script { visits: &[], flag: Some(0), ..HONEST };
        let script = Script { then: Some(&HONEST), ..script };
        let (lead, script): (&[Script], _) = match self {
            Self::Update | Self::ReadById => (&[], script),
            Self::Create => (&[NO_ACCOUNT], script),
            Self::Emit => (&[HONEST], script),
            // A read from inside the walk would be the next call.
            Self::ForEachKey => (&[], Script { keys: &[], ..script }),
        };
        follow(lead, script, self.phase());
    }
}

/// Destroyed when dropped.
pub(crate) struct Instance(*mut c_void);

impl Instance {
    pub(crate) fn new() -> Self {
        let create = api().create_runtime.unwrap();
        let mut runtime = ptr::null_mut();
        // SAFETY: the pointers are live or null (rule 9).
        let status = unsafe { create(RuntimeBytesRef::empty(), &raw mut runtime, ptr::null_mut()) };
        assert_eq!(status, RuntimeCallStatus::Success);
        Self(runtime)
    }

    /// Leads the bank to a host call, in which the host follows a script.
    pub(crate) fn make(&self, call: Call, script: Script) -> Result<(), Failure> {
        self.make_through(call, script, &raw const HOST, &raw const READ)
    }

    /// The same, on tables of any kind.
    pub(crate) fn make_through(
        &self,
        call: Call,
        script: Script,
        host: *const RuntimeHostVTableV1,
        read: *const RuntimeReadVTableV1,
    ) -> Result<(), Failure> {
        call.lead_to(script);
        let mut error = RuntimeErrorBuf::RESET;
        let status = if call.is_validation() {
            let host = RuntimeReadContextV1 { ctx_ptr: ptr::null_mut(), vtable: read };
            let validate = api().validate_biz_invariants.unwrap();
            // SAFETY: the instance and the buffer live; the table is live, null or not aligned
            // (rules 1, 9 and 10).
            unsafe { validate(self.0, host, &raw mut error) }
        } else {
            let host = RuntimeHostContextV1 { ctx_ptr: ptr::null_mut(), vtable: host };
            let mut payload = [0; 16];
            let deposit = Deposit { account_id: 7, amount: 100 };
            assert_eq!(deposit.encode(&mut payload), Ok(deposit.encoded_len()));
            let command = RuntimeCommandRef::new(Deposit::KIND, 1, 0, &payload).view();
            let run_tx = api().run_tx.unwrap();
            // SAFETY: the instance, the payload and the buffer live; the table is live, null or not
            // aligned (rules 1, 9 and 10).
            unsafe { run_tx(self.0, host, command, &raw mut error) }
        };
        match status {
            RuntimeCallStatus::Success => Ok(()),
            _ => Err((error.phase, error.kind.0, error.message().to_string())),
        }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        let destroy = api().destroy_runtime.unwrap();
        // SAFETY: made by `new`, and not used again (rule 10).
        unsafe { destroy(self.0) };
    }
}

fn api() -> &'static RuntimePluginApiV1 {
    static API: OnceLock<RuntimePluginApiV1> = OnceLock::new();
    API.get_or_init(|| {
        let path = beside::library("statevec-bank-so").unwrap();
        // SAFETY: our own library, which does nothing when it is loaded (rule 10).
        let library = unsafe { libloading::Library::new(path) }.unwrap();
        // SAFETY: the symbol is of this type (rule 10).
        let entry =
            unsafe { library.get::<RuntimePluginEntryV1>(RUNTIME_PLUGIN_ENTRY_V1_SYMBOL) }.unwrap();
        // SAFETY: the entry has no arguments, and may be called at any time (rule 10).
        let api = unsafe { entry() };
        // It stays mapped as long as its table is used (rule 6).
        std::mem::forget(library);
        api
    })
}

/// The failure that the bank's caller gets: the kind and the text.
pub(crate) fn told(call: Call, kind: u16, text: &str) -> Result<(), Failure> {
    Err((call.phase(), kind, text.into()))
}

/// Leads the bank to a call in which the host follows a script, compares the result, and checks
/// that the instance still works.
#[track_caller]
pub(crate) fn assert_told(call: Call, script: Script, told: Result<(), Failure>) {
    let bank = Instance::new();
    assert_eq!(bank.make(call, script), told, "{call:?}, {script:?}");
    assert_eq!(bank.make(call, HONEST), Ok(()), "{call:?}: the instance goes on");
}
