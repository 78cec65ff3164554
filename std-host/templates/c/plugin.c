/*
 * A StateVec plugin: a shelf that holds pieces of items.
 *
 * Put lays pieces of an item on the shelf, Take takes some away, and each tells the new number with
 * a Changed. The configuration is the room for one item.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "schema.h"
#include "statevec_abi.h"
#include "statevec_plugin.h"

/* An instance: its configuration. Everything else is in records. */
struct shelf {
    uint32_t room;
};

/* A change of an item's pieces, and its result. */
struct change {
    uint64_t item;
    uint32_t pieces, room, now;
    bool in, whole, possible;
};

static void change_stock(void *ctx, StatevecBytesMutRef stock) {
    struct change *change = ctx;
    change->whole = stock.len >= STOCK_RECORD_SIZE;
    if (!change->whole) return;
    uint32_t before = stock_record_get_pieces(stock.ptr);
    if (change->in) {
        change->possible = before <= change->room && change->pieces <= change->room - before;
        change->now = before + change->pieces;
    } else {
        change->possible = change->pieces <= before;
        change->now = before - change->pieces;
    }
    stock_record_set_pieces(stock.ptr, change->now);
}

/* A new record. `change_stock` counts its pieces. */
static void init_stock(void *ctx, StatevecBytesMutRef stock) {
    struct change *change = ctx;
    struct stock_record fields = { .item = change->item };
    if (stock_record_write(&fields, stock.ptr, stock.len)) change_stock(ctx, stock);
}

static StatevecCallStatus run_change(StatevecHostContextV1 host, struct change change, StatevecErrorBuf *out_error) {
    const StatevecErrorPhase phase = STATEVEC_PHASE_RUN_TX;
    const StatevecHostVTableV1 *calls = host.vtable;
    uint8_t key_bytes[STOCK_RECORD_KEY_SIZE], found = 0;
    (void)stock_record_key(change.item, key_bytes);
    StatevecBytesRef key = { key_bytes, sizeof key_bytes };
    StatevecErrorBuf error;
    if (calls->update_typed_by_pk_raw(host.ctx_ptr, STOCK_RECORD, key, &change, change_stock, &found, &error) != STATEVEC_CALL_SUCCESS) {
        return statevec_pass_on(out_error, phase, &error);
    }
    if (!found && !change.in) {
        return statevec_fail(out_error, phase, STATEVEC_KIND_PLUGIN_REJECTED, "there is no item %" PRIu64, change.item);
    }
    StatevecRecordKeyView created;
    if (!found && calls->create_typed_raw(host.ctx_ptr, STOCK_RECORD, &change, init_stock, &created, &error) != STATEVEC_CALL_SUCCESS) {
        return statevec_pass_on(out_error, phase, &error);
    }
    if (!change.whole) return statevec_fail(out_error, phase, STATEVEC_KIND_ABI_CONTRACT_VIOLATION, "the host lent no whole record");
    /* The host undoes everything that a rejected command wrote. */
    if (!change.possible && change.in) {
        return statevec_fail(out_error, phase, STATEVEC_KIND_PLUGIN_REJECTED, "no room for %" PRIu32 " more of item %" PRIu64,
                             change.pieces, change.item);
    }
    if (!change.possible) {
        return statevec_fail(out_error, phase, STATEVEC_KIND_PLUGIN_REJECTED, "item %" PRIu64 " has fewer than %" PRIu32, change.item,
                             change.pieces);
    }
    struct changed_event event = { .item = change.item, .pieces = change.now };
    uint8_t bytes[CHANGED_EVENT_SIZE];
    (void)changed_event_write(&event, bytes, sizeof bytes);
    StatevecBytesRef payload = { bytes, sizeof bytes };
    if (calls->emit_typed_event_raw(host.ctx_ptr, CHANGED_EVENT, payload, &error) != STATEVEC_CALL_SUCCESS) {
        return statevec_pass_on(out_error, phase, &error);
    }
    return statevec_succeed(out_error);
}

static StatevecCallStatus run_tx(void *runtime, StatevecHostContextV1 host, StatevecCommandView command, StatevecErrorBuf *out_error) {
    const StatevecErrorPhase phase = STATEVEC_PHASE_RUN_TX;
    const struct shelf *shelf = runtime;
    if (runtime == NULL || host.vtable == NULL || (command.payload.ptr == NULL && command.payload.len != 0)) {
        return statevec_fail(out_error, phase, STATEVEC_KIND_ABI_CONTRACT_VIOLATION, "the host gave a null pointer");
    }
    if (command.command_kind == PUT_COMMAND) {
        struct put_command put;
        if (put_command_read(command.payload.ptr, command.payload.len, &put)) {
            return run_change(host, (struct change){ .item = put.item, .pieces = put.pieces, .room = shelf->room, .in = true }, out_error);
        }
    } else if (command.command_kind == TAKE_COMMAND) {
        struct take_command take;
        if (take_command_read(command.payload.ptr, command.payload.len, &take)) {
            return run_change(host, (struct change){ .item = take.item, .pieces = take.pieces }, out_error);
        }
    }
    return statevec_fail(out_error, phase, STATEVEC_KIND_INVALID_COMMAND, "the payload is no command of kind %d", command.command_kind);
}

/* The walk over all records. The first item that is wrong, or the first failure, ends the checks. */
struct check {
    StatevecReadContextV1 host;
    uint32_t room;
    bool failed, wrong;
    struct stock_record stock;
    StatevecErrorBuf error;
};

static void read_stock(void *ctx, StatevecBytesRef lent) {
    struct check *check = ctx;
    check->wrong = stock_record_read(lent.ptr, lent.len, &check->stock) && check->stock.pieces > check->room;
}

static void check_stock(void *ctx, StatevecRecordKeyView key) {
    struct check *check = ctx;
    uint8_t found = 0;
    if (check->failed || check->wrong) return;
    check->failed = check->host.vtable->with_read_typed_raw(check->host.ctx_ptr, key.kind, key.sys_id, check, read_stock, &found, &check->error)
                    != STATEVEC_CALL_SUCCESS;
}

/* No item has more pieces than there is room. */
static StatevecCallStatus validate_biz_invariants(void *runtime, StatevecReadContextV1 host, StatevecErrorBuf *out_error) {
    const StatevecErrorPhase phase = STATEVEC_PHASE_VALIDATE_BIZ_INVARIANTS;
    const struct shelf *shelf = runtime;
    if (runtime == NULL || host.vtable == NULL) {
        return statevec_fail(out_error, phase, STATEVEC_KIND_ABI_CONTRACT_VIOLATION, "the host gave a null pointer");
    }
    struct check check = { .host = host, .room = shelf->room };
    StatevecErrorBuf error;
    if (host.vtable->for_each_record_key_raw(host.ctx_ptr, STOCK_RECORD, &check, check_stock, &error) != STATEVEC_CALL_SUCCESS) {
        return statevec_pass_on(out_error, phase, &error);
    }
    if (check.failed) return statevec_pass_on(out_error, phase, &check.error);
    if (check.wrong) {
        return statevec_fail(out_error, phase, STATEVEC_KIND_PLUGIN_REJECTED, "item %" PRIu64 " has %" PRIu32 ", and room for %" PRIu32,
                             check.stock.item, check.stock.pieces, check.room);
    }
    return statevec_succeed(out_error);
}

/* The configuration is the most pieces of one item, or empty for 100. */
static StatevecCallStatus create_runtime(StatevecBytesRef config, void **out_runtime, StatevecErrorBuf *out_error) {
    const StatevecErrorPhase phase = STATEVEC_PHASE_CREATE;
    if (out_runtime == NULL || (config.ptr == NULL && config.len != 0)) {
        return statevec_fail(out_error, phase, STATEVEC_KIND_ABI_CONTRACT_VIOLATION, "the host gave a null pointer");
    }
    uint64_t room = config.len == 0 ? 100 : 0;
    for (size_t i = 0; i < config.len; i++) {
        if (config.ptr[i] < '0' || config.ptr[i] > '9' || room > UINT32_MAX / 10) {
            return statevec_fail(out_error, phase, STATEVEC_KIND_CONFIG_ERROR, "expected the room for one item, such as 100");
        }
        room = room * 10 + (uint64_t)(config.ptr[i] - '0');
    }
    struct shelf *shelf = malloc(sizeof *shelf);
    if (shelf == NULL) return statevec_fail(out_error, phase, STATEVEC_KIND_PLUGIN_INTERNAL_ERROR, "out of memory");
    shelf->room = (uint32_t)room;
    *out_runtime = shelf;
    return statevec_succeed(out_error);
}

static void destroy_runtime(void *runtime) { free(runtime); }

static StatevecCallStatus on_unload(void *runtime, StatevecErrorBuf *out_error) {
    if (runtime == NULL) {
        return statevec_fail(out_error, STATEVEC_PHASE_UNLOAD, STATEVEC_KIND_ABI_CONTRACT_VIOLATION, "the host gave a null pointer");
    }
    return statevec_succeed(out_error);
}

static StatevecBytesRef plugin_name(void) { return (StatevecBytesRef){ (const uint8_t *)"@NAME@", sizeof "@NAME@" - 1 }; }

static StatevecBytesRef schema_bytes(void) {
    return (StatevecBytesRef){ (const uint8_t *)@IDENT@_schema, sizeof @IDENT@_schema - 1 };
}

STATEVEC_PLUGIN_EXPORT StatevecPluginApiV1 statevec_runtime_plugin_entry_v1(void);
StatevecPluginApiV1 statevec_runtime_plugin_entry_v1(void) {
    return (StatevecPluginApiV1){
        .abi_version = STATEVEC_PLUGIN_ABI_VERSION_V1,
        .plugin_name = plugin_name,
        .schema_bytes = schema_bytes,
        .create_runtime = create_runtime,
        .destroy_runtime = destroy_runtime,
        .run_tx = run_tx,
        .validate_biz_invariants = validate_biz_invariants,
        .on_unload = on_unload,
    };
}
