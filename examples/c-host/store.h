/*
 * The host side of the contract in C11: an in-memory store for records of one kind.
 *
 * To stay small, it has a fixed number of records and finds them by linear search. A real host
 * reads sizes and keys from the plugin's schema; here they are constants.
 */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>

#include "statevec_abi.h"

enum { STORE_RECORDS = 32, STORE_EVENTS = 8, STORE_DATA_SIZE = 48, STORE_EVENT_SIZE = 64 };

/* The contract's limits for an event and for a debug message: longer ones are faults. */
enum { STORE_EVENT_LIMIT = 16 << 20, STORE_LOG_LIMIT = 64 << 10 };

/* The host calls that are legal now. Every call checks it before it touches a record. */
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

/* Records are in ascending order of their numbers. */
struct store {
    enum store_state state;
    uint8_t record_kind, event_kind;
    size_t record_count, event_count;
    uint64_t last_sys_id;
    struct store_record records[STORE_RECORDS];
    struct store_event events[STORE_EVENTS];
};

/* Contexts for a plugin's call, valid until the store moves. `state` says which calls are legal. */
StatevecHostContextV1 store_context(struct store *store);
StatevecReadContextV1 store_read_context(struct store *store);

/* The primary key of a record: its first eight bytes, a little-endian number, in reverse order. */
enum { STORE_KEY_SIZE = 8 };
void store_key(const uint8_t *data, uint8_t key[STORE_KEY_SIZE]);

#endif
