/*
 * The records of one kind, in memory, and what a plugin may do with them: a host's side of the contract in C11.
 *
 * It holds a few records of fixed size and finds them by walking over all of them, to stay small. A real host takes sizes and keys from the plugin's
 * schema; this one is told them.
 */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>

#include "statevec_abi.h"

enum { STORE_RECORDS = 32, STORE_EVENTS = 8, STORE_DATA_SIZE = 48, STORE_EVENT_SIZE = 64 };

/* What the plugin may do at the moment. It lies outside the records, and every call looks at it first. */
enum store_state {
    STORE_CLOSED,  /* no call of the plugin is running */
    STORE_OPEN,    /* a command is running: everything is legal */
    STORE_READING, /* invariants are checked, or a record or key is lent for reading: reads are legal */
    STORE_LENT     /* a record is lent for writing: nothing is legal */
};

struct store_record {
    uint64_t sys_id; /* 0: no record here */
    uint8_t data[STORE_DATA_SIZE];
};

struct store_event {
    uint8_t kind;
    size_t len;
    uint8_t payload[STORE_EVENT_SIZE];
};

/* Records lie in ascending order of their numbers. */
struct store {
    enum store_state state;
    uint8_t record_kind;
    size_t record_count, event_count;
    uint64_t last_sys_id;
    struct store_record records[STORE_RECORDS];
    struct store_event events[STORE_EVENTS];
};

/* Contexts for a plugin's call. They are good until the store moves; which calls are legal, `state` says. */
StatevecHostContextV1 store_context(struct store *store);
StatevecReadContextV1 store_read_context(struct store *store);

/* The primary key of the records: their first eight bytes, a little-endian number, turned around. */
enum { STORE_KEY_SIZE = 8 };
void store_key(const uint8_t *data, uint8_t key[STORE_KEY_SIZE]);

#endif
