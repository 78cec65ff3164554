#![doc = include_str!("../README.md")]

mod attribute;
mod crate_path;
mod dispatch;
mod encoding;
mod enum_u8;
mod errors;
mod field;
mod groups;
mod payload;
mod record;
mod schema;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Declares a record, which the host stores in a fixed layout.
///
/// ```
/// # use statevec_abi::prelude::*;
/// #[derive(Record)]
/// #[record(kind = 1, len = 64, pk(account_id))]
/// struct Account {
///     #[field(immutable)]
///     account_id: u64,
///     balance: i64,
///     #[field(reserved)]
///     spare: u32,
/// }
/// ```
///
/// - `kind` is 1 to 255. `len` is 64, 128, 256, … up to 65536: the stored bytes, 16 of which are
///   the host's. The encoded form is on the stack; use `Tx::create_raw` for larger records.
/// - `pk(…)` names the fields of the primary key, in key order. They must be immutable. A record
///   without `pk(…)` has no key.
/// - `range_scan`, with `pk(…)`: hosts keep the records in the order of their keys, too, and can
///   read ranges of them. Plugins have no such call in version 1 of the contract.
/// - Fields are stored in the order of declaration, without gaps. Their types are `bool`, `u8`,
///   `u16`, `u32`, `u64`, `i32`, `i64`, `u128`, `FixedBytes<N>` and enums that derive `EnumU8`.
/// - `#[field(immutable)]`: set by `create` only.
/// - `#[field(reserved)]`: keeps its offset and its bytes. It is created as zero and read as zero;
///   an update does not change its bytes.
/// - `crate = path` states the path of `statevec-abi` if it has another name. The other derives
///   have this option, too.
///
/// Besides the trait `Record` the derive generates, for a record `Account`:
/// - `AccountView` with a getter for every field, and `AccountUpdate` with the getters and `set_…`
///   for every field that is neither immutable nor reserved. Getters and setters are as visible as
///   their fields. A field `set_x` beside a mutable field `x` does not compile.
/// - with a key, `Account::pk(…)` and the trait `KeyedRecord`. `pk` takes `FixedBytes` by
///   reference.
#[proc_macro_derive(Record, attributes(record, field))]
pub fn derive_record(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    record::expand(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Declares a command.
///
/// ```
/// # use statevec_abi::prelude::*;
/// #[derive(Command)]
/// #[command(kind = 1)]
/// struct Note<'a> {
///     account_id: u64,
///     text: &'a [u8],
/// }
/// ```
///
/// `kind` is 1 to 255. Fields are encoded in the order of declaration. Their types are those of a
/// record, and `&'a [u8]` for variable bytes, which a decoded command borrows from its payload.
/// The content of variable bytes apart, a command has at most 65536 bytes. The derive implements
/// the traits `Payload`, `DecodePayload` and `Command`.
#[proc_macro_derive(Command, attributes(command, field))]
pub fn derive_command(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    payload::expand(&input, payload::Role::Command)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Declares an event.
///
/// ```
/// # use statevec_abi::prelude::*;
/// #[derive(Event)]
/// #[event(kind = 1, max_len = 256)]
/// struct Noted<'a> {
///     account_id: u64,
///     text: &'a [u8],
/// }
/// ```
///
/// Kind and fields are those of a command. `max_len` is the longest encoded form in bytes, which
/// `emit` takes on the stack. An event with variable bytes needs it; without them the length is
/// constant, and `max_len` is not allowed. An event has at most 65536 bytes; use `Tx::emit_raw` for
/// larger ones. The derive implements the traits `Payload`, `DecodePayload` and `Event`.
#[proc_macro_derive(Event, attributes(event, field))]
pub fn derive_event(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    payload::expand(&input, payload::Role::Event)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Makes a fieldless enum a field type of one byte.
///
/// ```
/// # use statevec_abi::prelude::*;
/// #[derive(Clone, Copy, PartialEq, Eq, EnumU8)]
/// #[repr(u8)]
/// enum Side {
///     Buy = 1,
///     Sell = 2,
/// }
/// ```
///
/// The enum is `#[repr(u8)]`, and every variant states its value as a literal, so that stored bytes
/// do not depend on the order of the variants. The derive implements `EnumU8`, `From<Side> for u8`
/// and `TryFrom<u8> for Side`. Its one option is `#[enum_u8(crate = path)]`.
#[proc_macro_derive(EnumU8, attributes(enum_u8))]
pub fn derive_enum_u8(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    enum_u8::expand(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Declares a schema as a constant with definitions, fingerprints and the schema JSON. The compiler
/// computes all of it.
///
/// ```
/// # use statevec_abi::prelude::*;
/// # #[derive(Record)] #[record(kind = 1, len = 64)] struct Account { balance: i64 }
/// # #[derive(Command)] #[command(kind = 1)] struct Deposit { amount: u64 }
/// # #[derive(Command)] #[command(kind = 2)] struct Withdraw { amount: u64 }
/// # #[derive(Event)] #[event(kind = 1)] struct BalanceChanged { to: i64 }
/// # #[derive(Clone, Copy, PartialEq, Eq, EnumU8)] #[repr(u8)] enum Side { Buy = 1 }
/// statevec_abi::schema! {
///     /// The bank's schema.
///     pub const SCHEMA = {
///         version: "1.0",
///         records: [Account],
///         commands: [Deposit, Withdraw],
///         events: [BalanceChanged],
///         types: [Side],
///     };
/// }
/// ```
///
/// `version` is required. The lists are optional and may stand in any order. The constant is a
/// `statevec_abi::typed::Schema`. Two entries of a list with the same kind or name do not compile.
///
/// `types` must list the enum of every field, so that hosts know its variants by name. List an enum
/// in `unlisted: […]` to leave it out; hosts then see its values as numbers. If `statevec-abi` has
/// another name, write `crate = path,` first.
#[proc_macro]
pub fn schema(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as schema::SchemaInput);
    schema::expand(&input).into()
}

/// Decodes a command and runs the arm of its kind.
///
/// ```
/// # use statevec_abi::prelude::*;
/// # #[derive(Command)] #[command(kind = 1)] struct Deposit { amount: u64 }
/// # #[derive(Command)] #[command(kind = 2)] struct Withdraw { amount: u64 }
/// # struct Bank;
/// # impl Bank {
/// # fn deposit<'tx>(&self, _: &mut Tx<'tx>, _: Deposit) -> TxResult<'tx> { Ok(()) }
/// # fn withdraw<'tx>(&self, _: &mut Tx<'tx>, _: Withdraw) -> TxResult<'tx> { Ok(()) }
/// # fn run<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
/// statevec_abi::dispatch!(tx, match command {
///     Deposit(deposit) => self.deposit(tx, deposit),
///     Withdraw(withdraw) => self.withdraw(tx, withdraw),
/// })
/// # }
/// # }
/// ```
///
/// `tx` is a variable of type `&mut Tx`, and `command` a `RuntimeCommandRef`. Every arm names a
/// command type, binds the decoded value, and returns a `TxResult`. Two arms with the same kind do
/// not compile. Commands of other kinds, and payloads that do not decode, are rejected as
/// INVALID_COMMAND.
///
/// Write `, schema = SCHEMA` after the match: an arm whose command `SCHEMA` does not list then does
/// not compile. If `statevec-abi` has another name, write `crate = path,` first.
#[proc_macro]
pub fn dispatch(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as dispatch::DispatchInput);
    dispatch::expand(&input).into()
}
