/*
 * Defects of a host, one at a time: functions around those of the C example that break a promise.
 */
#ifndef CHECK_HOST_DEFECTS_H
#define CHECK_HOST_DEFECTS_H

#include <stdlib.h>
#include <string.h>

#include "../../examples/c-host/store.h"

static bool has(const char *defect) {
    const char *chosen = getenv("DEFECT");
    return chosen != NULL && strcmp(chosen, defect) == 0;
}

/* The functions of a store without defects. */
static const StatevecHostVTableV1 *sound(void) {
    static struct store nowhere;
    return store_context(&nowhere).vtable;
}

/* A visitor of the plugin, with another one in front of it. */
struct around {
    void *ctx;
    StatevecBytesVisitor read;
    StatevecBytesMutVisitor write;
    struct store *store;
};

static void visit(void *ctx, StatevecBytesRef bytes) {
    struct around *around = ctx;
    if (has("read lends one byte less")) bytes.len--;
    if (has("read visitor may write")) around->store->state = STORE_OPEN;
    around->read(around->ctx, bytes);
    if (has("read visits twice")) around->read(around->ctx, bytes);
}

static void visit_mut(void *ctx, StatevecBytesMutRef bytes) {
    struct around *around = ctx;
    if (has("create lends old bytes")) memset(bytes.ptr, 0xAA, bytes.len);
    if (has("write visitor may call")) around->store->state = STORE_OPEN;
    around->write(around->ctx, bytes);
}

static StatevecCallStatus defective_read_by_pk(const void *ctx, uint8_t kind, StatevecBytesRef pk, void *visitor_ctx,
                                               StatevecBytesVisitor visitor, uint8_t *out_found, StatevecErrorBuf *out_error) {
    struct around around = { visitor_ctx, visitor, NULL, (struct store *)(uintptr_t)ctx };
    StatevecCallStatus status = sound()->with_read_typed_by_pk_raw(ctx, kind, pk, &around, visitor == NULL ? NULL : visit, out_found, out_error);
    if (status != STATEVEC_CALL_SUCCESS || out_found == NULL) return status;
    if (has("found is 2") && *out_found == 1) *out_found = 2;
    if (has("found is not written")) *out_found = 0xEE;
    if (has("writes behind the flag")) out_found[1] = 0;
    if (has("writes before the flag")) out_found[-1] = 0;
    if (has("visits a missing record") && *out_found == 0) visitor(visitor_ctx, (StatevecBytesRef){ (const uint8_t *)"", 0 });
    if (has("success writes a text") && out_error != NULL) out_error->message_buf[3] = 'x';
    if (has("writes behind the error buffer") && out_error != NULL) ((uint8_t *)(out_error + 1))[0] = 0;
    return has("status is 7") ? 7 : status;
}

static StatevecCallStatus defective_create(void *ctx, uint8_t kind, void *init_ctx, StatevecBytesMutVisitor init,
                                           StatevecRecordKeyView *out_key, StatevecErrorBuf *out_error) {
    struct around around = { init_ctx, NULL, init, ctx };
    StatevecErrorBuf *told = has("a duplicate is no error") ? NULL : out_error;
    StatevecCallStatus status = sound()->create_typed_raw(ctx, kind, &around, init == NULL ? NULL : visit_mut, out_key, told);
    if (status != STATEVEC_CALL_SUCCESS) {
        if (has("a failure has no kind") && out_error != NULL) memset(&out_error->kind, 0x5A, sizeof out_error->kind);
        if (has("a failure has half a buffer") && out_error != NULL) memset(out_error->message_buf + 256, 0x5A, 256);
        if (has("a failure has a long text") && out_error != NULL) out_error->message_len = 600;
        if (has("a duplicate is no error")) {
            *out_key = (StatevecRecordKeyView){ kind, 1 };
            return STATEVEC_CALL_SUCCESS;
        }
        return status;
    }
    if (has("create answers with number 0")) out_key->sys_id = 0;
    if (has("create answers with another kind")) out_key->kind = 2;
    return status;
}

static StatevecCallStatus defective_update(void *ctx, uint8_t kind, StatevecBytesRef pk, void *update_ctx, StatevecBytesMutVisitor update,
                                           uint8_t *out_found, StatevecErrorBuf *out_error) {
    struct store *store = ctx;
    struct around around = { update_ctx, NULL, update, store };
    StatevecBytesMutVisitor passed = update == NULL ? NULL : has("write visitor may call") ? visit_mut : update;
    void *passed_ctx = passed == visit_mut ? &around : update_ctx;
    StatevecCallStatus status = sound()->update_typed_by_pk_raw(ctx, kind, pk, passed_ctx, passed, out_found, out_error);
    if (has("a change of the key is kept") && status != STATEVEC_CALL_SUCCESS && store != NULL && store->record_count > 0) {
        store->records[store->record_count - 1].data[0] ^= 1;
    }
    return status;
}

static StatevecCallStatus defective_delete(void *ctx, uint8_t kind, StatevecBytesRef pk, uint8_t *out_deleted, StatevecErrorBuf *out_error) {
    struct store *store = ctx;
    StatevecCallStatus status = sound()->delete_by_pk_raw(ctx, kind, pk, out_deleted, out_error);
    if (status != STATEVEC_CALL_SUCCESS) return status;
    if (has("delete answers 1 always")) *out_deleted = 1;
    if (has("numbers are used again") && *out_deleted == 1) store->last_sys_id--;
    return status;
}

static StatevecCallStatus defective_for_each(const void *ctx, uint8_t kind, void *visitor_ctx, StatevecRecordKeyVisitor visitor,
                                             StatevecErrorBuf *out_error) {
    const struct store *store = ctx;
    if (has("keys descend") && store != NULL && visitor != NULL && kind == store->record_kind && store->state != STORE_LENT) {
        for (size_t i = store->record_count; i > 0; i--) visitor(visitor_ctx, (StatevecRecordKeyView){ kind, store->records[i - 1].sys_id });
        return STATEVEC_CALL_SUCCESS;
    }
    if (has("an unknown kind has no keys") && store != NULL && kind != store->record_kind) return STATEVEC_CALL_SUCCESS;
    return sound()->for_each_record_key_raw(ctx, kind, visitor_ctx, visitor, out_error);
}

static StatevecHostContextV1 defective_context(struct store *store) {
    static StatevecHostVTableV1 table;
    table = *sound();
    table.with_read_typed_by_pk_raw = defective_read_by_pk;
    table.create_typed_raw = defective_create;
    table.update_typed_by_pk_raw = defective_update;
    table.delete_by_pk_raw = defective_delete;
    table.for_each_record_key_raw = defective_for_each;
    return (StatevecHostContextV1){ store, &table };
}

/* Restores a store after a command that was not accepted. */
static void roll_back(struct store *store, const struct store *before) {
    if (has("nothing is rolled back")) return;
    uint64_t last_sys_id = store->last_sys_id;
    struct store_record updated = store->records[0];
    *store = *before;
    if (has("numbers are not rolled back")) store->last_sys_id = last_sys_id;
    if (has("updates are not rolled back") && store->record_count > 0) store->records[0] = updated;
}

#endif
