//! Hosts in Rust that panic in a host call: behind our tables the panic is caught, and the plugin
//! is told (rule 2).

use core::pin::pin;
use std::{
    cell::Cell,
    panic::{panic_any, resume_unwind},
};

use statevec_abi::{
    abi::{RecordKey, RecordKind, RuntimeErrorBuf, SysId},
    boundary::{ErrorSlot, RuntimeCommandRef, TxResult},
    host::{BytesMutVisitor, BytesVisitor, Host, HostGate, KeyVisitor, PluginApi, PluginRuntime},
};

use crate::{
    call::{ALL, Call, During, Entry, LENDING, Task, WALKING, Way, set_task, visits},
    instance::{Failure, reported},
    plugin,
    script::WHOLE,
};

/// When it panics in its next call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Never,
    /// When it is asked for the length of a key.
    AskedForKeyLen,
    BeforeVisit,
    /// Back in the frame that called the visitor.
    AfterVisit,
}

/// What it panics with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum With {
    Text,
    /// What is no text.
    Number,
    Bomb,
}

struct Panicking {
    when: Cell<When>,
    with: With,
}

/// Its destructor panics, with another of its kind. It has no bytes, because the last one is
/// forgotten.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic_any(Self);
    }
}

impl Panicking {
    fn at(&self, when: When) {
        if self.when.get() != when {
            return;
        }
        match self.with {
            With::Text => panic!("the host is on fire"),
            With::Number => panic_any(7),
            With::Bomb => resume_unwind(Box::new(Bomb)),
        }
    }

    fn lend<T>(&self, visit: impl FnOnce(&mut [u8]), answer: T) -> T {
        self.at(When::BeforeVisit);
        visit(&mut [0; WHOLE]);
        self.at(When::AfterVisit);
        answer
    }
}

impl Host for Panicking {
    fn key_len(&self, _: RecordKind) -> Option<usize> {
        self.at(When::AskedForKeyLen);
        Some(b"key".len())
    }

    fn read_by_id<'e>(
        &self,
        _: RecordKind,
        _: SysId,
        visitor: BytesVisitor<'_>,
        _: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        Ok(self.lend(|data| visitor.visit(data), true))
    }

    fn read_by_pk<'e>(
        &self,
        _: RecordKind,
        _: &[u8],
        visitor: BytesVisitor<'_>,
        _: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        Ok(self.lend(|data| visitor.visit(data), true))
    }

    fn create<'e>(
        &mut self,
        kind: RecordKind,
        init: BytesMutVisitor<'_>,
        _: ErrorSlot<'e>,
    ) -> TxResult<'e, RecordKey> {
        Ok(self.lend(|data| init.visit(data), RecordKey { kind, sys_id: 1 }))
    }

    fn update_by_pk<'e>(
        &mut self,
        _: RecordKind,
        _: &[u8],
        update: BytesMutVisitor<'_>,
        _: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        Ok(self.lend(|data| update.visit(data), true))
    }

    fn delete_by_pk<'e>(
        &mut self,
        _: RecordKind,
        _: &[u8],
        _: ErrorSlot<'e>,
    ) -> TxResult<'e, bool> {
        Ok(self.lend(|_| (), true))
    }

    fn emit_event<'e>(&mut self, _: u8, _: &[u8], _: ErrorSlot<'e>) -> TxResult<'e> {
        self.lend(|_| (), Ok(()))
    }

    fn for_each_key<'e>(
        &self,
        kind: RecordKind,
        mut visitor: KeyVisitor<'_>,
        _: ErrorSlot<'e>,
    ) -> TxResult<'e> {
        self.lend(|_| visitor.visit(RecordKey { kind, sys_id: 1 }), Ok(()))
    }

    fn debug_log<'e>(&mut self, _: &[u8], _: ErrorSlot<'e>) -> TxResult<'e> {
        self.lend(|_| (), Ok(()))
    }
}

/// Lets the plugin make one call on a panicking host and one on the same host in order, with one
/// instance. What it was told of the first; the second must succeed.
fn told(call: Call, way: Way, when: When, with: With) -> Result<(), Failure> {
    // SAFETY: the plugin's own table (rule 10).
    let api = unsafe { PluginApi::check(plugin::api()) }.unwrap();
    let gate = pin!(HostGate::new());
    let mut error = RuntimeErrorBuf::RESET;
    let mut runtime = PluginRuntime::create(api, "", gate, &mut error).unwrap();
    let mut host = Panicking { when: Cell::new(when), with };
    let mut make = |way, host: &mut Panicking| {
        set_task(Task { entry: call.entry, way });
        let made = match call.during {
            During::RunTx => runtime.run_tx(host, &RuntimeCommandRef::new(1, 1, 0, &[])),
            During::Validate => runtime.validate_biz_invariants(host),
        };
        made.map_err(|failure| (failure.phase, failure.kind.0, failure.message.to_string()))
    };
    let told = make(way, &mut host);
    let visited = visits();
    host.when.set(When::Never);
    if way == Way::Raw {
        assert_eq!(make(way, &mut host), Ok(()), "{call:?}: the instance goes on");
    }
    let lends = LENDING.contains(&call) || WALKING.contains(&call);
    let expected = u32::from(lends && when == When::AfterVisit);
    assert_eq!(visited, expected, "{call:?}, {when:?}");
    told
}

#[test]
fn host_panics_before_it_visits() {
    for call in ALL {
        let told = told(call, Way::Raw, When::BeforeVisit, With::Text);
        assert_eq!(told, reported(call, 4002, "host panicked: the host is on fire"), "{call:?}");
    }
}

#[test]
fn host_unwinds_from_the_frame_that_called_the_visitor() {
    for call in ALL {
        let told = told(call, Way::Raw, When::AfterVisit, With::Text);
        assert_eq!(told, reported(call, 4002, "host panicked: the host is on fire"), "{call:?}");
    }
}

#[test]
fn host_panics_when_it_is_asked_for_the_length_of_a_key() {
    let by_key =
        |call: &Call| matches!(call.entry, Entry::ReadByPk | Entry::Update | Entry::Delete);
    for call in ALL.into_iter().filter(by_key) {
        let told = told(call, Way::Raw, When::AskedForKeyLen, With::Text);
        assert_eq!(told, reported(call, 4002, "host panicked: the host is on fire"), "{call:?}");
    }
}

#[test]
fn host_panics_with_what_is_no_text() {
    let text = "host panicked: (a payload that is not text)";
    for call in ALL {
        let told = told(call, Way::Raw, When::AfterVisit, With::Number);
        assert_eq!(told, reported(call, 4002, text), "{call:?}");
    }
}

#[test]
fn host_panics_with_what_panics_when_it_is_dropped() {
    let text = "host panicked: (a payload that is not text)";
    for call in ALL {
        let told = told(call, Way::Raw, When::AfterVisit, With::Bomb);
        assert_eq!(told, reported(call, 4002, text), "{call:?}");
    }
}

#[test]
fn host_panics_after_the_visitor_has_panicked() {
    for call in LENDING.into_iter().chain(WALKING) {
        let told = told(call, Way::Panicking, When::AfterVisit, With::Text);
        let panicked = "plugin panicked: the visitor panics".into();
        assert_eq!(told, Err((call.phase(), 5001, panicked)), "{call:?}");
    }
}
