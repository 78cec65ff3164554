//! The layer that enforces limits.

use core::{cell::Cell, fmt};

use super::{AnsweredCall, Layer, LayerCall, Limits};
use crate::{
    abi::{RecordKind, runtime_error_kind::HOST_REJECTED},
    boundary::{ErrorSlot, ErrorWritten, ShortText, TxResult, text_writer::Decimal},
};

/// Refuses the commands of a plugin that go beyond its [`Limits`].
///
/// The call that goes beyond a limit is refused with kind 4001 and a text that names the limit, and
/// so are all further calls of the command. The command itself is then rejected with the same text,
/// also if the plugin ignored the refusal and accepted, or rejected for a reason of its own. A
/// command that the plugin fails (a panic, for example) stays a failure, because the instance must
/// be created anew.
#[derive(Debug)]
pub struct Limit {
    limits: Limits,
    host_calls: Cell<u64>,
    bytes: Cell<u64>,
    events: Cell<u64>,
    /// The limit that the running command went beyond.
    broken: Cell<Option<LimitRule>>,
}

/// A limit that a command went beyond. Its text is the reason of the rejection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LimitRule {
    /// The plugin may not read records of this kind.
    Read(RecordKind),
    /// The plugin may not create records of this kind.
    Create(RecordKind),
    /// The plugin may not update records of this kind.
    Update(RecordKind),
    /// The plugin may not delete records of this kind.
    Delete(RecordKind),
    /// The plugin may not emit events of this kind.
    Emit(u8),
    /// One command may make so many host calls.
    HostCalls(u64),
    /// One command may take so many bytes.
    Bytes(u64),
    /// One command may emit so many events.
    Events(u64),
}

impl Limit {
    /// A layer that enforces these limits.
    #[must_use]
    pub const fn new(limits: Limits) -> Self {
        let (host_calls, bytes, events) = (Cell::new(0), Cell::new(0), Cell::new(0));
        Self { limits, host_calls, bytes, events, broken: Cell::new(None) }
    }

    /// The limit that the last command went beyond.
    #[must_use]
    pub const fn broken(&self) -> Option<LimitRule> {
        self.broken.get()
    }

    /// Counts a call, and finds the limit that it goes beyond.
    fn check(&self, call: &LayerCall<'_>) -> Result<(), LimitRule> {
        let Limits { read, create, update, delete, emit, host_calls, bytes, events } = &self.limits;
        spend(&self.host_calls, 1, *host_calls, LimitRule::HostCalls)?;
        let (allowed, rule) = match *call {
            LayerCall::ReadById { kind, .. }
            | LayerCall::ReadByPk { kind, .. }
            | LayerCall::ForEachKey { kind } => (read.contains(kind), LimitRule::Read(kind)),
            LayerCall::Create { kind } => (create.contains(kind), LimitRule::Create(kind)),
            LayerCall::Update { kind, .. } => (update.contains(kind), LimitRule::Update(kind)),
            LayerCall::Delete { kind, .. } => (delete.contains(kind), LimitRule::Delete(kind)),
            LayerCall::Emit { kind, .. } => (emit.contains(kind), LimitRule::Emit(kind)),
            LayerCall::DebugLog { message } => {
                return spend(&self.bytes, message.len(), *bytes, LimitRule::Bytes);
            }
        };
        if !allowed {
            return Err(rule);
        }
        if let LayerCall::Emit { payload, .. } = call {
            spend(&self.events, 1, *events, LimitRule::Events)?;
            spend(&self.bytes, payload.len(), *bytes, LimitRule::Bytes)?;
        }
        Ok(())
    }

    fn refuse_if_broken<'e>(&self, error: ErrorSlot<'e>) -> TxResult<'e> {
        match self.broken.get() {
            None => Ok(()),
            Some(rule) => Err(rule.refuse(error)),
        }
    }
}

/// Adds to what was spent of a budget.
fn spend(
    spent: &Cell<u64>,
    amount: usize,
    budget: u64,
    rule: fn(u64) -> LimitRule,
) -> Result<(), LimitRule> {
    let sum = spent.get().saturating_add(amount as u64);
    spent.set(sum);
    if sum > budget { Err(rule(budget)) } else { Ok(()) }
}

impl Layer for Limit {
    fn begin(&self) {
        for spent in [&self.host_calls, &self.bytes, &self.events] {
            spent.set(0);
        }
        self.broken.set(None);
    }

    fn before<'e>(&self, call: &LayerCall<'_>, error: ErrorSlot<'e>) -> TxResult<'e> {
        if self.broken.get().is_none() {
            self.broken.set(self.check(call).err());
        }
        self.refuse_if_broken(error)
    }

    fn lend(&self, _call: &LayerCall<'_>, len: usize) -> bool {
        if self.broken.get().is_none() {
            let spent = spend(&self.bytes, len, self.limits.bytes, LimitRule::Bytes);
            self.broken.set(spent.err());
        }
        self.broken.get().is_none()
    }

    fn after<'e>(&self, _: &AnsweredCall<'_>, error: ErrorSlot<'e>) -> TxResult<'e> {
        self.refuse_if_broken(error)
    }

    fn end<'e>(&self, error: ErrorSlot<'e>) -> TxResult<'e> {
        self.refuse_if_broken(error)
    }

    fn limits(&self) -> Option<&Limits> {
        Some(&self.limits)
    }
}

impl LimitRule {
    #[cold]
    fn refuse<'e>(self, error: ErrorSlot<'e>) -> ErrorWritten<'e> {
        error.fail_with(HOST_REJECTED, &self)
    }
}

impl ShortText for LimitRule {
    fn short_text(&self) -> &'static str {
        match self {
            Self::Read(_) => "limit read",
            Self::Create(_) => "limit create",
            Self::Update(_) => "limit update",
            Self::Delete(_) => "limit delete",
            Self::Emit(_) => "limit emit",
            Self::HostCalls(_) => "limit host-calls",
            Self::Bytes(_) => "limit bytes",
            Self::Events(_) => "limit events",
        }
    }
}

impl fmt::Display for LimitRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (start, number, end) = match *self {
            Self::Read(kind) => ("read: the plugin may not read records of kind ", kind.into(), ""),
            Self::Create(kind) => {
                ("create: the plugin may not create records of kind ", kind.into(), "")
            }
            Self::Update(kind) => {
                ("update: the plugin may not update records of kind ", kind.into(), "")
            }
            Self::Delete(kind) => {
                ("delete: the plugin may not delete records of kind ", kind.into(), "")
            }
            Self::Emit(kind) => ("emit: the plugin may not emit events of kind ", kind.into(), ""),
            Self::HostCalls(most) => {
                ("host-calls: one command may make ", most, " host calls, and this one makes more")
            }
            Self::Bytes(most) => {
                ("bytes: one command may take ", most, " bytes, and this one takes more")
            }
            Self::Events(most) => {
                ("events: one command may emit ", most, " events, and this one emits more")
            }
        };
        f.write_str("limit ")?;
        f.write_str(start)?;
        Decimal(number).fmt(f)?;
        f.write_str(end)
    }
}
