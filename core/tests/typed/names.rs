//! Declarations whose names appear in generated code, too.

use super::store::{Store, run};
use statevec_abi::plugin::ReadAccess as _;
use statevec_abi::{
    boundary::{ErrorSlot, RuntimeCommandRef, TxResult},
    dispatch,
    plugin::{Plugin, StaticPlugin, Tx},
    static_plugin,
    typed::{Command, DecodePayload, EnumU8, Event, FixedBytes, KeyedRecord, Payload, Record},
};

/// The names of `Result` and `Option`, and of what `TryFrom` calls its error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumU8)]
#[repr(u8)]
enum Answer {
    Ok = 0,
    Err = 1,
    Error = 2,
    Some = 3,
    None = 4,
}

#[derive(Debug, Clone, PartialEq, Record)]
#[record(kind = 1, len = 128, pk(key, data, out, bytes, raw, self_, r#type, len))]
struct Odd {
    #[field(immutable)]
    key: u8,
    #[field(immutable)]
    data: FixedBytes<2>,
    #[field(immutable)]
    out: i32,
    #[field(immutable)]
    bytes: bool,
    #[field(immutable)]
    raw: Answer,
    #[field(immutable)]
    self_: i64,
    #[field(immutable)]
    r#type: u8,
    #[field(immutable)]
    len: u16,
    // By these names views have methods of traits.
    into: u8,
    clone: u8,
    try_into: u8,
    pk: u8,
    view: u8,
    value: u8,
    found: u8,
    // Nothing sets what is immutable or reserved, so these stand beside no setter.
    set_len: u8,
    #[field(reserved)]
    set_value: u8,
}

fn odd() -> Odd {
    Odd {
        key: 1,
        data: b"ab".into(),
        out: 2,
        bytes: true,
        raw: Answer::Error,
        self_: 3,
        r#type: 4,
        len: 5,
        into: 6,
        clone: 7,
        try_into: 8,
        pk: 9,
        view: 10,
        value: 11,
        found: 12,
        set_len: 13,
        set_value: 0,
    }
}

#[derive(Debug, Clone, PartialEq, Command)]
#[command(kind = 1)]
struct Plain {
    bytes: u8,
    out: FixedBytes<2>,
    room: Answer,
    data: u16,
    error: u8,
    key: u8,
}

#[derive(Debug, Clone, PartialEq, Event)]
#[event(kind = 1, max_len = 64)]
struct Long<'payload> {
    reader: &'payload [u8],
    writer: u8,
    value: FixedBytes<2>,
    bytes: Answer,
    f: &'payload [u8],
    len: u8,
}

#[test]
fn fields_called_as_generated_variables_keep_their_values() {
    let key = [1, b'a', b'b', 0x80, 0, 0, 2, 1, 2, 0x80, 0, 0, 0, 0, 0, 0, 3, 4, 0, 5];
    assert_eq!(odd().key().as_bytes(), key);
    let mut data = odd().to_bytes();
    assert_eq!(Odd::decode(&data), Ok(odd()));
    let mut update = Odd::update(&mut data).unwrap();
    update.set_value(20);
    update.set_into(21);
    assert_eq!(Odd::decode(&data), Ok(Odd { value: 20, into: 21, ..odd() }));

    let plain = Plain { bytes: 1, out: b"x".into(), room: Answer::None, data: 2, error: 3, key: 4 };
    let mut out = [0; 10];
    assert_eq!(plain.encode(&mut out), Ok(10));
    assert_eq!(Plain::decode(&out), Ok(plain));

    let long =
        Long { reader: b"abc", writer: 1, value: b"x".into(), bytes: Answer::Some, f: b"", len: 2 };
    let bytes = long.with_encoded(<[u8]>::to_vec).unwrap();
    assert_eq!(Long::decode(&bytes), Ok(long));
}

#[test]
fn variants_called_as_the_prelude_is_convert_both_ways() {
    let all = [Answer::Ok, Answer::Err, Answer::Error, Answer::Some, Answer::None];
    for (answer, byte) in all.into_iter().zip(0..) {
        assert_eq!(u8::from(answer), byte);
        assert_eq!(Answer::try_from(byte), Result::Ok(answer));
    }
    let error = Answer::try_from(5).unwrap_err();
    assert_eq!(error.to_string(), "5 is no value of Answer");
}

struct Names;

const NAMES: StaticPlugin = static_plugin!(Names, slots = 4);

impl Plugin for Names {
    fn name() -> &'static str {
        "names"
    }

    fn schema() -> &'static str {
        statevec_fixtures::declared::SCHEMA.json
    }

    fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Ok(Self)
    }

    // `dispatch!` makes variables of these names.
    fn run_tx<'tx>(&self, kind: &mut Tx<'tx>, received: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        let (rejected, outcome) = ("rejected", "outcome");
        dispatch!(
            kind,
            match received {
                Plain(value) => {
                    let command = received.command_kind();
                    Err(kind.reject(format_args!("{command} {rejected} {outcome} {}", value.key)))
                }
            }
        )
    }
}

#[test]
fn variables_of_dispatch_are_not_those_around_it() {
    let payload = [1, 0, 0, 0, 0, 0, 0, 0, 0, 7];
    let error = run(NAMES, &mut Store::default(), 1, &payload).unwrap_err();
    assert_eq!(error, (2001, "1 rejected outcome 7".to_owned()));
    let error = run(NAMES, &mut Store::default(), 2, &payload).unwrap_err();
    assert_eq!(error, (2002, "unknown command kind 2".to_owned()));
    let padded = [1, 0, 0, 0, 1, 0, 0, 0, 0, 7];
    let error = run(NAMES, &mut Store::default(), 1, &padded).unwrap_err();
    let text = "Plain.out has bytes behind its stated length: pad it with zeros";
    assert_eq!(error, (2002, text.to_owned()));
}
