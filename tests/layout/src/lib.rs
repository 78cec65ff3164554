#![no_std]
//! The layout of every type of the contract, as text that the compiler writes while it compiles.
//!
//! The text stands in a static, and so in the object file. `tests/targets.sh` builds this crate for
//! targets that no test runs on, and reads the layout from the object file, without running it.
//!
//! One line for each number: the type, the measured property and the number, separated by tabs.
//! Sizes, alignments and offsets are in bytes.

mod writer;

use statevec_abi::abi::{
    RuntimeBytesMutRef, RuntimeBytesRef, RuntimeCallStatus, RuntimeCommandView, RuntimeErrorBuf,
    RuntimeErrorKind, RuntimeErrorPhase, RuntimeHostContextV1, RuntimeHostVTableV1,
    RuntimePluginApiV1, RuntimeReadContextV1, RuntimeReadVTableV1, RuntimeRecordKeyView,
};
use writer::Writer;

/// Names every type, and every field of those that have more than one.
macro_rules! layouts {
    ($($ty:ident { $($field:ident),* $(,)? })*) => {
        const WRITTEN: Writer = {
            let text = Writer::new()
                .line("usize", "size", size_of::<usize>())
                .line("u64", "align", align_of::<u64>())
                .line("little endian", "", cfg!(target_endian = "little") as usize);
            $(
                let text = text
                    .line(stringify!($ty), "size", size_of::<$ty>())
                    .line(stringify!($ty), "align", align_of::<$ty>())
                    $(.line(stringify!($ty), stringify!($field), core::mem::offset_of!($ty, $field)))*;
            )*
            text
        };
    };
}

layouts! {
    RuntimeCallStatus {}
    RuntimeErrorPhase {}
    RuntimeErrorKind {}
    RuntimeBytesRef { ptr, len }
    RuntimeBytesMutRef { ptr, len }
    RuntimeErrorBuf { phase, kind, message_len, message_buf }
    RuntimeCommandView { command_kind, ext_seq, ref_ext_time_us, payload }
    RuntimeRecordKeyView { kind, sys_id }
    RuntimeHostContextV1 { ctx_ptr, vtable }
    RuntimeReadContextV1 { ctx_ptr, vtable }
    RuntimeHostVTableV1 {
        with_read_typed_raw,
        with_read_typed_by_pk_raw,
        create_typed_raw,
        update_typed_by_pk_raw,
        delete_by_pk_raw,
        emit_typed_event_raw,
        for_each_record_key_raw,
        debug_log,
    }
    RuntimeReadVTableV1 { with_read_typed_raw, with_read_typed_by_pk_raw, for_each_record_key_raw }
    RuntimePluginApiV1 {
        abi_version,
        plugin_name,
        schema_bytes,
        create_runtime,
        destroy_runtime,
        run_tx,
        validate_biz_invariants,
        on_unload,
    }
}

/// The line before the table, where it stands in an object file.
pub const BEGIN: &str = "\nbegin of the layout table\n";
/// The line after the table.
pub const END: &str = "end of the layout table\n";

/// The table, for this target.
pub const TABLE: &str = match str::from_utf8(WRITTEN.bytes()) {
    Ok(table) => table,
    Err(_) => panic!("names are UTF-8 and digits are ASCII"),
};

/// The table between [`BEGIN`] and [`END`], for readers of the object file.
#[used]
pub static OBJECT_TEXT: [u8; BEGIN.len() + TABLE.len() + END.len()] = {
    let mut text = [0; BEGIN.len() + TABLE.len() + END.len()];
    let (begin, rest) = text.split_at_mut(BEGIN.len());
    begin.copy_from_slice(BEGIN.as_bytes());
    let (table, end) = rest.split_at_mut(TABLE.len());
    table.copy_from_slice(TABLE.as_bytes());
    end.copy_from_slice(END.as_bytes());
    text
};
