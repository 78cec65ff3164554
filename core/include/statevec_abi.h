/*
 * The StateVec runtime plugin ABI, version 1, for C11 and C++17.
 *
 * A plugin is deterministic business logic: the host hands it one command, the plugin reads and writes records through the host, emits events, and
 * accepts or rejects. A plugin is a shared library with one symbol (see StatevecPluginEntryV1); a host loads it and gives it tables of functions.
 *
 * Names are the published ones with `Runtime` replaced by `Statevec`; fields keep their names.
 *
 * THE CONTRACT IN SHORT (each function says more)
 *
 * Threads    A runtime handle may move between threads and is used by one at a time. A context, and everything that is lent with it, belongs to the
 *            thread that was called, until that call returns. Functions of different runtime handles may run at the same time.
 * Lifetimes  Pointers are valid for the time of the call or visit that gave them, and no longer. Three outlive it: the bytes of `plugin_name` and
 *            `schema_bytes` and the table itself live as long as the library is mapped; a runtime handle lives until `destroy_runtime`.
 * Bytes      A pointer may be null when the length is 0. With any other length it is not null.
 * Errors     A function that can fail returns 0 (success) or 1 (failure); no other status is defined. `out_error` may be null. On success a plugin's
 *            function resets its header (phase 1, kind 4002, message_len 0), and what a host's leaves there means nothing; on failure it is filled in. Other out parameters are written on success only,
 *            and hold nothing to rely on after a failure.
 * Flags      A flag is one byte, 0 or 1. It is written as `uint8_t`, because `_Bool` and `bool` may not hold anything else.
 * Unwinding  No C++ exception, no longjmp and no foreign unwinding may cross a function of this header, in either direction.
 * Versions   The table is returned by value, so it can never grow. Whatever is new gets a symbol of its own beside it.
 * Numbers    Fields of these structs have the target's byte order. Records, payloads and keys are sequences of bytes with an order of their
 *            own: little-endian, keys big-endian.
 */
#ifndef STATEVEC_ABI_H
#define STATEVEC_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------------------------------------------------------- constants */

/* The version of this contract: `abi_version` of the table. */
#define STATEVEC_PLUGIN_ABI_VERSION_V1 1u

/* The one symbol that a plugin exports; its type is StatevecPluginEntryV1. */
#define STATEVEC_PLUGIN_ENTRY_V1_SYMBOL "statevec_runtime_plugin_entry_v1"

/* The most bytes of an error text. A longer one is cut, at a boundary between UTF-8 characters. */
#define STATEVEC_ERROR_MESSAGE_CAPACITY 512

/*
 * Status and phase are plain 32-bit numbers and not C enums: an enum takes one byte on some targets, and with -fshort-enums on all of them.
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

/* What kind of error it is. Numbers that are not listed are legal, and are failures. */
typedef uint16_t StatevecErrorKind;
/* The other side broke this contract. */
#define STATEVEC_KIND_ABI_CONTRACT_VIOLATION 1
/* The plugin's schema is not the one that the host expected. */
#define STATEVEC_KIND_SCHEMA_MISMATCH 1001
/* The plugin cannot use its configuration. */
#define STATEVEC_KIND_CONFIG_ERROR 1002
/* The plugin rejected the command. An outcome like any other: the same everywhere, and nothing is wrong. */
#define STATEVEC_KIND_PLUGIN_REJECTED 2001
/* The command is malformed or unknown. A rejection, too. */
#define STATEVEC_KIND_INVALID_COMMAND 2002
/* The host refused an operation: a duplicate key, a change of an immutable field, a write where only reads are legal. A rejection, too. */
#define STATEVEC_KIND_HOST_REJECTED 4001
/* The host failed. */
#define STATEVEC_KIND_HOST_INTERNAL_ERROR 4002
/* The plugin failed. */
#define STATEVEC_KIND_PLUGIN_INTERNAL_ERROR 5001

/* ------------------------------------------------------------------------------------------------------------------------------ data */

/* Bytes lent for reading. */
typedef struct StatevecBytesRef {
    const uint8_t *ptr;
    size_t len;
} StatevecBytesRef;

/* Bytes lent for writing: nobody else reads or writes them meanwhile. */
typedef struct StatevecBytesMutRef {
    uint8_t *ptr;
    size_t len;
} StatevecBytesMutRef;

/*
 * Where a call writes why it failed. The caller owns it, and lends it for the call. `message_buf` is UTF-8 and ends after `message_len` bytes,
 * not with a zero. Readers take at most STATEVEC_ERROR_MESSAGE_CAPACITY bytes, whatever `message_len` says.
 */
typedef struct StatevecErrorBuf {
    StatevecErrorPhase phase;
    StatevecErrorKind kind;
    size_t message_len;
    uint8_t message_buf[STATEVEC_ERROR_MESSAGE_CAPACITY];
} StatevecErrorBuf;

/* A command. The payload is encoded as the plugin's schema says; its first field is at its first byte. */
typedef struct StatevecCommandView {
    uint8_t command_kind;
    /* Sequence number in the queue that the command came from. */
    uint64_t ext_seq;
    /* Reference time given by the source, in microseconds: the only clock that a plugin may look at. */
    uint64_t ref_ext_time_us;
    StatevecBytesRef payload;
} StatevecCommandView;

/* A record's kind, and the number that the host gave to it: per kind, from 1, never used twice. */
typedef struct StatevecRecordKeyView {
    uint8_t kind;
    uint64_t sys_id;
} StatevecRecordKeyView;

/* -------------------------------------------------------------------------------------------------------------------------- visitors */

/*
 * A plugin's functions that the host calls back, in the course of the host function that they were passed to and on the same thread, with the
 * `visitor_ctx` that came with them. They return nothing: what they have to say they leave in their context.
 *
 * The bytes are the record's data, without any header, valid until the visitor returns. Inside a visitor for reading or for keys, reading host
 * functions may be called, and writing ones are refused (kind 4001). Inside a visitor for writing every host function is refused (kind 4001).
 * A call from inside needs an error buffer of its own.
 */
typedef void (*StatevecBytesVisitor)(void *visitor_ctx, StatevecBytesRef bytes);
typedef void (*StatevecBytesMutVisitor)(void *visitor_ctx, StatevecBytesMutRef bytes);
typedef void (*StatevecRecordKeyVisitor)(void *visitor_ctx, StatevecRecordKeyView key);

/* ---------------------------------------------------------------------------------------------------------- what a host offers: reads */

/*
 * The first argument of every host function is `ctx_ptr` of the context that the table came with. Legal from when the plugin's function is
 * entered until it returns, on its thread. Refused otherwise, if the host can tell.
 */

/* Reads a record by its number: calls `visitor` once if there is such a record, and writes to `out_found` whether there is. */
typedef StatevecCallStatus (*StatevecReadByIdFn)(const void *ctx_ptr, uint8_t record_kind, uint64_t sys_id, void *visitor_ctx,
                                                 StatevecBytesVisitor visitor, uint8_t *out_found, StatevecErrorBuf *out_error);

/* Reads a record by its primary key, whose length the schema gives: calls `visitor` once if there is such a record. */
typedef StatevecCallStatus (*StatevecReadByPkFn)(const void *ctx_ptr, uint8_t record_kind, StatevecBytesRef pk, void *visitor_ctx,
                                                 StatevecBytesVisitor visitor, uint8_t *out_found, StatevecErrorBuf *out_error);

/* Calls `visitor` with the key of every record of a kind, in ascending `sys_id`. */
typedef StatevecCallStatus (*StatevecForEachKeyFn)(const void *ctx_ptr, uint8_t kind, void *visitor_ctx, StatevecRecordKeyVisitor visitor,
                                                   StatevecErrorBuf *out_error);

/* --------------------------------------------------------------------------------------------------------- what a host offers: writes */

/*
 * Writes take effect at once for later calls of the same transaction, and for everybody when `run_tx` returns success. They are undone, all of them,
 * when it does not.
 */

/*
 * Creates a record: calls `init` once with zeroed bytes of the schema's data size, keeps what it leaves there, and writes the new record's
 * key. A record with the same primary key is refused (kind 4001).
 */
typedef StatevecCallStatus (*StatevecCreateFn)(void *ctx_ptr, uint8_t record_kind, void *init_ctx, StatevecBytesMutVisitor init,
                                               StatevecRecordKeyView *out_key, StatevecErrorBuf *out_error);

/*
 * Updates a record by its primary key: calls `update` once with its bytes if there is such a record. A change of the key or of an immutable field is
 * refused (kind 4001), and the record stays as it was.
 */
typedef StatevecCallStatus (*StatevecUpdateByPkFn)(void *ctx_ptr, uint8_t record_kind, StatevecBytesRef pk, void *update_ctx,
                                                   StatevecBytesMutVisitor update, uint8_t *out_found, StatevecErrorBuf *out_error);

/* Deletes a record by its primary key, and writes to `out_deleted` whether there was one. Its number is not used again. */
typedef StatevecCallStatus (*StatevecDeleteByPkFn)(void *ctx_ptr, uint8_t record_kind, StatevecBytesRef pk, uint8_t *out_deleted,
                                                   StatevecErrorBuf *out_error);

/* Emits an event. The host copies the payload. */
typedef StatevecCallStatus (*StatevecEmitEventFn)(void *ctx_ptr, uint8_t event_kind, StatevecBytesRef payload, StatevecErrorBuf *out_error);

/* Passes a diagnostic text to the host, which copies it or drops it. It is no part of the outcome. */
typedef StatevecCallStatus (*StatevecDebugLogFn)(void *ctx_ptr, StatevecBytesRef message, StatevecErrorBuf *out_error);

/* A host's functions for a transaction. No entry is null. */
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

/* A host's functions for validating invariants. No entry is null. */
typedef struct StatevecReadVTableV1 {
    StatevecReadByIdFn with_read_typed_raw;
    StatevecReadByPkFn with_read_typed_by_pk_raw;
    StatevecForEachKeyFn for_each_record_key_raw;
} StatevecReadVTableV1;

/* A host, as `run_tx` gets it: by value, for the time of the call. `ctx_ptr` is the host's own business. */
typedef struct StatevecHostContextV1 {
    void *ctx_ptr;
    const StatevecHostVTableV1 *vtable;
} StatevecHostContextV1;

/* A host, as `validate_biz_invariants` gets it: by value, for the time of the call. */
typedef struct StatevecReadContextV1 {
    void *ctx_ptr;
    const StatevecReadVTableV1 *vtable;
} StatevecReadContextV1;

/* ------------------------------------------------------------------------------------------------------------- what a plugin offers */

/*
 * The plugin's name: UTF-8, not empty, the same in every version. Any thread, any time. The bytes live as long as the library is mapped.
 */
typedef StatevecBytesRef (*StatevecPluginNameFn)(void);

/*
 * The schema: JSON that lists records, commands and events with their fields, from which the host knows sizes and keys. Any thread, any time. The
 * bytes live as long as the library is mapped.
 */
typedef StatevecBytesRef (*StatevecSchemaBytesFn)(void);

/*
 * Makes an instance from a configuration text (UTF-8; empty when the host has none; lent for the call) and writes its handle. Any thread, any
 * time, several at once. Fails with kind 1002 and a reason when the configuration cannot be used.
 */
typedef StatevecCallStatus (*StatevecCreateRuntimeFn)(StatevecBytesRef config, void **out_runtime, StatevecErrorBuf *out_error);

/* Ends an instance. Null is ignored. No call of this handle is running, and none follows. */
typedef void (*StatevecDestroyRuntimeFn)(void *runtime);

/*
 * Runs one command. The same records and the same command must give the same calls and the same answer, everywhere: no clock, no randomness, no
 * addresses, and nothing in the instance that changes from command to command. The host keeps what was written when the answer is success, and undoes
 * it otherwise. One call per handle at a time, also counting `validate_biz_invariants` and `on_unload`.
 */
typedef StatevecCallStatus (*StatevecRunTxFn)(void *runtime, StatevecHostContextV1 host, StatevecCommandView command,
                                              StatevecErrorBuf *out_error);

/* Checks what must hold in every committed state; fails with kind 2001 and the invariant that does not. Changes nothing. */
typedef StatevecCallStatus (*StatevecValidateBizInvariantsFn)(void *runtime, StatevecReadContextV1 host, StatevecErrorBuf *out_error);

/*
 * Lets an instance release what it holds, once, before `destroy_runtime`, which follows whatever the answer is. Fails with kind 5001.
 */
typedef StatevecCallStatus (*StatevecOnUnloadFn)(void *runtime, StatevecErrorBuf *out_error);

/* A plugin's functions. No entry is null. A host looks at `abi_version` first, and at nothing else if it is not its own. */
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

/* Type of the symbol STATEVEC_PLUGIN_ENTRY_V1_SYMBOL: returns the table. Any thread, any time; the same table every time. */
typedef StatevecPluginApiV1 (*StatevecPluginEntryV1)(void);

/* What a plugin writes before its entry function, so that the symbol is exported. */
#if defined(_WIN32)
#define STATEVEC_PLUGIN_EXPORT __declspec(dllexport)
#elif defined(__GNUC__)
#define STATEVEC_PLUGIN_EXPORT __attribute__((visibility("default")))
#else
#define STATEVEC_PLUGIN_EXPORT
#endif

/* ---------------------------------------------------------------------------------------------------------------------------- layout */

/*
 * The layout depends on two numbers of the target: the width of a pointer, and how a uint64_t aligns in a struct. Three combinations exist: 64-bit;
 * 32-bit; and 32-bit with uint64_t aligned to 4 (32-bit x86). Each assertion lists its numbers in that order.
 */
struct StatevecU64InStruct {
    char before;
    uint64_t value;
};

#define STATEVEC_BY_TARGET(on64, on32, on32_u64_aligned_to_4) \
    (sizeof(void *) == 8 ? (on64) : offsetof(struct StatevecU64InStruct, value) == 8 ? (on32) : (on32_u64_aligned_to_4))

#ifdef __cplusplus
#define STATEVEC_ASSERT(condition, text) static_assert(condition, text)
#else
#define STATEVEC_ASSERT(condition, text) _Static_assert(condition, text)
#endif
#define STATEVEC_ASSERT_SIZE(type, on64, on32, on32_u64_aligned_to_4) \
    STATEVEC_ASSERT(sizeof(type) == STATEVEC_BY_TARGET(on64, on32, on32_u64_aligned_to_4), "size of " #type)
#define STATEVEC_ASSERT_OFFSET(type, field, on64, on32, on32_u64_aligned_to_4) \
    STATEVEC_ASSERT(offsetof(type, field) == STATEVEC_BY_TARGET(on64, on32, on32_u64_aligned_to_4), "offset of " #type "." #field)

STATEVEC_ASSERT((sizeof(void *) == 8 || sizeof(void *) == 4) && sizeof(size_t) == sizeof(void *) && sizeof(void (*)(void)) == sizeof(void *),
                "pointers, lengths and function pointers have 8 bytes each, or 4");
STATEVEC_ASSERT(sizeof(void *) == 4 || offsetof(struct StatevecU64InStruct, value) == 8, "uint64_t aligns to 8 on 64-bit targets");

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
