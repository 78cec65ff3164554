#include "store.h"

#include <stdio.h>
#include <string.h>

/* --------------------------------------------------------------------------------------- errors */

static StatevecCallStatus succeed(StatevecErrorBuf *out_error) {
    if (out_error != NULL) {
        out_error->phase = STATEVEC_PHASE_LOAD;
        out_error->kind = STATEVEC_KIND_HOST_INTERNAL_ERROR;
        out_error->message_len = 0;
    }
    return STATEVEC_CALL_SUCCESS;
}

/* All texts of this file are ASCII and shorter than the buffer. */
static StatevecCallStatus fail(StatevecErrorBuf *out_error, StatevecErrorKind kind, const char *text) {
    if (out_error != NULL) {
        memset(out_error, 0, sizeof *out_error);
        out_error->phase = STATEVEC_PHASE_RUN_TX;
        out_error->kind = kind;
        out_error->message_len = strlen(text);
        memcpy(out_error->message_buf, text, out_error->message_len);
    }
    return STATEVEC_CALL_FAILURE;
}

static StatevecCallStatus refuse(StatevecErrorBuf *out_error, const char *text) {
    return fail(out_error, STATEVEC_KIND_HOST_REJECTED, text);
}

/* Reads are legal while a record is lent for reading, writes only between visits. */
static bool may_read(const struct store *store) { return store->state == STORE_OPEN || store->state == STORE_READING; }
static bool may_write(const struct store *store) { return store->state == STORE_OPEN; }
static const char NOT_NOW[] = "this host call is not legal at this moment";
static const char UNKNOWN_KIND[] = "there is no such record kind";
static const char BAD_KEY[] = "a primary key has 8 bytes";

/* Faults of a plugin that a host can see. Everything behind a pointer that is not null is trusted. */
static StatevecCallStatus null_argument(StatevecErrorBuf *out_error) {
    return fail(out_error, STATEVEC_KIND_ABI_CONTRACT_VIOLATION, "an argument is null");
}
static bool are_bytes(StatevecBytesRef bytes, size_t limit) { return bytes.len <= limit && (bytes.len == 0 || bytes.ptr != NULL); }
static const char BAD_BYTES[] = "bytes are null, or too many";

/* -------------------------------------------------------------------------------------- finding */

void store_key(const uint8_t *data, uint8_t key[STORE_KEY_SIZE]) {
    for (int i = 0; i < STORE_KEY_SIZE; i++) key[i] = data[STORE_KEY_SIZE - 1 - i];
}

static bool is_key(StatevecBytesRef pk) { return pk.len == STORE_KEY_SIZE && pk.ptr != NULL; }

static struct store_record *find_by_pk(struct store *store, const uint8_t *pk) {
    for (size_t i = 0; i < store->record_count; i++) {
        uint8_t key[STORE_KEY_SIZE];
        store_key(store->records[i].data, key);
        if (memcmp(key, pk, STORE_KEY_SIZE) == 0) return &store->records[i];
    }
    return NULL;
}

/* Lends a record if it exists, and writes whether it does. */
static StatevecCallStatus lend(struct store *store, const struct store_record *record, void *ctx, StatevecBytesVisitor visitor,
                               uint8_t *out_found, StatevecErrorBuf *out_error) {
    if (record != NULL) {
        enum store_state before = store->state;
        store->state = STORE_READING;
        visitor(ctx, (StatevecBytesRef){ record->data, STORE_DATA_SIZE });
        store->state = before;
    }
    *out_found = record != NULL;
    return succeed(out_error);
}

/* ---------------------------------------------------------------------------------------- reads */

/* The host's own context is mutable behind the const pointer; a read changes `state` only. */
static struct store *store_of(const void *ctx) { return (struct store *)(uintptr_t)ctx; }

static StatevecCallStatus read_by_id(const void *ctx, uint8_t kind, uint64_t sys_id, void *visitor_ctx, StatevecBytesVisitor visitor,
                                     uint8_t *out_found, StatevecErrorBuf *out_error) {
    struct store *store = store_of(ctx);
    if (store == NULL || visitor == NULL || out_found == NULL) return null_argument(out_error);
    if (!may_read(store)) return refuse(out_error, NOT_NOW);
    if (kind != store->record_kind) return fail(out_error, STATEVEC_KIND_SCHEMA_MISMATCH, UNKNOWN_KIND);
    const struct store_record *record = NULL;
    for (size_t i = 0; i < store->record_count; i++) {
        if (store->records[i].sys_id == sys_id) record = &store->records[i];
    }
    return lend(store, record, visitor_ctx, visitor, out_found, out_error);
}

static StatevecCallStatus read_by_pk(const void *ctx, uint8_t kind, StatevecBytesRef pk, void *visitor_ctx, StatevecBytesVisitor visitor,
                                     uint8_t *out_found, StatevecErrorBuf *out_error) {
    struct store *store = store_of(ctx);
    if (store == NULL || visitor == NULL || out_found == NULL) return null_argument(out_error);
    if (!may_read(store)) return refuse(out_error, NOT_NOW);
    if (kind != store->record_kind) return fail(out_error, STATEVEC_KIND_SCHEMA_MISMATCH, UNKNOWN_KIND);
    if (!is_key(pk)) return refuse(out_error, BAD_KEY);
    return lend(store, find_by_pk(store, pk.ptr), visitor_ctx, visitor, out_found, out_error);
}

static StatevecCallStatus for_each_key(const void *ctx, uint8_t kind, void *visitor_ctx, StatevecRecordKeyVisitor visitor,
                                       StatevecErrorBuf *out_error) {
    struct store *store = store_of(ctx);
    if (store == NULL || visitor == NULL) return null_argument(out_error);
    if (!may_read(store)) return refuse(out_error, NOT_NOW);
    if (kind != store->record_kind) return fail(out_error, STATEVEC_KIND_SCHEMA_MISMATCH, UNKNOWN_KIND);
    enum store_state before = store->state;
    store->state = STORE_READING;
    for (size_t i = 0; i < store->record_count; i++) {
        visitor(visitor_ctx, (StatevecRecordKeyView){ kind, store->records[i].sys_id });
    }
    store->state = before;
    return succeed(out_error);
}

/* --------------------------------------------------------------------------------------- writes */

static StatevecCallStatus create(void *ctx, uint8_t kind, void *init_ctx, StatevecBytesMutVisitor init, StatevecRecordKeyView *out_key,
                                 StatevecErrorBuf *out_error) {
    struct store *store = ctx;
    if (store == NULL || init == NULL || out_key == NULL) return null_argument(out_error);
    if (!may_write(store)) return refuse(out_error, NOT_NOW);
    if (kind != store->record_kind) return fail(out_error, STATEVEC_KIND_SCHEMA_MISMATCH, UNKNOWN_KIND);
    if (store->record_count == STORE_RECORDS) return fail(out_error, STATEVEC_KIND_HOST_INTERNAL_ERROR, "the store is full");
    struct store_record record = { .sys_id = store->last_sys_id + 1 };
    store->state = STORE_LENT;
    init(init_ctx, (StatevecBytesMutRef){ record.data, STORE_DATA_SIZE });
    store->state = STORE_OPEN;
    uint8_t key[STORE_KEY_SIZE];
    store_key(record.data, key);
    if (find_by_pk(store, key) != NULL) return refuse(out_error, "a record with this primary key exists");
    store->records[store->record_count++] = record;
    store->last_sys_id = record.sys_id;
    *out_key = (StatevecRecordKeyView){ kind, record.sys_id };
    return succeed(out_error);
}

static StatevecCallStatus update_by_pk(void *ctx, uint8_t kind, StatevecBytesRef pk, void *update_ctx, StatevecBytesMutVisitor update,
                                       uint8_t *out_found, StatevecErrorBuf *out_error) {
    struct store *store = ctx;
    if (store == NULL || update == NULL || out_found == NULL) return null_argument(out_error);
    if (!may_write(store)) return refuse(out_error, NOT_NOW);
    if (kind != store->record_kind) return fail(out_error, STATEVEC_KIND_SCHEMA_MISMATCH, UNKNOWN_KIND);
    if (!is_key(pk)) return refuse(out_error, BAD_KEY);
    struct store_record *record = find_by_pk(store, pk.ptr);
    if (record != NULL) {
        struct store_record before = *record;
        store->state = STORE_LENT;
        update(update_ctx, (StatevecBytesMutRef){ record->data, STORE_DATA_SIZE });
        store->state = STORE_OPEN;
        if (memcmp(record->data, before.data, STORE_KEY_SIZE) != 0) {
            *record = before;
            return refuse(out_error, "an update must leave the primary key as it is");
        }
    }
    *out_found = record != NULL;
    return succeed(out_error);
}

static StatevecCallStatus delete_by_pk(void *ctx, uint8_t kind, StatevecBytesRef pk, uint8_t *out_deleted, StatevecErrorBuf *out_error) {
    struct store *store = ctx;
    if (store == NULL || out_deleted == NULL) return null_argument(out_error);
    if (!may_write(store)) return refuse(out_error, NOT_NOW);
    if (kind != store->record_kind) return fail(out_error, STATEVEC_KIND_SCHEMA_MISMATCH, UNKNOWN_KIND);
    if (!is_key(pk)) return refuse(out_error, BAD_KEY);
    struct store_record *record = find_by_pk(store, pk.ptr);
    if (record != NULL) {
        size_t behind = (size_t)(store->records + store->record_count - (record + 1));
        memmove(record, record + 1, behind * sizeof *record);
        store->record_count--;
    }
    *out_deleted = record != NULL;
    return succeed(out_error);
}

static StatevecCallStatus emit_event(void *ctx, uint8_t kind, StatevecBytesRef payload, StatevecErrorBuf *out_error) {
    struct store *store = ctx;
    if (store == NULL) return null_argument(out_error);
    if (!may_write(store)) return refuse(out_error, NOT_NOW);
    if (kind != store->event_kind) return fail(out_error, STATEVEC_KIND_SCHEMA_MISMATCH, "there is no such event kind");
    if (!are_bytes(payload, STORE_EVENT_LIMIT)) return fail(out_error, STATEVEC_KIND_ABI_CONTRACT_VIOLATION, BAD_BYTES);
    if (store->event_count == STORE_EVENTS || payload.len > STORE_EVENT_SIZE) {
        return fail(out_error, STATEVEC_KIND_HOST_INTERNAL_ERROR, "there is no room for this event");
    }
    struct store_event *event = &store->events[store->event_count++];
    event->kind = kind;
    event->len = payload.len;
    if (payload.len != 0) memcpy(event->payload, payload.ptr, payload.len);
    return succeed(out_error);
}

static StatevecCallStatus debug_log(void *ctx, StatevecBytesRef message, StatevecErrorBuf *out_error) {
    if (ctx == NULL) return null_argument(out_error);
    if (!may_write(ctx)) return refuse(out_error, NOT_NOW);
    if (!are_bytes(message, STORE_LOG_LIMIT)) return fail(out_error, STATEVEC_KIND_ABI_CONTRACT_VIOLATION, BAD_BYTES);
    fwrite(message.ptr, 1, message.len, stderr);
    fputc('\n', stderr);
    return succeed(out_error);
}

/* --------------------------------------------------------------------------------------- tables */

static const StatevecHostVTableV1 HOST = {
    .with_read_typed_raw = read_by_id,
    .with_read_typed_by_pk_raw = read_by_pk,
    .create_typed_raw = create,
    .update_typed_by_pk_raw = update_by_pk,
    .delete_by_pk_raw = delete_by_pk,
    .emit_typed_event_raw = emit_event,
    .for_each_record_key_raw = for_each_key,
    .debug_log = debug_log,
};
static const StatevecReadVTableV1 READ = {
    .with_read_typed_raw = read_by_id,
    .with_read_typed_by_pk_raw = read_by_pk,
    .for_each_record_key_raw = for_each_key,
};

StatevecHostContextV1 store_context(struct store *store) { return (StatevecHostContextV1){ store, &HOST }; }
StatevecReadContextV1 store_read_context(struct store *store) { return (StatevecReadContextV1){ store, &READ }; }
