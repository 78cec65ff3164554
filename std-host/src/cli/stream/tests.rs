//! Tests of the stream: outcomes, errors, and when they are printed.

use std::io::{self, Read, Write};

use super::fixture::{Written, engine, keep, run, run_into, run_text, told};
use super::{Counts, End, StreamOptions};
use statevec_host::json::longest_line;

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
    let counts = Counts { commands: 4, committed: 3, rejected: 1, events: 3, ..Counts::default() };
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
fn plugin_that_panics_ends_the_run_after_its_line() {
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
    assert_eq!((ran.lines.len(), ran.counts.commands), (2, 1));
    assert_eq!(
        ran.lines[1],
        concat!(
            r#"{"line":3,"status":"invalid","error":"not a command of this plugin: "#,
            r#"field \"id\" of command \"Keep\": expected a whole number "#,
            r#"from 0 to 18446744073709551615, found -1","column":35}"#,
        ),
        "the reader of the outcomes sees why they end"
    );
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
    assert_eq!(ran.lines.len(), 2);
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
    assert_eq!(ran.lines.len(), 3, "a repeated number is the engine's to answer");
    assert!(ran.lines[1].contains(r#""status":"duplicate","last_ext_seq":7"#), "{}", ran.lines[1]);
    assert!(ran.lines[2].contains(r#""status":"invalid""#), "{}", ran.lines[2]);
    assert_eq!(
        ran.result.unwrap_err().to_string(),
        "in.jsonl, line 3: \"ext_seq\" is 6, below 7 of the line before; give ascending numbers, or none"
    );
}

#[test]
fn an_endless_line_is_refused_at_the_longest_command_of_the_plugin() {
    let ran = run(io::Cursor::new(keep(1)).chain(io::repeat(b' ')), StreamOptions::default());
    assert_eq!(ran.lines.len(), 2);
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
    let ran = run(io::Cursor::new(keep(1)).chain(Broken), StreamOptions::default());
    assert_eq!(
        ran.lines[1..],
        [r#"{"line":2,"status":"invalid","error":"cannot be read: disk on fire"}"#]
    );
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
        let input = io::Cursor::new(keep(1));
        run_into(Refusing(kind), input, StreamOptions::default()).0
    };
    assert_eq!(run_into(io::ErrorKind::BrokenPipe).unwrap(), End::OutputClosed);
    let error = run_into(io::ErrorKind::StorageFull).unwrap_err();
    assert!(told(&error).starts_with("cannot write to standard output"), "{error}");
}

/// Gives the next command only after it has read the outcome of the last, as a program behind two
/// pipes does. Blank lines come between the commands.
struct Asking {
    next_id: u64,
    seen: Written,
    end_of_line: &'static str,
}

impl Read for Asking {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let answered = self.seen.0.borrow().iter().filter(|byte| **byte == b'\n').count();
        assert_eq!(answered as u64, self.next_id, "every command so far has its answer");
        if self.next_id == 3 {
            return Ok(0);
        }
        self.next_id += 1;
        io::Cursor::new(keep(self.next_id).trim_end().to_owned() + self.end_of_line).read(buffer)
    }
}

#[test]
fn program_that_waits_for_an_answer_gets_it_blank_lines_or_not() {
    for end_of_line in ["\n", "\n\n", "\r\n\r\n", "\n \t\n\n"] {
        let seen = Written::default();
        let input = Asking { next_id: 0, seen: seen.clone(), end_of_line };
        let (result, counts) = run_into(seen, input, StreamOptions::default());
        assert_eq!((result.unwrap(), counts.committed), (End::AllRan, 3), "{end_of_line:?}");
    }
}

#[test]
fn bad_lines_are_answered_and_the_conversation_goes_on_with_keep_going() {
    let long = format!("{{\"command\":\"{}\"}}", "x".repeat(20 << 20));
    let text = [
        &keep(1),
        "not json\n",
        r#"{"command":"Nothing","payload":{}}"#,
        "\n",
        &long,
        "\n",
        r#"{"command":"Keep","payload":{"id":2},"ext_seq":1}"#,
        "\n",
        r#"{"command":"Keep","payload":{"id":2},"ext_seq":0}"#,
        "\n",
        &keep(3),
    ]
    .concat();
    let options = StreamOptions { keeps_going: true, ..StreamOptions::default() };
    let ran = run(io::Cursor::new(text), options);
    assert_eq!(ran.result.unwrap(), End::AllRan);
    let counts = Counts {
        commands: 3,
        committed: 2,
        duplicates: 1,
        invalid: 4,
        events: 2,
        ..Counts::default()
    };
    assert_eq!(ran.counts, counts);
    let starts = [
        r#"{"ext_seq":1,"#,
        r#"{"line":2,"status":"invalid","error":"not a command of this plugin: not valid JSON"#,
        r#"{"line":3,"status":"invalid","error":"not a command of this plugin: unknown command"#,
        r#"{"line":4,"status":"invalid","error":"has more than "#,
        r#"{"ext_seq":1,"command":"Keep","status":"duplicate","last_ext_seq":1}"#,
        r#"{"line":6,"status":"invalid","error":"\"ext_seq\" is 0, below 1 of the line before"#,
        r#"{"ext_seq":2,"command":"Keep","status":"committed""#,
    ];
    assert_eq!(ran.lines.len(), starts.len(), "{:?}", ran.lines);
    for (line, start) in ran.lines.iter().zip(starts) {
        assert!(line.starts_with(start), "{line}");
    }
    assert!(ran.lines[1].contains(r#","column":"#), "{}", ran.lines[1]);
}

#[test]
fn command_that_breaks_an_invariant_is_named() {
    let text = (1..=4).map(keep).collect::<String>();
    let options = StreamOptions { checks_each: true, ..StreamOptions::default() };
    let ran = run(io::Cursor::new(text), options);
    assert_eq!(
        told(&ran.result.unwrap_err()),
        "in.jsonl, line 3: the plugin's invariants do not hold after this command, and the run \
         ends here: PLUGIN_REJECTED (2001): 3 are too many"
    );
    assert_eq!(ran.lines.len(), 3);
}

#[test]
fn silent_run_prints_nothing_and_counts_all_the_same() {
    let options = StreamOptions { is_silent: true, keeps_going: true, ..StreamOptions::default() };
    let ran = run(io::Cursor::new(format!("{}bad\n{}", keep(1), keep(2))), options);
    assert_eq!((ran.lines.len(), ran.counts.committed, ran.counts.invalid), (0, 2, 1));
}
