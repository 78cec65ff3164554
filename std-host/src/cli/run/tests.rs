use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::path::Path;
use std::rc::Rc;

use statevec_abi::{
    boundary::{ErrorSlot, RuntimeCommandRef, TxResult},
    dispatch,
    plugin::{Plugin, StaticPlugin, Tx},
    schema, static_plugin,
    typed::{Command, Event, Record},
};
use statevec_host::json::longest_line;
use statevec_host::{Engine, LoadedPlugin};

use super::{CliError, Commands, Counts, End, run_commands};

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

/// Keeps each number once, and crashes when told.
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
}

fn engine() -> Engine {
    const KEEPER: StaticPlugin = static_plugin!(Keeper, slots = 64);
    Engine::create(&LoadedPlugin::from_static(&KEEPER).unwrap(), "").unwrap()
}

fn keep(id: u64) -> String {
    format!("{{\"command\":\"Keep\",\"payload\":{{\"id\":{id}}}}}\n")
}

struct Ran {
    result: Result<End, CliError>,
    lines: Vec<String>,
    counts: Counts,
}

fn commands(input: impl Read + 'static, path: &str, engine: &Engine) -> Commands {
    Commands::new(Box::new(input), Path::new(path), engine.plugin().schema())
}

fn run(input: impl Read + 'static) -> Ran {
    let mut out = Vec::new();
    let mut counts = Counts::default();
    let mut engine = engine();
    let mut commands = commands(input, "in.jsonl", &engine);
    let result = run_commands(&mut engine, &mut commands, &mut out, &mut counts);
    let lines = String::from_utf8(out).unwrap().lines().map(str::to_owned).collect();
    Ran { result, lines, counts }
}

fn run_text(text: &str) -> Ran {
    run(io::Cursor::new(text.to_owned()))
}

/// The error and its causes.
fn told(error: &CliError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[test]
fn outcomes_come_in_order_and_blank_lines_are_skipped() {
    let text = format!(
        "\n{}\r\n \t\n{}{}{}",
        keep(5).trim(),
        keep(5),
        r#"{"command":"Keep","payload":{"id":6},"ext_seq":10}"#,
        "\n{\"command\":\"Keep\",\"payload\":{\"id\":7}}",
    );
    let ran = run_text(&text);
    assert_eq!(ran.result.unwrap(), End::AllRan);
    assert_eq!(ran.lines.len(), 4);
    let committed = |ext_seq, tx_seq, id| {
        format!(
            r#"{{"ext_seq":{ext_seq},"command":"Keep","status":"committed","tx_seq":{tx_seq},"events":[{{"event":"Known","payload":{{"id":{id}}}}}]}}"#
        )
    };
    assert_eq!(ran.lines[0], committed(1, 1, 5));
    let rejected = r#"{"ext_seq":2,"command":"Keep","status":"rejected","error":{"phase":"run_tx","kind":4001,"name":"HOST_REJECTED","message":""#;
    assert!(ran.lines[1].starts_with(rejected), "{}", ran.lines[1]);
    assert_eq!(ran.lines[2], committed(10, 2, 6));
    assert_eq!(ran.lines[3], committed(11, 3, 7));
    let counts =
        Counts { commands: 4, committed: 3, rejected: 1, failed: 0, duplicates: 0, events: 3 };
    assert_eq!(ran.counts, counts);
}

#[test]
fn nothing_in_nothing_out() {
    let ran = run_text("");
    assert_eq!(
        (ran.result.unwrap(), ran.lines.len(), ran.counts),
        (End::AllRan, 0, Counts::default())
    );
}

#[test]
fn a_plugin_that_panics_ends_the_run_after_its_line() {
    let text =
        format!("{}{}\n{}", keep(1), r#"{"command":"Crash","payload":{"after":true}}"#, keep(2));
    let ran = run_text(&text);
    assert_eq!(ran.lines.len(), 2);
    assert_eq!(
        ran.lines[1],
        r#"{"ext_seq":2,"command":"Crash","status":"failed","error":{"phase":"run_tx","kind":5001,"name":"PLUGIN_INTERNAL_ERROR","message":"plugin panicked: crash: true"}}"#
    );
    assert_eq!((ran.counts.commands, ran.counts.failed), (2, 1));
    let error = told(&ran.result.unwrap_err());
    assert!(error.starts_with("in.jsonl, line 2: the command failed"), "{error}");
    assert!(error.ends_with("crash: true"), "{error}");
}

#[test]
fn a_line_that_is_no_command_leaves_the_outcomes_before_it() {
    let ran = run_text(&format!(
        "{}\n{{\"command\":\"Keep\",\"payload\":{{\"id\":-1}}}}\n{}",
        keep(1),
        keep(2)
    ));
    assert_eq!((ran.lines.len(), ran.counts.commands), (1, 1));
    assert_eq!(
        told(&ran.result.unwrap_err()),
        "in.jsonl, line 3: not a command of this plugin: field \"id\" of command \"Keep\": \
         expected a whole number from 0 to 18446744073709551615, found -1"
    );
}

#[test]
fn sequence_numbers_do_not_wrap() {
    let text = format!(
        "{}\n{}",
        r#"{"command":"Keep","payload":{"id":1},"ext_seq":18446744073709551615}"#,
        keep(2)
    );
    let ran = run_text(&text);
    assert_eq!(ran.lines.len(), 1);
    let error = ran.result.unwrap_err().to_string();
    assert!(
        error.starts_with("in.jsonl, line 2: the line before has the largest ext_seq"),
        "{error}"
    );
}

#[test]
fn decreasing_sequence_numbers_are_refused_with_their_line() {
    let numbered = |ext_seq: u64| {
        format!("{{\"command\":\"Keep\",\"payload\":{{\"id\":1}},\"ext_seq\":{ext_seq}}}\n")
    };
    let ran = run_text(&(numbered(7) + &numbered(7) + &numbered(6)));
    assert_eq!(ran.lines.len(), 2, "a repeated number is the engine's to answer");
    assert_eq!(
        ran.result.unwrap_err().to_string(),
        "in.jsonl, line 3: \"ext_seq\" is 6, below 7 of the line before; give ascending numbers, or none"
    );
}

#[test]
fn an_endless_line_is_refused_at_the_longest_command_of_the_plugin() {
    let ran = run(io::Cursor::new(keep(1)).chain(io::repeat(b' ')));
    assert_eq!(ran.lines.len(), 1);
    let limit = longest_line(engine().plugin().schema());
    assert!(limit < 1 << 17, "{limit}");
    let error = ran.result.unwrap_err().to_string();
    let expected = format!(
        "in.jsonl, line 2: has more than {limit} bytes, and no command of this plugin is that long; give one command per line"
    );
    assert_eq!(error, expected);
}

#[test]
fn a_line_of_the_longest_length_is_read_and_one_byte_more_is_not() {
    let limit = longest_line(engine().plugin().schema());
    let command = keep(1);
    let padded =
        |len: usize| command.trim().to_owned() + &" ".repeat(len + 1 - command.len()) + "\n";
    let ran = run_text(&padded(limit));
    assert_eq!((ran.result.unwrap(), ran.lines.len()), (End::AllRan, 1));
    let ran = run_text(&padded(limit + 1));
    let error = ran.result.unwrap_err().to_string();
    assert!(error.starts_with("in.jsonl, line 1: has more than"), "{error}");
}

#[test]
fn an_input_that_breaks_off_leaves_the_outcomes_before_it() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("disk on fire"))
        }
    }
    let ran = run(io::Cursor::new(keep(1)).chain(Broken));
    assert_eq!(ran.lines.len(), 1);
    assert_eq!(told(&ran.result.unwrap_err()), "in.jsonl, line 2: cannot be read: disk on fire");
}

struct Refusing(io::ErrorKind);

impl Write for Refusing {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_that_goes_away_ends_the_run_and_a_full_disk_is_an_error() {
    let run_into = |kind| {
        let mut engine = engine();
        let mut commands = commands(io::Cursor::new(keep(1)), "-", &engine);
        run_commands(&mut engine, &mut commands, Refusing(kind), &mut Counts::default())
    };
    assert_eq!(run_into(io::ErrorKind::BrokenPipe).unwrap(), End::OutputClosed);
    let error = run_into(io::ErrorKind::StorageFull).unwrap_err();
    assert!(told(&error).starts_with("cannot write to standard output"), "{error}");
}

/// What was written and flushed through.
#[derive(Clone, Default)]
struct Seen(Rc<RefCell<Vec<u8>>>);

impl Write for Seen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Gives the next command only after the last has been answered, as a program at the other end of two pipes does.
struct Asking {
    next_id: u64,
    seen: Seen,
}

impl Read for Asking {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let answered = self.seen.0.borrow().iter().filter(|byte| **byte == b'\n').count();
        assert_eq!(answered as u64, self.next_id, "every command so far has its answer");
        if self.next_id == 3 {
            return Ok(0);
        }
        self.next_id += 1;
        io::Cursor::new(keep(self.next_id)).read(buffer)
    }
}

#[test]
fn whoever_waits_for_an_answer_gets_it() {
    let seen = Seen::default();
    let input = Asking { next_id: 0, seen: seen.clone() };
    let mut engine = engine();
    let mut commands = commands(input, "-", &engine);
    let mut counts = Counts::default();
    let end = run_commands(&mut engine, &mut commands, seen, &mut counts).unwrap();
    assert_eq!((end, counts.committed), (End::AllRan, 3));
}
