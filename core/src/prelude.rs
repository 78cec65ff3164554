//! Everything that a plugin author needs: `use statevec_abi::prelude::*;`.
//!
//! Each name also has a path of its own, in the module that documents its neighbours.

pub use crate::{
    abi::{RecordKey, RecordKind, SysId, runtime_error_kind},
    boundary::{ErrorSlot, ErrorWritten, RuntimeCommandRef, TxResult},
    dispatch, export_plugin,
    plugin::{Plugin, ReadAccess, ReadContext, StaticPlugin, Tx},
    schema, static_plugin,
    typed::{
        Command, DecodePayload, EnumU8, Event, FixedBytes, KeyedRecord, Payload, Pk, Record, Schema,
    },
};
