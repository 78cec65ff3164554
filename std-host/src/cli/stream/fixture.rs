//! A plugin for tests of the stream, and runs of it.

use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::path::Path;
use std::rc::Rc;

use statevec_abi::{
    boundary::{ErrorSlot, RuntimeCommandRef, TxResult},
    dispatch,
    plugin::{Plugin, ReadAccess as _, ReadContext, StaticPlugin, Tx},
    schema, static_plugin,
    typed::{Command, Event, Record},
};
use statevec_host::{Engine, GuardedEngine, LoadedPlugin};

use super::{CliError, Commands, Counts, End, OutcomeBuffer, Stream, StreamOptions};
use crate::cli::outcome_buffer::FlushFirst;
use crate::cli::runner::MemoryRunner;

#[derive(Record)]
#[record(kind = 1, len = 64, pk(id))]
struct Kept {
    #[field(immutable)]
    id: u64,
}

#[derive(Command)]
#[command(kind = 1)]
struct Keep {
    id: u64,
}

#[derive(Command)]
#[command(kind = 2)]
struct Crash {
    after: bool,
}

#[derive(Event)]
#[event(kind = 1)]
struct Known {
    id: u64,
}

schema! {
    const SCHEMA = { version: "1.0", records: [Kept], commands: [Keep, Crash], events: [Known], types: [] };
}

/// Keeps each number once, and panics on command. More than two numbers are too many.
struct Keeper;

impl Plugin for Keeper {
    fn name() -> &'static str {
        "keeper"
    }

    fn schema() -> &'static str {
        SCHEMA.json
    }

    fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Ok(Self)
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        dispatch!(
            tx,
            match command {
                Keep(keep) => {
                    tx.create(&Kept { id: keep.id })?;
                    tx.emit(&Known { id: keep.id })
                }
                Crash(crash) => panic!("crash: {}", crash.after),
            }
        )
    }

    fn validate_biz_invariants<'c>(&self, state: &mut ReadContext<'c>) -> TxResult<'c> {
        let mut ids = Vec::new();
        state.for_each_key(1, |_, key| {
            ids.push(key.sys_id);
            Ok(())
        })?;
        if ids.len() > 2 {
            return Err(state.reject(format_args!("{} are too many", ids.len())));
        }
        Ok(())
    }
}

pub(super) fn engine() -> GuardedEngine {
    const KEEPER: StaticPlugin = static_plugin!(Keeper, slots = 64);
    let plugin = LoadedPlugin::from_static(&KEEPER).unwrap();
    GuardedEngine::Open(Engine::create(&plugin, "").unwrap())
}

pub(super) fn keep(id: u64) -> String {
    format!("{{\"command\":\"Keep\",\"payload\":{{\"id\":{id}}}}}\n")
}

pub(super) struct Ran {
    pub(super) result: Result<End, CliError>,
    pub(super) lines: Vec<String>,
    pub(super) counts: Counts,
}

pub(super) fn run(input: impl Read + 'static, options: StreamOptions) -> Ran {
    let out = Written::default();
    let (result, counts) = run_into(out.clone(), input, options);
    let lines = String::from_utf8(out.0.borrow().clone()).unwrap();
    Ran { result, lines: lines.lines().map(str::to_owned).collect(), counts }
}

pub(super) fn run_into(
    out: impl Write + 'static,
    input: impl Read + 'static,
    options: StreamOptions,
) -> (Result<End, CliError>, Counts) {
    let output = Rc::new(RefCell::new(OutcomeBuffer::new(out)));
    let input = FlushFirst::new(input, Rc::clone(&output));
    let engine = engine();
    let plugin = engine.plugin().clone();
    let mut commands = Commands::new(Box::new(input), Path::new("in.jsonl"), plugin.schema());
    let mut runner = MemoryRunner::new(&plugin, engine, options.is_silent);
    let mut stream = Stream {
        runner: &mut runner,
        commands: &mut commands,
        output,
        options,
        interrupt: None,
        counts: Counts::default(),
    };
    let result = stream.run();
    (result, stream.counts)
}

pub(super) fn run_text(text: &str) -> Ran {
    run(io::Cursor::new(text.to_owned()), StreamOptions::default())
}

/// The error and its causes.
pub(super) fn told(error: &CliError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// Bytes that were written and flushed. Clones share them.
#[derive(Clone, Default)]
pub(super) struct Written(pub(super) Rc<RefCell<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
