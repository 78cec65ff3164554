/*
 * Prints this compiler's layout of the header's types in the format of the package
 * `statevec-layout`: type, property, number.
 */
#include <stdio.h>

#include "statevec_abi.h"

#ifdef __cplusplus
#define ALIGNMENT alignof
#else
#define ALIGNMENT _Alignof
#endif

static void line(const char *type, const char *what, size_t number) { printf("%s\t%s\t%zu\n", type, what, number); }

/* The C name is the published one with `Statevec` for `Runtime`. */
#define TYPE(name) \
    line("Runtime" #name, "size", sizeof(Statevec##name)); \
    line("Runtime" #name, "align", ALIGNMENT(Statevec##name))
#define FIELD(name, field) line("Runtime" #name, #field, offsetof(Statevec##name, field))

int main(void) {
    const uint16_t one = 1;
    line("usize", "size", sizeof(size_t));
    line("u64", "align", offsetof(struct StatevecLayoutByFlags, value));
    line("little endian", "", *(const uint8_t *)&one);
    TYPE(CallStatus);
    TYPE(ErrorPhase);
    TYPE(ErrorKind);
    TYPE(BytesRef);
    FIELD(BytesRef, ptr);
    FIELD(BytesRef, len);
    TYPE(BytesMutRef);
    FIELD(BytesMutRef, ptr);
    FIELD(BytesMutRef, len);
    TYPE(ErrorBuf);
    FIELD(ErrorBuf, phase);
    FIELD(ErrorBuf, kind);
    FIELD(ErrorBuf, message_len);
    FIELD(ErrorBuf, message_buf);
    TYPE(CommandView);
    FIELD(CommandView, command_kind);
    FIELD(CommandView, ext_seq);
    FIELD(CommandView, ref_ext_time_us);
    FIELD(CommandView, payload);
    TYPE(RecordKeyView);
    FIELD(RecordKeyView, kind);
    FIELD(RecordKeyView, sys_id);
    TYPE(HostContextV1);
    FIELD(HostContextV1, ctx_ptr);
    FIELD(HostContextV1, vtable);
    TYPE(ReadContextV1);
    FIELD(ReadContextV1, ctx_ptr);
    FIELD(ReadContextV1, vtable);
    TYPE(HostVTableV1);
    FIELD(HostVTableV1, with_read_typed_raw);
    FIELD(HostVTableV1, with_read_typed_by_pk_raw);
    FIELD(HostVTableV1, create_typed_raw);
    FIELD(HostVTableV1, update_typed_by_pk_raw);
    FIELD(HostVTableV1, delete_by_pk_raw);
    FIELD(HostVTableV1, emit_typed_event_raw);
    FIELD(HostVTableV1, for_each_record_key_raw);
    FIELD(HostVTableV1, debug_log);
    TYPE(ReadVTableV1);
    FIELD(ReadVTableV1, with_read_typed_raw);
    FIELD(ReadVTableV1, with_read_typed_by_pk_raw);
    FIELD(ReadVTableV1, for_each_record_key_raw);
    TYPE(PluginApiV1);
    FIELD(PluginApiV1, abi_version);
    FIELD(PluginApiV1, plugin_name);
    FIELD(PluginApiV1, schema_bytes);
    FIELD(PluginApiV1, create_runtime);
    FIELD(PluginApiV1, destroy_runtime);
    FIELD(PluginApiV1, run_tx);
    FIELD(PluginApiV1, validate_biz_invariants);
    FIELD(PluginApiV1, on_unload);
    return 0;
}
