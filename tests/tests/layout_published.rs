//! Every type and constant of the binary contract, compared with the published crate's on whatever
//! target this runs on.

use statevec_abi::abi as ours;
use statevec_published::api as published;

/// Names a type, and every field of it, once; both crates use the same names.
macro_rules! same_layout {
    ($($ty:ident { $($field:ident),* $(,)? })*) => {$(
        let name = stringify!($ty);
        assert_eq!(size_of::<ours::$ty>(), size_of::<published::$ty>(), "size of {name}");
        assert_eq!(align_of::<ours::$ty>(), align_of::<published::$ty>(), "align of {name}");
        $(assert_eq!(
            core::mem::offset_of!(ours::$ty, $field),
            core::mem::offset_of!(published::$ty, $field),
            "offset of {name}.{}",
            stringify!($field),
        );)*
    )*};
}

#[test]
fn a_size_an_alignment_or_an_offset_is_not_the_published_one() {
    same_layout! {
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
        RuntimeReadVTableV1 {
            with_read_typed_raw,
            with_read_typed_by_pk_raw,
            for_each_record_key_raw,
        }
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
        RuntimeBytesVisitor {}
        RuntimeBytesMutVisitor {}
        RuntimeRecordKeyVisitor {}
        RuntimePluginEntryV1 {}
    }
    // Flags cross as `bool` there and as a byte here.
    assert_eq!((size_of::<bool>(), align_of::<bool>()), (1, 1));
}

#[test]
fn a_status_a_phase_or_a_constant_is_not_the_published_one() {
    use ours::runtime_error_kind as our_kind;
    use published::runtime_error_kind as published_kind;

    let statuses = [
        (ours::RuntimeCallStatus::Success, published::RuntimeCallStatus::Success),
        (ours::RuntimeCallStatus::Failure, published::RuntimeCallStatus::Failure),
    ];
    for (ours, published) in statuses {
        assert_eq!(ours.0, published as u32);
        assert_eq!(format!("{ours:?}"), format!("{published:?}"));
    }
    type Published = published::RuntimeErrorPhase;
    let phases = [
        (ours::RuntimeErrorPhase::Load, Published::Load),
        (ours::RuntimeErrorPhase::Create, Published::Create),
        (ours::RuntimeErrorPhase::RunTx, Published::RunTx),
        (ours::RuntimeErrorPhase::ValidateBizInvariants, Published::ValidateBizInvariants),
        (ours::RuntimeErrorPhase::Unload, Published::Unload),
    ];
    for (ours, published) in phases {
        assert_eq!(ours.0, published as u32);
        assert_eq!(format!("{ours:?}"), format!("{published:?}"));
    }
    let kinds = [
        (our_kind::ABI_CONTRACT_VIOLATION, published_kind::ABI_CONTRACT_VIOLATION),
        (our_kind::SCHEMA_MISMATCH, published_kind::SCHEMA_MISMATCH),
        (our_kind::CONFIG_ERROR, published_kind::CONFIG_ERROR),
        (our_kind::PLUGIN_REJECTED, published_kind::PLUGIN_REJECTED),
        (our_kind::INVALID_COMMAND, published_kind::INVALID_COMMAND),
        (our_kind::HOST_REJECTED, published_kind::HOST_REJECTED),
        (our_kind::HOST_INTERNAL_ERROR, published_kind::HOST_INTERNAL_ERROR),
        (our_kind::PLUGIN_INTERNAL_ERROR, published_kind::PLUGIN_INTERNAL_ERROR),
    ];
    for (ours, published) in kinds {
        assert_eq!(ours.0, published.0);
    }
    assert_eq!(ours::RUNTIME_PLUGIN_ABI_VERSION_V1, published::RUNTIME_PLUGIN_ABI_VERSION_V1);
    assert_eq!(ours::RUNTIME_PLUGIN_ENTRY_V1_SYMBOL, published::RUNTIME_PLUGIN_ENTRY_V1_SYMBOL);
    let empty = published::RuntimeErrorBuf::new(
        Published::Load,
        published_kind::CONFIG_ERROR,
        published::RuntimeBytesRef::empty(),
    );
    assert_eq!(ours::RUNTIME_ERROR_MESSAGE_CAPACITY, empty.message_buf.len());
}
