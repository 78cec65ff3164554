//! Host calls with guards around everything that the host may write to.

use std::ffi::c_void;

use statevec_abi::abi::{
    RecordKind, RuntimeBytesRef, RuntimeCallStatus, RuntimeErrorBuf, RuntimeErrorKind,
    RuntimeHostContextV1, RuntimeHostVTableV1, RuntimeRecordKeyView, SysId,
    runtime_error_kind::HOST_REJECTED,
};

use crate::{
    guarded::{Guarded, POISON, poisoned},
    verdict::{Checked, require},
    visitor::{self, Visitor},
};

/// The host of a command.
#[derive(Clone, Copy)]
pub(crate) struct Host {
    pub(crate) ctx: *mut c_void,
    pub(crate) table: RuntimeHostVTableV1,
}

/// The answer to a host call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer<T> {
    Done(T),
    Refused(RuntimeErrorKind),
}

impl<T> Answer<T> {
    /// The value of a call that had to succeed.
    pub(crate) fn done(self, call: &str) -> Checked<T> {
        match self {
            Self::Done(value) => Ok(value),
            Self::Refused(kind) => Err(format!("{call} fails with kind {}", kind.0).into()),
        }
    }

    /// Checks a call that had to be refused, with any kind.
    pub(crate) fn refused(self, call: &str) -> Checked {
        match self {
            Self::Refused(_) => Ok(()),
            Self::Done(_) => Err(format!("{call} succeeds").into()),
        }
    }

    /// Checks a call that had to be refused with kind 4001.
    pub(crate) fn rejected(self, call: &str) -> Checked {
        match self {
            Self::Refused(HOST_REJECTED) => Ok(()),
            Self::Refused(kind) => Err(format!("{call}: kind {} and not 4001", kind.0).into()),
            Self::Done(_) => Err(format!("{call} succeeds").into()),
        }
    }
}

/// Makes a call with a guarded error buffer.
pub(crate) fn call(
    make: impl FnOnce(*mut RuntimeErrorBuf) -> RuntimeCallStatus,
) -> Checked<Answer<()>> {
    let mut error = Guarded::new(poisoned());
    let status = make(error.place());
    let error = error.checked("out_error")?;
    match status {
        RuntimeCallStatus::Success => {
            let untouched = error.message_buf == [POISON; 512];
            require(untouched, "success writes an error text")?;
            Ok(Answer::Done(()))
        }
        RuntimeCallStatus::Failure => {
            require(error.message_len <= 512, "error text of more than 512 bytes")?;
            require(error.kind != poisoned().kind, "failure without an error kind")?;
            let rest = error.message_buf.get(error.message_len..).unwrap_or_default();
            let is_whole = !rest.windows(8).any(|bytes| bytes == [POISON; 8]);
            require(is_whole, "failure leaves a part of out_error unwritten")?;
            Ok(Answer::Refused(error.kind))
        }
        other => Err(format!("status {} instead of 0 or 1", other.0).into()),
    }
}

/// A flag before the host writes it.
const UNWRITTEN: u8 = 0xEE;

/// Makes a call that writes a flag.
fn flagged(
    make: impl FnOnce(*mut u8, *mut RuntimeErrorBuf) -> RuntimeCallStatus,
) -> Checked<Answer<bool>> {
    let mut flag = Guarded::new(UNWRITTEN);
    let place = flag.place();
    let answer = call(|error| make(place, error))?;
    let flag = flag.checked("the flag")?;
    Ok(match answer {
        Answer::Refused(kind) => Answer::Refused(kind),
        Answer::Done(()) => match flag {
            0 => Answer::Done(false),
            1 => Answer::Done(true),
            UNWRITTEN => return Err("success leaves the flag unwritten".into()),
            other => return Err(format!("the flag is {other}, and not 0 or 1").into()),
        },
    })
}

/// Checks that a visitor was called once if a record was found, and not otherwise.
fn visited<F>(visitor: &Visitor<F>, answer: Answer<bool>) -> Checked<Answer<bool>> {
    require(visitor.bad_slices == 0, "a visitor gets null or too many bytes")?;
    let expected = usize::from(answer == Answer::Done(true));
    if let Answer::Done(_) = answer {
        let text = format!("visitor called {} times instead of {expected}", visitor.calls);
        require(visitor.calls == expected, text)?;
    }
    Ok(answer)
}

fn missing<T>(entry: &str) -> Checked<T> {
    Err(format!("{entry} is null in the host's table").into())
}

impl Host {
    /// # Safety
    ///
    /// The context is that of a running call.
    pub(crate) unsafe fn of(context: RuntimeHostContextV1) -> Option<Self> {
        // SAFETY: the caller promised a live context; a non-null table can be read (rule 10).
        let table = unsafe { context.vtable.as_ref() }?;
        Some(Self { ctx: context.ctx_ptr, table: *table })
    }

    pub(crate) fn read_by_id(
        &self,
        kind: RecordKind,
        sys_id: SysId,
        visit: impl FnMut(&[u8]),
    ) -> Checked<Answer<bool>> {
        let Some(entry) = self.table.with_read_typed_raw else { return missing("read by id") };
        let mut visitor = Visitor::new(visit);
        let (ctx, read) = (visitor.ctx(), read_of(&visitor));
        let answer = flagged(|flag, error| {
            // SAFETY: the host's own context and function; all pointers live for the call
            // (rules 4, 5 and 9).
            unsafe { entry(self.ctx, kind, sys_id, ctx, Some(read), flag, error) }
        })?;
        visited(&visitor, answer)
    }

    pub(crate) fn read_by_pk(
        &self,
        kind: RecordKind,
        pk: &[u8],
        visit: impl FnMut(&[u8]),
    ) -> Checked<Answer<bool>> {
        let Some(entry) = self.table.with_read_typed_by_pk_raw else {
            return missing("read by key");
        };
        let mut visitor = Visitor::new(visit);
        let (ctx, read) = (visitor.ctx(), read_of(&visitor));
        let pk = RuntimeBytesRef::from_slice(pk);
        let answer = flagged(|flag, error| {
            // SAFETY: the host's own context and function; all pointers live for the call
            // (rules 4, 5 and 9).
            unsafe { entry(self.ctx, kind, pk, ctx, Some(read), flag, error) }
        })?;
        visited(&visitor, answer)
    }

    pub(crate) fn create(
        &self,
        kind: RecordKind,
        init: impl FnMut(&mut [u8]),
    ) -> Checked<Answer<SysId>> {
        let Some(entry) = self.table.create_typed_raw else { return missing("create") };
        let mut visitor = Visitor::new(init);
        let (ctx, write) = (visitor.ctx(), write_of(&visitor));
        let mut key = Guarded::new(RuntimeRecordKeyView { kind: 0, sys_id: 0 });
        let place = key.place();
        let answer = call(|error| {
            // SAFETY: the host's own context and function; all pointers live for the call
            // (rules 4, 5 and 9).
            unsafe { entry(self.ctx, kind, ctx, Some(write), place, error) }
        })?;
        let key = key.checked("out_key")?;
        require(visitor.bad_slices == 0, "a visitor gets null or too many bytes")?;
        Ok(match answer {
            Answer::Refused(kind) => Answer::Refused(kind),
            Answer::Done(()) => {
                require(visitor.calls == 1, "create does not call its visitor once")?;
                require(key.kind == kind, format!("create answers with kind {}", key.kind))?;
                require(key.sys_id != 0, "create answers with sys_id 0")?;
                Answer::Done(key.sys_id)
            }
        })
    }

    pub(crate) fn update(
        &self,
        kind: RecordKind,
        pk: &[u8],
        update: impl FnMut(&mut [u8]),
    ) -> Checked<Answer<bool>> {
        let Some(entry) = self.table.update_typed_by_pk_raw else { return missing("update") };
        let mut visitor = Visitor::new(update);
        let (ctx, write) = (visitor.ctx(), write_of(&visitor));
        let pk = RuntimeBytesRef::from_slice(pk);
        let answer = flagged(|flag, error| {
            // SAFETY: the host's own context and function; all pointers live for the call
            // (rules 4, 5 and 9).
            unsafe { entry(self.ctx, kind, pk, ctx, Some(write), flag, error) }
        })?;
        visited(&visitor, answer)
    }

    pub(crate) fn delete(&self, kind: RecordKind, pk: &[u8]) -> Checked<Answer<bool>> {
        let Some(entry) = self.table.delete_by_pk_raw else { return missing("delete") };
        let pk = RuntimeBytesRef::from_slice(pk);
        flagged(|flag, error| {
            // SAFETY: the host's own context and function; all pointers live for the call
            // (rules 5 and 9).
            unsafe { entry(self.ctx, kind, pk, flag, error) }
        })
    }

    pub(crate) fn emit(&self, kind: u8, payload: RuntimeBytesRef) -> Checked<Answer<()>> {
        let Some(entry) = self.table.emit_typed_event_raw else { return missing("emit") };
        // SAFETY: the host's own context and function; a host can check the payload (rules 1, 5
        // and 9).
        call(|error| unsafe { entry(self.ctx, kind, payload, error) })
    }

    pub(crate) fn for_each_key(
        &self,
        kind: RecordKind,
        visit: impl FnMut(RuntimeRecordKeyView),
    ) -> Checked<Answer<()>> {
        let Some(entry) = self.table.for_each_record_key_raw else { return missing("for each") };
        let mut visitor = Visitor::new(visit);
        let (ctx, key) = (visitor.ctx(), key_of(&visitor));
        call(|error| {
            // SAFETY: the host's own context and function; all pointers live for the call
            // (rules 4, 5 and 9).
            unsafe { entry(self.ctx, kind, ctx, Some(key), error) }
        })
    }

    pub(crate) fn debug_log(&self, message: RuntimeBytesRef) -> Checked<Answer<()>> {
        let Some(entry) = self.table.debug_log else { return missing("debug_log") };
        // SAFETY: the host's own context and function; a host can check the message (rules 1, 5
        // and 9).
        call(|error| unsafe { entry(self.ctx, message, error) })
    }
}

/// The C function of a visitor's closure.
fn read_of<F: FnMut(&[u8])>(_: &Visitor<F>) -> statevec_abi::abi::RuntimeBytesVisitor {
    visitor::read::<F>
}

fn write_of<F: FnMut(&mut [u8])>(_: &Visitor<F>) -> statevec_abi::abi::RuntimeBytesMutVisitor {
    visitor::write::<F>
}

fn key_of<F: FnMut(RuntimeRecordKeyView)>(
    _: &Visitor<F>,
) -> statevec_abi::abi::RuntimeRecordKeyVisitor {
    visitor::key::<F>
}
