//! Arbitrary bytes as an error buffer that the other side wrote.
//!
//! - Readers return the text, phase and kind of the buffer. They cut the length at 512, replace
//!   invalid UTF-8 with U+FFFD, and read nothing outside.
//! - A host reports the phase, kind and text that a plugin wrote, or a breach of contract if the
//!   status is neither 0 nor 1.
//! - A plugin passes on the kind that a host wrote, and the text as UTF-8, cut between characters.
//!   The published adapter writes both on one line.
//! - A text that is written and read again is the same, cut between characters. Writing changes
//!   every byte of the buffer.

mod debug_logger;
mod passed;

use statevec_abi::{
    abi::{RUNTIME_ERROR_MESSAGE_CAPACITY, RuntimeErrorBuf, RuntimeErrorKind, RuntimeErrorPhase},
    boundary::{ErrorSlot, clear_runtime_error, write_runtime_error},
};
use statevec_abi_alloc::{runtime_error_message, runtime_error_text};

const SIZE: usize = size_of::<RuntimeErrorBuf>();

/// See the module. The first 528 bytes are the buffer, padded with zeroes; the next four are a
/// status.
pub fn check(input: &[u8]) {
    let mut bytes = [0; SIZE];
    let (head, rest) = input.split_at(input.len().min(SIZE));
    bytes[..head.len()].copy_from_slice(head);
    // SAFETY: every bit pattern is an error buffer: it consists of integers (rule 1).
    let buffer = unsafe { std::mem::transmute::<[u8; SIZE], RuntimeErrorBuf>(bytes) };
    let status = rest.first_chunk().map_or(1, |status| u32::from_le_bytes(*status));

    check_reading(&bytes, &buffer);
    check_names(&buffer);
    passed::from_plugin(&buffer, status);
    passed::from_host(&buffer, status);
    check_writing(&buffer);
}

/// The text in a buffer.
fn text_of(buffer: &RuntimeErrorBuf) -> String {
    let len = buffer.message_len.min(RUNTIME_ERROR_MESSAGE_CAPACITY);
    String::from_utf8_lossy(&buffer.message_buf[..len]).into_owned()
}

fn check_reading(bytes: &[u8; SIZE], buffer: &RuntimeErrorBuf) {
    let word = |at: usize| *bytes[at..].first_chunk::<8>().expect("inside");
    assert_eq!(buffer.phase.0, u32::from_ne_bytes(*word(0).first_chunk().expect("four of eight")));
    assert_eq!(buffer.kind.0, u16::from_ne_bytes(*word(4).first_chunk().expect("two of eight")));
    let len = usize::from_ne_bytes(word(8));
    assert_eq!(buffer.message_len, len);

    let expected = &bytes[16..16 + len.min(512)];
    let message = buffer.message();
    assert_eq!(message.as_bytes(), expected);
    assert_eq!(message.is_empty(), expected.is_empty());
    let text = String::from_utf8_lossy(expected);
    assert_eq!(message.to_string(), text);
    assert_eq!(runtime_error_text(buffer), text);
    assert!(format!("{buffer:?}").contains(&*text));
}

fn check_names(buffer: &RuntimeErrorBuf) {
    const PHASES: [&str; 5] = ["Load", "Create", "RunTx", "ValidateBizInvariants", "Unload"];
    let phase = match buffer.phase.0 {
        known @ 1..=5 => PHASES[known as usize - 1].to_owned(),
        unknown => format!("RuntimeErrorPhase({unknown})"),
    };
    assert_eq!(buffer.phase.name().is_some(), (1..=5).contains(&buffer.phase.0));
    let (kind, text) = (buffer.kind.0, text_of(buffer));
    let line = format!("phase={phase} kind={kind} message={text}");
    assert_eq!(runtime_error_message(buffer), line);
    assert_eq!(buffer.kind.is_rejection(), matches!(kind, 2001 | 2002 | 4001));
    let is_known = matches!(kind, 1 | 1001 | 1002 | 2001 | 2002 | 4001 | 4002 | 5001);
    assert_eq!(buffer.kind.name().is_some(), is_known);
}

/// Writes the buffer's own text into a buffer that has another content.
fn check_writing(buffer: &RuntimeErrorBuf) {
    // Twice the text: it may be longer than there is room.
    let text = text_of(buffer).repeat(2);
    let expected =
        &text[..text.floor_char_boundary(RUNTIME_ERROR_MESSAGE_CAPACITY.min(text.len()))];
    let (phase, kind) = (buffer.phase, buffer.kind);
    let mut by_function = *buffer;
    // SAFETY: the buffer is a live value of this function (rule 9).
    unsafe { write_runtime_error(&raw mut by_function, phase, kind, &text) };
    check_written(&by_function, phase, kind, expected);

    // In pieces, as `format_args!` gives them.
    let mut by_slot = *buffer;
    let (first, second) = text.split_at(text.len() / 2);
    let none = ErrorSlot::scope(&mut by_slot, phase, |slot| {
        Err::<(), _>(slot.fail(kind, format_args!("{first}{second}")))
    });
    assert!(none.is_none());
    check_written(&by_slot, phase, kind, expected);

    // SAFETY: the buffer is a live value of this function (rule 9).
    unsafe { clear_runtime_error(&raw mut by_slot) };
    assert!(by_slot.message().is_empty());
    let reset = RuntimeErrorBuf::RESET;
    assert_eq!((by_slot.phase, by_slot.kind), (reset.phase, reset.kind));
}

fn check_written(
    buffer: &RuntimeErrorBuf,
    phase: RuntimeErrorPhase,
    kind: RuntimeErrorKind,
    text: &str,
) {
    assert_eq!((buffer.phase, buffer.kind), (phase, kind));
    assert_eq!(buffer.message().as_bytes(), text.as_bytes());
    assert_eq!(buffer.message_len, text.len());
    assert!(buffer.message_buf[text.len()..].iter().all(|byte| *byte == 0));
}
