/* The inventory's schema: its JSON, the kinds and offsets in it, and access to numbers. */
#ifndef INVENTORY_SCHEMA_H
#define INVENTORY_SCHEMA_H

#include <stdint.h>

/* Makes a string of its arguments, so that quotes need no backslash. */
#define JSON(...) #__VA_ARGS__

/*
 * A host compares fingerprints and does not compute them. These are those of the same declarations
 * in Rust.
 */
static const char SCHEMA[] = JSON({
    "idlVersion": "1.0",
    "schemaVersion": { "main": 1, "minor": 0 },
    "fingerprints": {
        "records": "131d9199eaf02e604b8b9703ab716541",
        "commands": "4e2c4e6a988fdc61abe265c0c294ad01",
        "events": "ac584ee610f6cef292ec6ca71e2d978e",
        "types": "f573edb7446e1b0547d07250096835c9"
    },
    "types": [
        { "name": "Reason", "kind": "enumU8", "variants": [
            { "name": "Registered", "value": 1 },
            { "name": "Received", "value": 2 },
            { "name": "Shipped", "value": 3 },
            { "name": "Discontinued", "value": 4 }
        ] }
    ],
    "records": [
        { "kind": 1, "name": "Item", "version": 1, "dataSize": 48,
          "hasPk": true, "pkFields": ["sku"], "supportRangeScan": false, "fields": [
            { "name": "sku", "index": 1, "type": { "fixedBytes": 12 }, "offset": 0, "size": 14, "immutable": true },
            { "name": "on_hand", "index": 2, "type": "u32", "offset": 14, "size": 4, "immutable": false },
            { "name": "moves", "index": 3, "type": "u64", "offset": 18, "size": 8, "immutable": false },
            { "name": "moved_at_us", "index": 4, "type": "u64", "offset": 26, "size": 8, "immutable": false }
        ] }
    ],
    "commands": [
        { "kind": 1, "name": "Register", "version": 1, "fields": [
            { "name": "sku", "index": 1, "type": { "fixedBytes": 12 } } ] },
        { "kind": 2, "name": "Receive", "version": 1, "fields": [
            { "name": "sku", "index": 1, "type": { "fixedBytes": 12 } },
            { "name": "quantity", "index": 2, "type": "u32" } ] },
        { "kind": 3, "name": "Ship", "version": 1, "fields": [
            { "name": "sku", "index": 1, "type": { "fixedBytes": 12 } },
            { "name": "quantity", "index": 2, "type": "u32" } ] },
        { "kind": 4, "name": "Discontinue", "version": 1, "fields": [
            { "name": "sku", "index": 1, "type": { "fixedBytes": 12 } } ] }
    ],
    "events": [
        { "kind": 1, "name": "StockChanged", "version": 1, "fields": [
            { "name": "sku", "index": 1, "type": { "fixedBytes": 12 } },
            { "name": "on_hand", "index": 2, "type": "u32" },
            { "name": "reason", "index": 3, "type": { "defined": "Reason" } },
            { "name": "ext_seq", "index": 4, "type": "u64" } ] }
    ]
});

enum { ITEM = 1, STOCK_CHANGED = 1 };
enum { REGISTER = 1, RECEIVE = 2, SHIP = 3, DISCONTINUE = 4 };
enum { REGISTERED = 1, RECEIVED = 2, SHIPPED = 3, DISCONTINUED = 4 };

/* A SKU is a 2-byte length and 12 bytes; in a key it is the 12 bytes only. */
enum { SKU_LEN = 2, SKU_ROOM = 12, SKU_SIZE = SKU_LEN + SKU_ROOM };
enum { ON_HAND_AT = SKU_SIZE, MOVES_AT = ON_HAND_AT + 4, MOVED_AT_US_AT = MOVES_AT + 8, ITEM_SIZE = MOVED_AT_US_AT + 8 };
enum { EVENT_REASON_AT = SKU_SIZE + 4, EVENT_EXT_SEQ_AT = EVENT_REASON_AT + 1, EVENT_SIZE = EVENT_EXT_SEQ_AT + 8 };

/* Little-endian numbers at any address, independent of the machine's byte order. */
static uint32_t get_u32(const uint8_t *at) {
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}
static void put_u32(uint8_t *at, uint32_t value) {
    for (int i = 0; i < 4; i++) at[i] = (uint8_t)(value >> 8 * i);
}
static void put_u64(uint8_t *at, uint64_t value) {
    for (int i = 0; i < 8; i++) at[i] = (uint8_t)(value >> 8 * i);
}
static void increment_u64(uint8_t *at) {
    for (int i = 0; i < 8 && ++at[i] == 0; i++) {}
}

#endif
