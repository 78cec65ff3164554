/*
 * The StateVec runtime plugin ABI, version 1, for C11 and C++17.
 *
 * A plugin is deterministic business logic. The host gives it one command; the plugin reads and
 * writes records through the host, emits events, and accepts or rejects the command. A plugin is a
 * shared library with one symbol (StatevecPluginEntryV1). A host loads it and calls its functions.
 *
 * Names are the published ones with `Runtime` replaced by `Statevec`. Fields keep their names.
 *
 * THE CONTRACT IN SHORT (each function says more)
 *
 * Threads    A runtime handle may move between threads, and one thread uses it at a time. A
 *            context, and everything lent with it, belongs to the thread that was called until that
 *            call returns. Functions of different runtime handles may run at the same time.
 * Lifetimes  Pointers are valid for the call or visit that gave them, with three exceptions: the
 *            bytes of `plugin_name` and `schema_bytes` and the table itself live as long as the
 *            library is mapped; a runtime handle lives until `destroy_runtime`.
 * Bytes      A pointer may be null when the length is 0. With any other length it is not null.
 * Errors     A function that can fail returns 0 (success) or 1 (failure). No other status is
 *            defined. `out_error` may be null. On success a plugin's function resets its header
 *            (phase 1, kind 4002, message_len 0); its content after a successful host function has
 *            no meaning. On failure all of it is written. Other out parameters are written on
 *            success only; after a failure their content has no meaning.
 * Flags      A flag is one byte, 0 or 1. Its type is `uint8_t`, because a `_Bool` or `bool` with
 *            any other content is undefined behaviour.
 * Unwinding  No C++ exception, no longjmp and no foreign unwinding may cross a function of this
 *            header, in either direction.
 * Versions   The table is returned by value, so it can never grow. Additions get symbols of their
 *            own beside it.
 * Numbers    Fields of these structs have the target's byte order. Records, payloads and keys are
 *            byte sequences with their own order: little-endian, keys big-endian.
 *
 * THE SCHEMA (what `schema_bytes` returns; `statevec-host header` makes it from declarations)
 *
 * UTF-8 JSON. The host learns sizes, keys and names from it:
 *   idlVersion     "1.0"
 *   schemaVersion  {"main": 0 to 255, "minor": 0 to 255}
 *   fingerprints   {"records", "commands", "events", "types"}: 32 lower-case hexadecimal digits
 *                  each. The digits may be anything: a host compares them with those of another
 *                  version of the plugin, and never computes them. Change them when the list
 *                  changes.
 *   types          [{"name", "kind": "enumU8", "variants": [{"name", "value": 0 to 255}]}]
 *   records        [{"kind": 1 to 255, "name", "version", "dataSize", "hasPk", "pkFields": [names],
 *                  "supportRangeScan": false, "fields": [{"name", "index", "type", "offset",
 *                  "size", "immutable"}]}]
 *   commands       [{"kind": 1 to 255, "name", "version", "fields": [{"name", "index", "type"}]}]
 *   events         as commands
 * `version` is main + 256 * minor. `index` counts from 1. No kind and no name stands twice in a
 * list.
 *
 * Encodings, by "type". Fields are packed in index order without padding, numbers little-endian:
 *   "bool", "u8"           1 byte; a bool is 0 or 1
 *   "u16"                  2 bytes
 *   "u32", "i32"           4 bytes
 *   "u64", "i64"           8 bytes
 *   "u128"                 16 bytes
 *   {"fixedBytes": N}      N + 2 bytes: the length as u16, then N bytes padded with zeros
 *   "varBytes"             the length as u16, then the bytes; in commands and events only
 *   {"defined": "Name"}    1 byte: a value of the enum in `types`
 *
 * A primary key is the fields of `pkFields`, packed in that order and all immutable. In a key
 * numbers are big-endian, i32 and i64 with the sign bit flipped, and fixedBytes are their N padded
 * bytes without the length. u128 and varBytes cannot be part of a key.
 */
#ifndef STATEVEC_ABI_H
#define STATEVEC_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------------------ constants */

/* The version of this contract: `abi_version` of the table. */
#define STATEVEC_PLUGIN_ABI_VERSION_V1 1u

/* The one symbol that a plugin exports. Its type is StatevecPluginEntryV1. */
#define STATEVEC_PLUGIN_ENTRY_V1_SYMBOL "statevec_runtime_plugin_entry_v1"

/* Capacity of an error text in bytes. A longer text is cut between two UTF-8 characters. */
#define STATEVEC_ERROR_MESSAGE_CAPACITY 512

/*
 * Status and phase are 32-bit numbers and not C enums: an enum takes one byte on some targets, and
 * on all of them with -fshort-enums.
 */
typedef uint32_t StatevecCallStatus;
#define STATEVEC_CALL_SUCCESS UINT32_C(0)
#define STATEVEC_CALL_FAILURE UINT32_C(1)

/* The part of a plugin's life in which an error occurred. */
typedef uint32_t StatevecErrorPhase;
#define STATEVEC_PHASE_LOAD UINT32_C(1)
#define STATEVEC_PHASE_CREATE UINT32_C(2)
#define STATEVEC_PHASE_RUN_TX UINT32_C(3)
#define STATEVEC_PHASE_VALIDATE_BIZ_INVARIANTS UINT32_C(4)
#define STATEVEC_PHASE_UNLOAD UINT32_C(5)

/* The kind of an error. Other numbers are legal and mean a failure. */
typedef uint16_t StatevecErrorKind;
/* The other side broke this contract. */
#define STATEVEC_KIND_ABI_CONTRACT_VIOLATION 1
/* The plugin's schema is not the one that the host expected, or lacks a kind that a call names. */
#define STATEVEC_KIND_SCHEMA_MISMATCH 1001
/* The plugin cannot use its configuration. */
#define STATEVEC_KIND_CONFIG_ERROR 1002
/* The plugin rejected the command: a regular outcome, the same on every host. */
#define STATEVEC_KIND_PLUGIN_REJECTED 2001
/* The command is malformed or unknown: a rejection. */
#define STATEVEC_KIND_INVALID_COMMAND 2002
/*
 * The host refused an operation: a duplicate key, a change of an immutable field, a write where
 * only reads are legal. A rejection.
 */
#define STATEVEC_KIND_HOST_REJECTED 4001
/* The host failed. */
#define STATEVEC_KIND_HOST_INTERNAL_ERROR 4002
/* The plugin failed. */
#define STATEVEC_KIND_PLUGIN_INTERNAL_ERROR 5001

/* ----------------------------------------------------------------------------------------- data */

/* Bytes lent for reading. */
typedef struct StatevecBytesRef {
    const uint8_t *ptr;
    size_t len;
} StatevecBytesRef;

/* Bytes lent for writing. The borrower alone reads and writes them until it returns. */
typedef struct StatevecBytesMutRef {
    uint8_t *ptr;
    size_t len;
} StatevecBytesMutRef;

/*
 * The buffer for the reason of a call's failure. The caller owns it and lends it for the call.
 * `message_buf` is UTF-8, has `message_len` bytes, and does not end with a zero. Readers take at
 * most STATEVEC_ERROR_MESSAGE_CAPACITY bytes, also when `message_len` is greater.
 */
typedef struct StatevecErrorBuf {
    StatevecErrorPhase phase;
    StatevecErrorKind kind;
    size_t message_len;
    uint8_t message_buf[STATEVEC_ERROR_MESSAGE_CAPACITY];
} StatevecErrorBuf;

/* A command. The payload has the encoding that the schema states; its first field is at byte 0. */
typedef struct StatevecCommandView {
    uint8_t command_kind;
    /* Sequence number in the queue that the command came from. */
    uint64_t ext_seq;
    /* Reference time of the source, in microseconds: the only clock that a plugin may read. */
    uint64_t ref_ext_time_us;
    StatevecBytesRef payload;
} StatevecCommandView;

/* A record's kind and number. The host counts per kind from 1 and never uses a number twice. */
typedef struct StatevecRecordKeyView {
    uint8_t kind;
    uint64_t sys_id;
} StatevecRecordKeyView;

/* ------------------------------------------------------------------------------------- visitors */

/*
 * Callbacks of a plugin. A host function calls the visitor that it was given, on the same thread,
 * with the `visitor_ctx` that came with it. Visitors return nothing and leave results in their
 * context.
 *
 * The bytes are the record's data without a header, valid until the visitor returns. A visitor for
 * reading or for keys may call reading host functions; writing ones are refused (kind 4001). A
 * visitor for writing may call no host function (kind 4001). A nested call needs its own error
 * buffer.
 */
typedef void (*StatevecBytesVisitor)(void *visitor_ctx, StatevecBytesRef bytes);
typedef void (*StatevecBytesMutVisitor)(void *visitor_ctx, StatevecBytesMutRef bytes);
typedef void (*StatevecRecordKeyVisitor)(void *visitor_ctx, StatevecRecordKeyView key);

/* ------------------------------------------------------------------------ host functions: reads */

/*
 * The first argument of every host function is `ctx_ptr` of the context that came with the table.
 * Calls are legal on the plugin's thread from entry of the plugin's function until it returns. A
 * host refuses other calls as far as it can detect them.
 */

/* Reads a record by its number. Calls `visitor` once if it exists; writes 1 or 0 to `out_found`. */
typedef StatevecCallStatus (*StatevecReadByIdFn)(const void *ctx_ptr, uint8_t record_kind,
                                                 uint64_t sys_id, void *visitor_ctx,
                                                 StatevecBytesVisitor visitor, uint8_t *out_found,
                                                 StatevecErrorBuf *out_error);

/* Reads a record by its primary key, whose length follows from the schema. As above otherwise. */
typedef StatevecCallStatus (*StatevecReadByPkFn)(const void *ctx_ptr, uint8_t record_kind,
                                                 StatevecBytesRef pk, void *visitor_ctx,
                                                 StatevecBytesVisitor visitor, uint8_t *out_found,
                                                 StatevecErrorBuf *out_error);

/* Calls `visitor` with the key of every record of a kind, in ascending `sys_id`. */
typedef StatevecCallStatus (*StatevecForEachKeyFn)(const void *ctx_ptr, uint8_t kind,
                                                   void *visitor_ctx,
                                                   StatevecRecordKeyVisitor visitor,
                                                   StatevecErrorBuf *out_error);

/* ----------------------------------------------------------------------- host functions: writes */

/*
 * Later calls of the same transaction see a write at once. All writes are committed when `run_tx`
 * returns success, and undone otherwise.
 */

/*
 * Creates a record: calls `init` once with zeroed bytes of the schema's data size, keeps their new
 * content, and writes the new record's key. A record with an existing primary key is refused
 * (4001).
 */
typedef StatevecCallStatus (*StatevecCreateFn)(void *ctx_ptr, uint8_t record_kind, void *init_ctx,
                                               StatevecBytesMutVisitor init,
                                               StatevecRecordKeyView *out_key,
                                               StatevecErrorBuf *out_error);

/*
 * Updates a record by its primary key: calls `update` once with its bytes if it exists. A change of
 * the key or of an immutable field is refused (kind 4001), and the record stays as it was.
 */
typedef StatevecCallStatus (*StatevecUpdateByPkFn)(void *ctx_ptr, uint8_t record_kind,
                                                   StatevecBytesRef pk, void *update_ctx,
                                                   StatevecBytesMutVisitor update,
                                                   uint8_t *out_found, StatevecErrorBuf *out_error);

/* Deletes a record by its primary key. Writes 1 to `out_deleted` if it existed, else 0. */
typedef StatevecCallStatus (*StatevecDeleteByPkFn)(void *ctx_ptr, uint8_t record_kind,
                                                   StatevecBytesRef pk, uint8_t *out_deleted,
                                                   StatevecErrorBuf *out_error);

/* Emits an event that the schema lists. The host copies the payload. */
typedef StatevecCallStatus (*StatevecEmitEventFn)(void *ctx_ptr, uint8_t event_kind,
                                                  StatevecBytesRef payload,
                                                  StatevecErrorBuf *out_error);

/* Passes a diagnostic text to the host, which copies or drops it. It never changes the outcome. */
typedef StatevecCallStatus (*StatevecDebugLogFn)(void *ctx_ptr, StatevecBytesRef message,
                                                 StatevecErrorBuf *out_error);

/* The functions of a host for a transaction. No entry is null. */
typedef struct StatevecHostVTableV1 {
    StatevecReadByIdFn with_read_typed_raw;
    StatevecReadByPkFn with_read_typed_by_pk_raw;
    StatevecCreateFn create_typed_raw;
    StatevecUpdateByPkFn update_typed_by_pk_raw;
    StatevecDeleteByPkFn delete_by_pk_raw;
    StatevecEmitEventFn emit_typed_event_raw;
    StatevecForEachKeyFn for_each_record_key_raw;
    StatevecDebugLogFn debug_log;
} StatevecHostVTableV1;

/* The functions of a host for validating invariants. No entry is null. */
typedef struct StatevecReadVTableV1 {
    StatevecReadByIdFn with_read_typed_raw;
    StatevecReadByPkFn with_read_typed_by_pk_raw;
    StatevecForEachKeyFn for_each_record_key_raw;
} StatevecReadVTableV1;

/* A host as an argument of `run_tx`: by value, for the call. Only the host reads `ctx_ptr`. */
typedef struct StatevecHostContextV1 {
    void *ctx_ptr;
    const StatevecHostVTableV1 *vtable;
} StatevecHostContextV1;

/* A host as an argument of `validate_biz_invariants`: by value, for the call. */
typedef struct StatevecReadContextV1 {
    void *ctx_ptr;
    const StatevecReadVTableV1 *vtable;
} StatevecReadContextV1;

/* ----------------------------------------------------------------------------- plugin functions */

/*
 * The plugin's name: UTF-8, not empty, the same in every version. Any thread, any time. The bytes
 * live as long as the library is mapped.
 */
typedef StatevecBytesRef (*StatevecPluginNameFn)(void);

/*
 * The schema in the format of THE SCHEMA above. Any thread, any time. The bytes live as long as the
 * library is mapped.
 */
typedef StatevecBytesRef (*StatevecSchemaBytesFn)(void);

/*
 * Makes an instance and writes its handle. `config` is UTF-8, lent for the call, and empty when the
 * host has no configuration. Any thread, any time, several at once. Fails with kind 1002 and a
 * reason when the configuration cannot be used.
 */
typedef StatevecCallStatus (*StatevecCreateRuntimeFn)(StatevecBytesRef config, void **out_runtime,
                                                      StatevecErrorBuf *out_error);

/* Ends an instance. Null is ignored. No call of this handle runs during it or after it. */
typedef void (*StatevecDestroyRuntimeFn)(void *runtime);

/*
 * Runs one command. The same records and the same command give the same calls and the same result
 * on every host: no clock, no randomness, no addresses, no instance state that changes between
 * commands. The host commits the writes on success and undoes them otherwise. A handle runs one
 * call at a time, `validate_biz_invariants` and `on_unload` included.
 */
typedef StatevecCallStatus (*StatevecRunTxFn)(void *runtime, StatevecHostContextV1 host,
                                              StatevecCommandView command,
                                              StatevecErrorBuf *out_error);

/*
 * Checks the invariants of a committed state. Fails with kind 2001 and the broken invariant. Writes
 * nothing.
 */
typedef StatevecCallStatus (*StatevecValidateBizInvariantsFn)(void *runtime,
                                                              StatevecReadContextV1 host,
                                                              StatevecErrorBuf *out_error);

/*
 * Releases an instance's resources, once, before `destroy_runtime`, which follows in any case.
 * Fails with kind 5001.
 */
typedef StatevecCallStatus (*StatevecOnUnloadFn)(void *runtime, StatevecErrorBuf *out_error);

/*
 * The functions of a plugin. No entry is null. A host reads `abi_version` first, and nothing else
 * if the version is unknown to it.
 */
typedef struct StatevecPluginApiV1 {
    uint32_t abi_version;
    StatevecPluginNameFn plugin_name;
    StatevecSchemaBytesFn schema_bytes;
    StatevecCreateRuntimeFn create_runtime;
    StatevecDestroyRuntimeFn destroy_runtime;
    StatevecRunTxFn run_tx;
    StatevecValidateBizInvariantsFn validate_biz_invariants;
    StatevecOnUnloadFn on_unload;
} StatevecPluginApiV1;

/*
 * Type of the symbol STATEVEC_PLUGIN_ENTRY_V1_SYMBOL. Any thread, any time; always the same
 * table.
 */
typedef StatevecPluginApiV1 (*StatevecPluginEntryV1)(void);

/* Exports the entry function that it stands before. */
#if defined(_WIN32)
#define STATEVEC_PLUGIN_EXPORT __declspec(dllexport)
#elif defined(__GNUC__)
#define STATEVEC_PLUGIN_EXPORT __attribute__((visibility("default")))
#else
#define STATEVEC_PLUGIN_EXPORT
#endif

/* --------------------------------------------------------------------------------------- layout */

/*
 * The layout depends on the width of a pointer and on the alignment of uint64_t in a struct. There
 * are three combinations: 64-bit; 32-bit; and 32-bit with uint64_t aligned to 4 (x86 outside of
 * Windows, C-SKY). The architecture selects the combination. A compiled struct cannot select it,
 * because flags and pragmas change structs.
 */
#if (defined(__i386__) || defined(__i386) || defined(_M_IX86) || defined(__csky__)) && \
    !defined(_WIN32) && !defined(__CYGWIN__)
#define STATEVEC_U64_ALIGNMENT 4
#else
#define STATEVEC_U64_ALIGNMENT 8
#endif

#ifdef __cplusplus
#define STATEVEC_ASSERT(condition, text) static_assert(condition, text)
#else
#define STATEVEC_ASSERT(condition, text) _Static_assert(condition, text)
#endif

STATEVEC_ASSERT((sizeof(void *) == 8 || sizeof(void *) == 4) && sizeof(size_t) == sizeof(void *) &&
                    sizeof(void (*)(void)) == sizeof(void *),
                "pointers, lengths and function pointers all have 8 bytes, or all 4");

/* The first probe is outside of every #pragma pack and follows the compiler's flags alone. */
#pragma pack(push)
#pragma pack()
struct StatevecLayoutByFlags {
    char before;
    uint64_t value;
};
#pragma pack(pop)
STATEVEC_ASSERT(offsetof(struct StatevecLayoutByFlags, value) == STATEVEC_U64_ALIGNMENT,
                "compile without -fpack-struct, -malign-double or /Zp: they change structs");

/* The second probe follows a #pragma pack that is in force where this header is included. */
struct StatevecLayoutByPragma {
    char before;
    uint64_t value;
};
STATEVEC_ASSERT(offsetof(struct StatevecLayoutByPragma, value) == STATEVEC_U64_ALIGNMENT,
                "a #pragma pack is in force: include statevec_abi.h before it or after its pop");

/* Each assertion lists its numbers in the order of the three combinations. */
#define STATEVEC_BY_TARGET(on64, on32, on32_u64_aligned_to_4) \
    (sizeof(void *) == 8 ? (on64) : STATEVEC_U64_ALIGNMENT == 8 ? (on32) : (on32_u64_aligned_to_4))
#define STATEVEC_ASSERT_SIZE(type, on64, on32, on32_u64_aligned_to_4) \
    STATEVEC_ASSERT(sizeof(type) == STATEVEC_BY_TARGET(on64, on32, on32_u64_aligned_to_4), \
                    "size of " #type)
#define STATEVEC_ASSERT_OFFSET(type, field, on64, on32, on32_u64_aligned_to_4) \
    STATEVEC_ASSERT(offsetof(type, field) == \
                        STATEVEC_BY_TARGET(on64, on32, on32_u64_aligned_to_4), \
                    "offset of " #type "." #field)

STATEVEC_ASSERT_SIZE(StatevecCallStatus, 4, 4, 4);
STATEVEC_ASSERT_SIZE(StatevecErrorPhase, 4, 4, 4);
STATEVEC_ASSERT_SIZE(StatevecErrorKind, 2, 2, 2);

STATEVEC_ASSERT_SIZE(StatevecBytesRef, 16, 8, 8);
STATEVEC_ASSERT_OFFSET(StatevecBytesRef, ptr, 0, 0, 0);
STATEVEC_ASSERT_OFFSET(StatevecBytesRef, len, 8, 4, 4);

STATEVEC_ASSERT_SIZE(StatevecBytesMutRef, 16, 8, 8);
STATEVEC_ASSERT_OFFSET(StatevecBytesMutRef, ptr, 0, 0, 0);
STATEVEC_ASSERT_OFFSET(StatevecBytesMutRef, len, 8, 4, 4);

STATEVEC_ASSERT_SIZE(StatevecErrorBuf, 528, 524, 524);
STATEVEC_ASSERT_OFFSET(StatevecErrorBuf, phase, 0, 0, 0);
STATEVEC_ASSERT_OFFSET(StatevecErrorBuf, kind, 4, 4, 4);
STATEVEC_ASSERT_OFFSET(StatevecErrorBuf, message_len, 8, 8, 8);
STATEVEC_ASSERT_OFFSET(StatevecErrorBuf, message_buf, 16, 12, 12);

STATEVEC_ASSERT_SIZE(StatevecCommandView, 40, 32, 28);
STATEVEC_ASSERT_OFFSET(StatevecCommandView, command_kind, 0, 0, 0);
STATEVEC_ASSERT_OFFSET(StatevecCommandView, ext_seq, 8, 8, 4);
STATEVEC_ASSERT_OFFSET(StatevecCommandView, ref_ext_time_us, 16, 16, 12);
STATEVEC_ASSERT_OFFSET(StatevecCommandView, payload, 24, 24, 20);

STATEVEC_ASSERT_SIZE(StatevecRecordKeyView, 16, 16, 12);
STATEVEC_ASSERT_OFFSET(StatevecRecordKeyView, kind, 0, 0, 0);
STATEVEC_ASSERT_OFFSET(StatevecRecordKeyView, sys_id, 8, 8, 4);

STATEVEC_ASSERT_SIZE(StatevecHostContextV1, 16, 8, 8);
STATEVEC_ASSERT_OFFSET(StatevecHostContextV1, ctx_ptr, 0, 0, 0);
STATEVEC_ASSERT_OFFSET(StatevecHostContextV1, vtable, 8, 4, 4);

STATEVEC_ASSERT_SIZE(StatevecReadContextV1, 16, 8, 8);
STATEVEC_ASSERT_OFFSET(StatevecReadContextV1, ctx_ptr, 0, 0, 0);
STATEVEC_ASSERT_OFFSET(StatevecReadContextV1, vtable, 8, 4, 4);

STATEVEC_ASSERT_SIZE(StatevecHostVTableV1, 64, 32, 32);
STATEVEC_ASSERT_OFFSET(StatevecHostVTableV1, with_read_typed_raw, 0, 0, 0);
STATEVEC_ASSERT_OFFSET(StatevecHostVTableV1, with_read_typed_by_pk_raw, 8, 4, 4);
STATEVEC_ASSERT_OFFSET(StatevecHostVTableV1, create_typed_raw, 16, 8, 8);
STATEVEC_ASSERT_OFFSET(StatevecHostVTableV1, update_typed_by_pk_raw, 24, 12, 12);
STATEVEC_ASSERT_OFFSET(StatevecHostVTableV1, delete_by_pk_raw, 32, 16, 16);
STATEVEC_ASSERT_OFFSET(StatevecHostVTableV1, emit_typed_event_raw, 40, 20, 20);
STATEVEC_ASSERT_OFFSET(StatevecHostVTableV1, for_each_record_key_raw, 48, 24, 24);
STATEVEC_ASSERT_OFFSET(StatevecHostVTableV1, debug_log, 56, 28, 28);

STATEVEC_ASSERT_SIZE(StatevecReadVTableV1, 24, 12, 12);
STATEVEC_ASSERT_OFFSET(StatevecReadVTableV1, with_read_typed_raw, 0, 0, 0);
STATEVEC_ASSERT_OFFSET(StatevecReadVTableV1, with_read_typed_by_pk_raw, 8, 4, 4);
STATEVEC_ASSERT_OFFSET(StatevecReadVTableV1, for_each_record_key_raw, 16, 8, 8);

STATEVEC_ASSERT_SIZE(StatevecPluginApiV1, 64, 32, 32);
STATEVEC_ASSERT_OFFSET(StatevecPluginApiV1, abi_version, 0, 0, 0);
STATEVEC_ASSERT_OFFSET(StatevecPluginApiV1, plugin_name, 8, 4, 4);
STATEVEC_ASSERT_OFFSET(StatevecPluginApiV1, schema_bytes, 16, 8, 8);
STATEVEC_ASSERT_OFFSET(StatevecPluginApiV1, create_runtime, 24, 12, 12);
STATEVEC_ASSERT_OFFSET(StatevecPluginApiV1, destroy_runtime, 32, 16, 16);
STATEVEC_ASSERT_OFFSET(StatevecPluginApiV1, run_tx, 40, 20, 20);
STATEVEC_ASSERT_OFFSET(StatevecPluginApiV1, validate_biz_invariants, 48, 24, 24);
STATEVEC_ASSERT_OFFSET(StatevecPluginApiV1, on_unload, 56, 28, 28);

#ifdef __cplusplus
}
#endif

#endif /* STATEVEC_ABI_H */
