//! A plugin that runs the steps of its command and reports their results in events.

use statevec_abi::plugin::ReadAccess as _;
use statevec_abi::{
    abi::RecordKind,
    boundary::{ErrorSlot, RuntimeCommandRef, TxResult},
    plugin::{Plugin, StaticPlugin, Tx},
    static_plugin,
};
use statevec_host::{Engine, LoadedPlugin, Outcome};

use crate::schema::{self, SEEN, pk, places, put_key};

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Create {
        kind: RecordKind,
        key: u64,
        value: i64,
    },
    Update {
        kind: RecordKind,
        key: u64,
        value: i64,
    },
    /// Writes a value and another key in one update.
    UpdateKey {
        kind: RecordKind,
        key: u64,
        new_key: u64,
    },
    /// Writes a value and the immutable field in one update.
    UpdateOpened {
        kind: RecordKind,
        key: u64,
        opened: u64,
    },
    Delete {
        kind: RecordKind,
        key: u64,
    },
    Read {
        kind: RecordKind,
        key: u64,
    },
    ReadById {
        kind: RecordKind,
        id: u64,
    },
    /// Walks all records of a kind and reads each from inside the walk.
    Walk {
        kind: RecordKind,
    },
    Emit {
        kind: u8,
        byte: u8,
    },
    Log {
        text: u64,
    },
    Reject,
    Panic,
}

/// The value that a refused update writes to a mutable field.
pub(crate) const STRAY: i64 = -77;
/// Payload of the event that reports a refused and tolerated step.
pub(crate) const REFUSED: &[u8] = b"refused";
/// Kind of a command that tolerates refused steps and does not report them.
pub(crate) const SILENT: u8 = 2;
/// The immutable field of every record that a script creates.
pub(crate) const OPENED: u32 = 1;

/// Steps, and whether a refused one ends the command.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    pub(crate) steps: Vec<Step>,
    pub(crate) tolerant: bool,
}

impl Script {
    pub(crate) fn strict(steps: impl Into<Vec<Step>>) -> Self {
        Self { steps: steps.into(), tolerant: false }
    }

    pub(crate) fn tolerant(steps: impl Into<Vec<Step>>) -> Self {
        Self { steps: steps.into(), tolerant: true }
    }

    pub(crate) fn payload(&self) -> Vec<u8> {
        self.steps.iter().flat_map(|step| step.encode()).collect()
    }

    pub(crate) fn command<'p>(&self, ext_seq: u64, payload: &'p [u8]) -> RuntimeCommandRef<'p> {
        RuntimeCommandRef::new(self.tolerant.into(), ext_seq, 0, payload)
    }
}

/// Runs scripts.
pub(crate) struct Scripted;

/// 64 slots, because tests run in parallel and share the pool.
pub(crate) const SCRIPTED: StaticPlugin = static_plugin!(Scripted, slots = 64);

pub(crate) fn engine() -> Engine {
    Engine::create(&LoadedPlugin::from_static(&SCRIPTED).unwrap(), "").unwrap()
}

/// Result of a script: its events, or the kind and text of its failure.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ran {
    Committed(Vec<Vec<u8>>),
    Rejected(u16, String),
    Failed(u16, String),
}

pub(crate) fn run(engine: &mut Engine, script: &Script) -> Ran {
    let payload = script.payload();
    let ext_seq = engine.position().next_ext_seq().unwrap();
    match engine.run(&script.command(ext_seq, &payload)) {
        Outcome::Committed { events, .. } => {
            Ran::Committed(events.map(|event| event.payload.to_vec()).collect())
        }
        Outcome::Rejected(failure) => Ran::Rejected(failure.kind.0, failure.message.to_string()),
        Outcome::Failed(failure) => Ran::Failed(failure.kind.0, failure.message.to_string()),
        other => panic!("{other:?}"),
    }
}

/// Runs steps that must commit.
pub(crate) fn commit(engine: &mut Engine, steps: &[Step]) -> Vec<Vec<u8>> {
    match run(engine, &Script::strict(steps)) {
        Ran::Committed(events) => events,
        other => panic!("{steps:?}: {other:?}"),
    }
}

impl Plugin for Scripted {
    fn name() -> &'static str {
        "scripted"
    }

    fn schema() -> &'static str {
        &schema::JSON
    }

    fn create<'c>(config: &str, error: ErrorSlot<'c>) -> TxResult<'c, Self> {
        if config.is_empty() {
            Ok(Self)
        } else {
            Err(error.config_error(format_args!("{config:?} is no setting")))
        }
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        let (tolerant, silent) = (command.command_kind() != 0, command.command_kind() == SILENT);
        for step in command.payload().chunks_exact(Step::LEN).map(Step::decode) {
            match run_step(tx, step) {
                Ok(report) => report.map_or(Ok(()), |report| tx.emit_raw(SEEN, &report))?,
                Err(_refused) if silent && step != Step::Reject => {}
                Err(_refused) if tolerant && step != Step::Reject => tx.emit_raw(SEEN, REFUSED)?,
                Err(refused) => return Err(refused),
            }
        }
        Ok(())
    }
}

fn run_step<'tx>(tx: &mut Tx<'tx>, step: Step) -> TxResult<'tx, Option<Vec<u8>>> {
    let seen = |kind: RecordKind, data: &[u8]| data[places(kind).value..][..8].to_vec();
    Ok(match step {
        Step::Create { kind, key, value } => {
            let created = tx.create_raw(kind, |data| {
                assert!(data.iter().all(|byte| *byte == 0), "lent bytes are not zero");
                put_key(kind, key, data);
                put(data, places(kind).value, &value.to_le_bytes());
                put(data, places(kind).opened, &OPENED.to_le_bytes());
            })?;
            Some(created.sys_id.to_le_bytes().to_vec())
        }
        Step::Update { kind, key, value } => {
            let value = value.to_le_bytes();
            let found = tx.update_by_pk_raw(kind, &pk(kind, key), |data| {
                put(data, places(kind).value, &value);
            })?;
            Some(vec![found.is_some().into()])
        }
        Step::UpdateKey { kind, key, new_key } => {
            let found = tx.update_by_pk_raw(kind, &pk(kind, key), |data| {
                put(data, places(kind).value, &STRAY.to_le_bytes());
                put_key(kind, new_key, data);
            })?;
            Some(vec![found.is_some().into()])
        }
        Step::UpdateOpened { kind, key, opened } => {
            let found = tx.update_by_pk_raw(kind, &pk(kind, key), |data| {
                put(data, places(kind).value, &STRAY.to_le_bytes());
                put(data, places(kind).opened, &(opened as u32).to_le_bytes());
            })?;
            Some(vec![found.is_some().into()])
        }
        Step::Delete { kind, key } => Some(vec![tx.delete_by_pk_raw(kind, &pk(kind, key))?.into()]),
        Step::Read { kind, key } => {
            tx.read_by_pk_raw(kind, &pk(kind, key), |data| seen(kind, data))?
        }
        Step::ReadById { kind, id } => tx.read_raw(kind, id, |data| seen(kind, data))?,
        Step::Walk { kind } => {
            let mut walked = Vec::new();
            tx.for_each_key(kind, |state, key| {
                walked.extend(key.sys_id.to_le_bytes());
                let value = state.read_raw(kind, key.sys_id, |data| seen(kind, data))?;
                walked.extend(value.unwrap_or_default());
                Ok(())
            })?;
            Some(walked)
        }
        Step::Emit { kind, byte } => {
            tx.emit_raw(kind, &[byte])?;
            None
        }
        Step::Log { text } => {
            tx.log(format_args!("log {text}"))?;
            None
        }
        Step::Reject => return Err(tx.reject(format_args!("rejected by script"))),
        Step::Panic => panic!("panicked by script"),
    })
}

fn put(data: &mut [u8], at: usize, bytes: &[u8]) {
    data[at..at + bytes.len()].copy_from_slice(bytes);
}

impl Step {
    const LEN: usize = 18;

    fn encode(self) -> [u8; Self::LEN] {
        let (code, kind, a, b) = match self {
            Self::Create { kind, key, value } => (0, kind, key, value as u64),
            Self::Update { kind, key, value } => (1, kind, key, value as u64),
            Self::UpdateKey { kind, key, new_key } => (2, kind, key, new_key),
            Self::UpdateOpened { kind, key, opened } => (3, kind, key, opened),
            Self::Delete { kind, key } => (4, kind, key, 0),
            Self::Read { kind, key } => (5, kind, key, 0),
            Self::ReadById { kind, id } => (6, kind, id, 0),
            Self::Walk { kind } => (7, kind, 0, 0),
            Self::Emit { kind, byte } => (8, kind, byte.into(), 0),
            Self::Log { text } => (9, 0, text, 0),
            Self::Reject => (10, 0, 0, 0),
            Self::Panic => (11, 0, 0, 0),
        };
        let mut bytes = [code; Self::LEN];
        bytes[1] = kind;
        bytes[2..10].copy_from_slice(&a.to_le_bytes());
        bytes[10..].copy_from_slice(&b.to_le_bytes());
        bytes
    }

    fn decode(bytes: &[u8]) -> Self {
        let number = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
        let (kind, a, b) = (bytes[1], number(2), number(10));
        match bytes[0] {
            0 => Self::Create { kind, key: a, value: b as i64 },
            1 => Self::Update { kind, key: a, value: b as i64 },
            2 => Self::UpdateKey { kind, key: a, new_key: b },
            3 => Self::UpdateOpened { kind, key: a, opened: b },
            4 => Self::Delete { kind, key: a },
            5 => Self::Read { kind, key: a },
            6 => Self::ReadById { kind, id: a },
            7 => Self::Walk { kind },
            8 => Self::Emit { kind, byte: a as u8 },
            9 => Self::Log { text: a },
            10 => Self::Reject,
            _ => Self::Panic,
        }
    }
}
