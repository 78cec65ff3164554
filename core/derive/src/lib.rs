#![doc = include_str!("../README.md")]

mod attribute;
mod crate_path;
mod dispatch;
mod enum_u8;
mod errors;
mod field;
mod groups;
mod payload;
mod record;
mod schema;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Declares a record: a fixed layout that the host stores, finds and lends.
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
/// - `kind` is 1 to 255. `len` is 64, 128, 256, … up to 65536: the bytes that the host stores, 16
///   of which are its own. A record is encoded on the stack; larger ones go through
///   `Tx::create_raw`.
/// - `pk(…)` names the fields of the primary key, in key order. They must be immutable. Without it
///   there is no key.
/// - Fields lie in the order of declaration, without gaps. Their types are `bool`, `u8`, `u16`,
///   `u32`, `u64`, `i32`, `i64`, `u128`, `FixedBytes<N>` and enums that derive `EnumU8`.
/// - `#[field(immutable)]`: set by `create` only.
/// - `#[field(reserved)]`: keeps its place and its bytes, and is otherwise ignored: it is created
///   as zero, reads as zero, and an update leaves its bytes alone.
///
/// Besides the trait `Record` this makes, for a record `Account`:
/// - `AccountView` with a getter for every field, and `AccountUpdate` with the getters and `set_…`
///   for every field that is neither immutable nor reserved. Getters and setters are as visible as
///   their fields. A field `set_x` beside a mutable field `x` does not compile.
/// - with a key, `Account::pk(…)` and the trait `KeyedRecord`. `FixedBytes` are passed to `pk` by
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
/// Without the content of variable bytes a command takes at most 65536 bytes. This makes the traits
/// `Payload`, `DecodePayload` and `Command`.
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
/// As a command. An event with variable bytes also says how long its encoded form may be, in bytes:
/// that much stack is taken to emit it. Without variable bytes the length is known, and `max_len`
/// is not allowed. Either way it is at most 65536 bytes; larger events go through `Tx::emit_raw`.
/// This makes the traits `Payload`, `DecodePayload` and `Event`.
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
/// The enum is `#[repr(u8)]`, and every variant states its value as a literal: stored bytes must
/// not change when a variant is moved. This makes the trait `EnumU8`, `From<Side> for u8` and
/// `TryFrom<u8> for Side`.
#[proc_macro_derive(EnumU8, attributes(enum_u8))]
pub fn derive_enum_u8(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    enum_u8::expand(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Puts a schema together as a constant: definitions, fingerprints and the schema JSON, all made by
/// the compiler.
///
/// ```
/// # use statevec_abi::prelude::*;
/// # #[derive(Record)] #[record(kind = 1, len = 64)] struct Account { balance: i64 }
/// # #[derive(Command)] #[command(kind = 1)] struct Deposit { amount: u64 }
/// # #[derive(Command)] #[command(kind = 2)] struct Withdraw { amount: u64 }
/// # #[derive(Event)] #[event(kind = 1)] struct BalanceChanged { to: i64 }
/// # #[derive(Clone, Copy, PartialEq, Eq, EnumU8)] #[repr(u8)] enum Side { Buy = 1 }
/// statevec_abi::schema! {
///     /// What the bank stores, takes and tells.
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
/// Every enum that a field has must be among `types`, so that hosts know its variants by name; an
/// enum in `unlisted: […]` is left out on purpose, and hosts see its values as numbers. If the
/// crate has another name, `crate = path,` comes first.
///
/// Only `version` must be there; the lists may stand in any order. The constant is a
/// `statevec_abi::typed::Schema`. Two entries of a list that have one kind or one name do not
/// compile.
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
/// `tx` is a variable, a `&mut Tx` or `&mut ReadContext`, and `command` a `RuntimeCommandRef`.
/// Every arm names a command type, binds the decoded value, and gives a `TxResult`. With `, schema
/// = SCHEMA` behind the match, a command that the schema does not list does not compile. If the
/// crate has another name, `crate = path,` comes first. A command of another kind, or with a
/// payload that does not decode, is refused as INVALID_COMMAND. Two arms of one kind do not
/// compile.
#[proc_macro]
pub fn dispatch(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as dispatch::DispatchInput);
    dispatch::expand(&input).into()
}
