/*
 * A plugin in C11: an inventory of items by stock keeping unit (SKU).
 *
 *   Register     adds an item with stock 0; the host refuses an existing SKU
 *   Receive      adds to an item's stock, up to a limit (configuration "max_on_hand=NUMBER"; 1000)
 *   Ship         takes from an item's stock
 *   Discontinue  removes an item with stock 0
 *
 * Each emits StockChanged. The invariant: no item is above the limit. The plugin writes a change
 * before it checks it; the host undoes the writes of a rejected command.
 *
 * The layouts are in schema.h, which `statevec-host header` makes of inventory.json.
 *
 * Build:  cc -std=c11 -O2 -fPIC -fvisibility=hidden -shared -I core/include \
 *             -o target/libinventory.so examples/c-plugin/inventory.c
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "schema.h"
#include "statevec_abi.h"
#include "statevec_plugin.h"

/* --------------------------------------------------------------------------------- transactions */

struct inventory {
    uint32_t max_on_hand;
};

/* One command in progress, and the item that it names. */
struct tx {
    StatevecHostContextV1 host;
    StatevecErrorBuf *out_error;
    /* The command's number and time. */
    uint64_t ext_seq, time_us;
    uint16_t sku_len;
    uint8_t sku[ITEM_RECORD_KEY_SIZE];
};

/* A copy of an item. */
struct item {
    bool whole;
    struct item_record fields;
};

static void copy_item(void *ctx, StatevecBytesRef lent) {
    struct item *item = ctx;
    item->whole = item_record_read(lent.ptr, lent.len, &item->fields);
}

/* The key of the command's item: its SKU, with zeros behind it. */
static StatevecBytesRef key_of(const struct tx *tx) { return (StatevecBytesRef){ tx->sku, sizeof tx->sku }; }

static StatevecCallStatus reject_absent(const struct tx *tx) {
    return statevec_fail(tx->out_error, STATEVEC_PHASE_RUN_TX, STATEVEC_KIND_PLUGIN_REJECTED, "there is no %.*s", tx->sku_len, (const char *)tx->sku);
}

static const char NOT_WHOLE[] = "the host says that there is an item, and lent none or less than one";

static StatevecCallStatus announce(const struct tx *tx, uint32_t on_hand, uint8_t reason) {
    struct stock_changed_event event = { .sku_len = tx->sku_len, .on_hand = on_hand, .reason = reason, .ext_seq = tx->ext_seq };
    uint8_t bytes[STOCK_CHANGED_EVENT_SIZE];
    memcpy(event.sku, tx->sku, sizeof event.sku);
    /* It fits: the SKU came from a payload with the same room for it. */
    (void)stock_changed_event_write(&event, bytes, sizeof bytes);
    StatevecErrorBuf error;
    StatevecBytesRef payload = { bytes, sizeof bytes };
    if (tx->host.vtable->emit_typed_event_raw(tx->host.ctx_ptr, STOCK_CHANGED_EVENT, payload, &error) != STATEVEC_CALL_SUCCESS) {
        return statevec_pass_on(tx->out_error, STATEVEC_PHASE_RUN_TX, &error);
    }
    return statevec_succeed(tx->out_error);
}

static void init_item(void *ctx, StatevecBytesMutRef item) {
    const struct tx *tx = ctx;
    struct item_record fields = { .sku_len = tx->sku_len, .moved_at_us = tx->time_us };
    memcpy(fields.sku, tx->sku, sizeof fields.sku);
    (void)item_record_write(&fields, item.ptr, item.len);
}

static StatevecCallStatus register_item(struct tx *tx) {
    StatevecRecordKeyView key;
    StatevecErrorBuf error;
    if (tx->host.vtable->create_typed_raw(tx->host.ctx_ptr, ITEM_RECORD, tx, init_item, &key, &error) != STATEVEC_CALL_SUCCESS) {
        return statevec_pass_on(tx->out_error, STATEVEC_PHASE_RUN_TX, &error);
    }
    return announce(tx, 0, REASON_REGISTERED);
}

/* A change of an item's stock, and its result. */
struct change {
    uint64_t time_us;
    uint32_t quantity, limit, before, after;
    bool in, whole, possible;
};

static void change_item(void *ctx, StatevecBytesMutRef item) {
    struct change *change = ctx;
    change->whole = item.len >= ITEM_RECORD_SIZE;
    if (!change->whole) return;
    change->before = item_record_get_on_hand(item.ptr);
    if (change->in) {
        change->possible = change->before <= change->limit && change->quantity <= change->limit - change->before;
        change->after = change->before + change->quantity;
    } else {
        change->possible = change->quantity <= change->before;
        change->after = change->before - change->quantity;
    }
    item_record_set_on_hand(item.ptr, change->after);
    item_record_set_moves(item.ptr, item_record_get_moves(item.ptr) + 1);
    item_record_set_moved_at_us(item.ptr, change->time_us);
}

static StatevecCallStatus change_stock(const struct tx *tx, struct change change) {
    if (change.quantity == 0) {
        return statevec_fail(tx->out_error, STATEVEC_PHASE_RUN_TX, STATEVEC_KIND_PLUGIN_REJECTED, "quantity must be positive");
    }
    change.time_us = tx->time_us;
    uint8_t found = 0;
    StatevecErrorBuf error;
    if (tx->host.vtable->update_typed_by_pk_raw(tx->host.ctx_ptr, ITEM_RECORD, key_of(tx), &change, change_item, &found, &error)
        != STATEVEC_CALL_SUCCESS) {
        return statevec_pass_on(tx->out_error, STATEVEC_PHASE_RUN_TX, &error);
    }
    if (!found) return reject_absent(tx);
    if (!change.whole) return statevec_fail(tx->out_error, STATEVEC_PHASE_RUN_TX, STATEVEC_KIND_ABI_CONTRACT_VIOLATION, NOT_WHOLE);
    if (change.possible) return announce(tx, change.after, change.in ? REASON_RECEIVED : REASON_SHIPPED);
    if (change.in) {
        return statevec_fail(tx->out_error, STATEVEC_PHASE_RUN_TX, STATEVEC_KIND_PLUGIN_REJECTED,
                    "%" PRIu32 " more of %.*s is above the limit of %" PRIu32, change.quantity, tx->sku_len, (const char *)tx->sku,
                    change.limit);
    }
    return statevec_fail(tx->out_error, STATEVEC_PHASE_RUN_TX, STATEVEC_KIND_PLUGIN_REJECTED, "%.*s has %" PRIu32 ", %" PRIu32 " are needed",
                tx->sku_len, (const char *)tx->sku, change.before, change.quantity);
}

static StatevecCallStatus discontinue(const struct tx *tx) {
    struct item item = { .whole = false };
    uint8_t found = 0, deleted = 0;
    StatevecErrorBuf error;
    const StatevecHostVTableV1 *host = tx->host.vtable;
    if (host->with_read_typed_by_pk_raw(tx->host.ctx_ptr, ITEM_RECORD, key_of(tx), &item, copy_item, &found, &error)
        != STATEVEC_CALL_SUCCESS) {
        return statevec_pass_on(tx->out_error, STATEVEC_PHASE_RUN_TX, &error);
    }
    if (!found) return reject_absent(tx);
    if (!item.whole) return statevec_fail(tx->out_error, STATEVEC_PHASE_RUN_TX, STATEVEC_KIND_ABI_CONTRACT_VIOLATION, NOT_WHOLE);
    if (item.fields.on_hand != 0) {
        return statevec_fail(tx->out_error, STATEVEC_PHASE_RUN_TX, STATEVEC_KIND_PLUGIN_REJECTED, "%.*s still has %" PRIu32, tx->sku_len,
                    (const char *)tx->sku, item.fields.on_hand);
    }
    if (host->delete_by_pk_raw(tx->host.ctx_ptr, ITEM_RECORD, key_of(tx), &deleted, &error) != STATEVEC_CALL_SUCCESS) {
        return statevec_pass_on(tx->out_error, STATEVEC_PHASE_RUN_TX, &error);
    }
    return announce(tx, 0, REASON_DISCONTINUED);
}

static void name_item(struct tx *tx, const uint8_t *sku, uint16_t sku_len) {
    memcpy(tx->sku, sku, sizeof tx->sku);
    tx->sku_len = sku_len;
}

/* ----------------------------------------------------------------------------- plugin functions */

static StatevecBytesRef text_bytes(const char *text) { return (StatevecBytesRef){ (const uint8_t *)text, strlen(text) }; }
static StatevecBytesRef plugin_name(void) { return text_bytes("inventory"); }
static StatevecBytesRef schema_bytes(void) { return text_bytes(inventory_schema); }

/* "max_on_hand=NUMBER" or nothing. */
static bool parse_config(StatevecBytesRef config, uint32_t *max_on_hand) {
    static const char name[] = "max_on_hand=";
    size_t at = sizeof name - 1;
    *max_on_hand = 1000;
    if (config.len == 0) return true;
    if (config.len <= at || memcmp(config.ptr, name, at) != 0) return false;
    uint64_t number = 0;
    for (; at < config.len; at++) {
        if (config.ptr[at] < '0' || config.ptr[at] > '9') return false;
        number = number * 10 + (config.ptr[at] - '0');
        if (number > UINT32_MAX) return false;
    }
    *max_on_hand = (uint32_t)number;
    return true;
}

static StatevecCallStatus create_runtime(StatevecBytesRef config, void **out_runtime, StatevecErrorBuf *out_error) {
    struct inventory parsed;
    if (out_runtime == NULL) {
        return statevec_fail(out_error, STATEVEC_PHASE_CREATE, STATEVEC_KIND_ABI_CONTRACT_VIOLATION, "out_runtime is null");
    }
    if (config.ptr == NULL && config.len != 0) {
        return statevec_fail(out_error, STATEVEC_PHASE_CREATE, STATEVEC_KIND_ABI_CONTRACT_VIOLATION, "bytes pointer is null but len is non-zero");
    }
    if (!parse_config(config, &parsed.max_on_hand)) {
        return statevec_fail(out_error, STATEVEC_PHASE_CREATE, STATEVEC_KIND_CONFIG_ERROR, "expected max_on_hand=NUMBER, got %.*s",
                    config.len < STATEVEC_ERROR_MESSAGE_CAPACITY ? (int)config.len : STATEVEC_ERROR_MESSAGE_CAPACITY,
                    (const char *)config.ptr);
    }
    struct inventory *inventory = malloc(sizeof *inventory);
    if (inventory == NULL) return statevec_fail(out_error, STATEVEC_PHASE_CREATE, STATEVEC_KIND_PLUGIN_INTERNAL_ERROR, "out of memory");
    *inventory = parsed;
    *out_runtime = inventory;
    return statevec_succeed(out_error);
}

static void destroy_runtime(void *runtime) { free(runtime); }

static StatevecCallStatus run_tx(void *runtime, StatevecHostContextV1 host, StatevecCommandView command, StatevecErrorBuf *out_error) {
    const struct inventory *inventory = runtime;
    if (command.payload.ptr == NULL && command.payload.len != 0) {
        return statevec_fail(out_error, STATEVEC_PHASE_RUN_TX, STATEVEC_KIND_ABI_CONTRACT_VIOLATION, "bytes pointer is null but len is non-zero");
    }
    if (runtime == NULL) return statevec_fail(out_error, STATEVEC_PHASE_RUN_TX, STATEVEC_KIND_ABI_CONTRACT_VIOLATION, "runtime handle is null");
    if (host.vtable == NULL) return statevec_fail(out_error, STATEVEC_PHASE_RUN_TX, STATEVEC_KIND_ABI_CONTRACT_VIOLATION, "runtime host vtable is null");
    struct tx tx = { .host = host, .out_error = out_error, .ext_seq = command.ext_seq, .time_us = command.ref_ext_time_us };
    const uint8_t *payload = command.payload.ptr;
    size_t len = command.payload.len;
    switch (command.command_kind) {
    case REGISTER_COMMAND: {
        struct register_command fields;
        if (!register_command_read(payload, len, &fields)) break;
        name_item(&tx, fields.sku, fields.sku_len);
        return register_item(&tx);
    }
    case RECEIVE_COMMAND: {
        struct receive_command fields;
        if (!receive_command_read(payload, len, &fields)) break;
        name_item(&tx, fields.sku, fields.sku_len);
        return change_stock(&tx, (struct change){ .quantity = fields.quantity, .limit = inventory->max_on_hand, .in = true });
    }
    case SHIP_COMMAND: {
        struct ship_command fields;
        if (!ship_command_read(payload, len, &fields)) break;
        name_item(&tx, fields.sku, fields.sku_len);
        return change_stock(&tx, (struct change){ .quantity = fields.quantity });
    }
    case DISCONTINUE_COMMAND: {
        struct discontinue_command fields;
        if (!discontinue_command_read(payload, len, &fields)) break;
        name_item(&tx, fields.sku, fields.sku_len);
        return discontinue(&tx);
    }
    default:
        return statevec_fail(out_error, STATEVEC_PHASE_RUN_TX, STATEVEC_KIND_INVALID_COMMAND, "unknown command kind %d", command.command_kind);
    }
    return statevec_fail(out_error, STATEVEC_PHASE_RUN_TX, STATEVEC_KIND_INVALID_COMMAND, "the %zu bytes of the payload are no command of kind %d", len,
                command.command_kind);
}

/* Context of the walk over all items. The first failure or item above the limit ends the checks. */
struct check {
    StatevecReadContextV1 host;
    uint32_t limit;
    bool host_failed, above_limit;
    struct item item;
    StatevecErrorBuf error;
};

static void check_item(void *ctx, StatevecRecordKeyView key) {
    struct check *check = ctx;
    if (check->host_failed || check->above_limit) return;
    uint8_t found = 0;
    /* Reads are legal in a key visitor, with an error buffer other than the walk's. */
    if (check->host.vtable->with_read_typed_raw(check->host.ctx_ptr, key.kind, key.sys_id, &check->item, copy_item, &found, &check->error)
        != STATEVEC_CALL_SUCCESS) {
        check->host_failed = true;
    } else if (found && check->item.whole && check->item.fields.on_hand > check->limit) {
        check->above_limit = true;
    }
}

static StatevecCallStatus validate_biz_invariants(void *runtime, StatevecReadContextV1 host, StatevecErrorBuf *out_error) {
    const StatevecErrorPhase phase = STATEVEC_PHASE_VALIDATE_BIZ_INVARIANTS;
    const struct inventory *inventory = runtime;
    if (runtime == NULL) return statevec_fail(out_error, phase, STATEVEC_KIND_ABI_CONTRACT_VIOLATION, "runtime handle is null");
    if (host.vtable == NULL) return statevec_fail(out_error, phase, STATEVEC_KIND_ABI_CONTRACT_VIOLATION, "runtime read vtable is null");
    struct check check = { .host = host, .limit = inventory->max_on_hand };
    StatevecErrorBuf error;
    if (host.vtable->for_each_record_key_raw(host.ctx_ptr, ITEM_RECORD, &check, check_item, &error) != STATEVEC_CALL_SUCCESS) {
        return statevec_pass_on(out_error, phase, &error);
    }
    if (check.host_failed) return statevec_pass_on(out_error, phase, &check.error);
    if (check.above_limit) {
        return statevec_fail(out_error, phase, STATEVEC_KIND_PLUGIN_REJECTED, "%.*s has %" PRIu32 ", above the limit of %" PRIu32,
                    check.item.fields.sku_len, (const char *)check.item.fields.sku, check.item.fields.on_hand, check.limit);
    }
    return statevec_succeed(out_error);
}

static StatevecCallStatus on_unload(void *runtime, StatevecErrorBuf *out_error) {
    if (runtime == NULL) return statevec_fail(out_error, STATEVEC_PHASE_UNLOAD, STATEVEC_KIND_ABI_CONTRACT_VIOLATION, "runtime handle is null");
    return statevec_succeed(out_error);
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
