/* Made by `statevec-host header`. Change the schema and make it anew; do not edit. */
#ifndef INVENTORY_SCHEMA_H
#define INVENTORY_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Little-endian fields, one behind the other, at any address and on any machine. */
#ifndef STATEVEC_FIELDS
#define STATEVEC_FIELDS

/* A number in place. */
static inline uint64_t statevec_number_at(const uint8_t *at, size_t size) {
    uint64_t number = 0;
    for (size_t i = size; i > 0; i--) number = number << 8 | at[i - 1];
    return number;
}

/* The bytes that are left to read. Each function reads one field and moves on. It returns false if
 * the bytes do not hold such a field; the field is then undefined. */
struct statevec_reader {
    const uint8_t *at;
    size_t len;
};

static inline bool statevec_skip(struct statevec_reader *from, size_t len) {
    if (from->len < len) return false;
    from->at += len;
    from->len -= len;
    return true;
}
static inline bool statevec_read_number(struct statevec_reader *from, size_t size, uint64_t *to) {
    if (from->len < size) return false;
    *to = statevec_number_at(from->at, size);
    return statevec_skip(from, size);
}
static inline bool statevec_read_u8(struct statevec_reader *from, uint8_t *to) {
    uint64_t number = 0;
    bool found = statevec_read_number(from, 1, &number);
    *to = (uint8_t)number;
    return found;
}
static inline bool statevec_read_bool(struct statevec_reader *from, bool *to) {
    uint64_t number = 0;
    bool found = statevec_read_number(from, 1, &number);
    *to = number != 0;
    return found;
}
static inline bool statevec_read_u16(struct statevec_reader *from, uint16_t *to) {
    uint64_t number = 0;
    bool found = statevec_read_number(from, 2, &number);
    *to = (uint16_t)number;
    return found;
}
static inline bool statevec_read_u32(struct statevec_reader *from, uint32_t *to) {
    uint64_t number = 0;
    bool found = statevec_read_number(from, 4, &number);
    *to = (uint32_t)number;
    return found;
}
static inline bool statevec_read_u64(struct statevec_reader *from, uint64_t *to) {
    return statevec_read_number(from, 8, to);
}
static inline bool statevec_read_i32(struct statevec_reader *from, int32_t *to) {
    uint64_t number = 0;
    bool found = statevec_read_number(from, 4, &number);
    *to = (int32_t)(uint32_t)number;
    return found;
}
static inline bool statevec_read_i64(struct statevec_reader *from, int64_t *to) {
    uint64_t number = 0;
    bool found = statevec_read_number(from, 8, &number);
    *to = (int64_t)number;
    return found;
}
/* The low half, then the high one. */
static inline bool statevec_read_u128(struct statevec_reader *from, uint64_t to[2]) {
    return statevec_read_u64(from, &to[0]) && statevec_read_u64(from, &to[1]);
}
/* A length and room for `room` bytes, with zeros behind the length. */
static inline bool statevec_read_fixed(struct statevec_reader *from, size_t room, uint8_t *to, uint16_t *len) {
    if (!statevec_read_u16(from, len) || *len > room || from->len < room) return false;
    memcpy(to, from->at, room);
    for (size_t i = *len; i < room; i++) {
        if (to[i] != 0) return false;
    }
    return statevec_skip(from, room);
}
/* A length and as many bytes. They are not copied. */
static inline bool statevec_read_bytes(struct statevec_reader *from, const uint8_t **to, uint16_t *len) {
    if (!statevec_read_u16(from, len)) return false;
    *to = from->at;
    return statevec_skip(from, *len);
}

/* Each function writes one field, and returns the place behind it. */
static inline uint8_t *statevec_write_number(uint8_t *to, size_t size, uint64_t number) {
    for (size_t i = 0; i < size; i++) to[i] = (uint8_t)(number >> 8 * i);
    return to + size;
}
static inline uint8_t *statevec_write_bytes(uint8_t *to, size_t room, const uint8_t *from, uint16_t len) {
    to = statevec_write_number(to, 2, len);
    if (len > 0) memcpy(to, from, len);
    if (len < room) memset(to + len, 0, room - len);
    return to + room;
}
/* Part of a key: the most significant byte first. */
static inline uint8_t *statevec_write_key(uint8_t *to, size_t size, uint64_t number) {
    for (size_t i = 0; i < size; i++) to[i] = (uint8_t)(number >> 8 * (size - 1 - i));
    return to + size;
}

#endif

/* The schema, for `schema_bytes`: 3202 bytes. */
#ifdef __GNUC__
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverlength-strings"
#endif
static const char inventory_schema[] =
    "{\n"
    "  \"idlVersion\": \"1.0\",\n"
    "  \"schemaVersion\": {\n"
    "    \"main\": 1,\n"
    "    \"minor\": 0\n"
    "  },\n"
    "  \"fingerprints\": {\n"
    "    \"records\": \"131d9199eaf02e604b8b9703ab716541\",\n"
    "    \"commands\": \"4e2c4e6a988fdc61abe265c0c294ad01\",\n"
    "    \"events\": \"ac584ee610f6cef292ec6ca71e2d978e\",\n"
    "    \"types\": \"f573edb7446e1b0547d07250096835c9\"\n"
    "  },\n"
    "  \"types\": [\n"
    "    {\n"
    "      \"name\": \"Reason\",\n"
    "      \"kind\": \"enumU8\",\n"
    "      \"variants\": [\n"
    "        {\n"
    "          \"name\": \"Registered\",\n"
    "          \"value\": 1\n"
    "        },\n"
    "        {\n"
    "          \"name\": \"Received\",\n"
    "          \"value\": 2\n"
    "        },\n"
    "        {\n"
    "          \"name\": \"Shipped\",\n"
    "          \"value\": 3\n"
    "        },\n"
    "        {\n"
    "          \"name\": \"Discontinued\",\n"
    "          \"value\": 4\n"
    "        }\n"
    "      ]\n"
    "    }\n"
    "  ],\n"
    "  \"records\": [\n"
    "    {\n"
    "      \"kind\": 1,\n"
    "      \"name\": \"Item\",\n"
    "      \"version\": 1,\n"
    "      \"dataSize\": 48,\n"
    "      \"hasPk\": true,\n"
    "      \"pkFields\": [\n"
    "        \"sku\"\n"
    "      ],\n"
    "      \"supportRangeScan\": false,\n"
    "      \"fields\": [\n"
    "        {\n"
    "          \"name\": \"sku\",\n"
    "          \"index\": 1,\n"
    "          \"type\": {\"fixedBytes\": 12},\n"
    "          \"offset\": 0,\n"
    "          \"size\": 14,\n"
    "          \"immutable\": true\n"
    "        },\n"
    "        {\n"
    "          \"name\": \"on_hand\",\n"
    "          \"index\": 2,\n"
    "          \"type\": \"u32\",\n"
    "          \"offset\": 14,\n"
    "          \"size\": 4,\n"
    "          \"immutable\": false\n"
    "        },\n"
    "        {\n"
    "          \"name\": \"moves\",\n"
    "          \"index\": 3,\n"
    "          \"type\": \"u64\",\n"
    "          \"offset\": 18,\n"
    "          \"size\": 8,\n"
    "          \"immutable\": false\n"
    "        },\n"
    "        {\n"
    "          \"name\": \"moved_at_us\",\n"
    "          \"index\": 4,\n"
    "          \"type\": \"u64\",\n"
    "          \"offset\": 26,\n"
    "          \"size\": 8,\n"
    "          \"immutable\": false\n"
    "        }\n"
    "      ]\n"
    "    }\n"
    "  ],\n"
    "  \"commands\": [\n"
    "    {\n"
    "      \"kind\": 1,\n"
    "      \"name\": \"Register\",\n"
    "      \"version\": 1,\n"
    "      \"fields\": [\n"
    "        {\n"
    "          \"name\": \"sku\",\n"
    "          \"index\": 1,\n"
    "          \"type\": {\"fixedBytes\": 12}\n"
    "        }\n"
    "      ]\n"
    "    },\n"
    "    {\n"
    "      \"kind\": 2,\n"
    "      \"name\": \"Receive\",\n"
    "      \"version\": 1,\n"
    "      \"fields\": [\n"
    "        {\n"
    "          \"name\": \"sku\",\n"
    "          \"index\": 1,\n"
    "          \"type\": {\"fixedBytes\": 12}\n"
    "        },\n"
    "        {\n"
    "          \"name\": \"quantity\",\n"
    "          \"index\": 2,\n"
    "          \"type\": \"u32\"\n"
    "        }\n"
    "      ]\n"
    "    },\n"
    "    {\n"
    "      \"kind\": 3,\n"
    "      \"name\": \"Ship\",\n"
    "      \"version\": 1,\n"
    "      \"fields\": [\n"
    "        {\n"
    "          \"name\": \"sku\",\n"
    "          \"index\": 1,\n"
    "          \"type\": {\"fixedBytes\": 12}\n"
    "        },\n"
    "        {\n"
    "          \"name\": \"quantity\",\n"
    "          \"index\": 2,\n"
    "          \"type\": \"u32\"\n"
    "        }\n"
    "      ]\n"
    "    },\n"
    "    {\n"
    "      \"kind\": 4,\n"
    "      \"name\": \"Discontinue\",\n"
    "      \"version\": 1,\n"
    "      \"fields\": [\n"
    "        {\n"
    "          \"name\": \"sku\",\n"
    "          \"index\": 1,\n"
    "          \"type\": {\"fixedBytes\": 12}\n"
    "        }\n"
    "      ]\n"
    "    }\n"
    "  ],\n"
    "  \"events\": [\n"
    "    {\n"
    "      \"kind\": 1,\n"
    "      \"name\": \"StockChanged\",\n"
    "      \"version\": 1,\n"
    "      \"fields\": [\n"
    "        {\n"
    "          \"name\": \"sku\",\n"
    "          \"index\": 1,\n"
    "          \"type\": {\"fixedBytes\": 12}\n"
    "        },\n"
    "        {\n"
    "          \"name\": \"on_hand\",\n"
    "          \"index\": 2,\n"
    "          \"type\": \"u32\"\n"
    "        },\n"
    "        {\n"
    "          \"name\": \"reason\",\n"
    "          \"index\": 3,\n"
    "          \"type\": {\"defined\": \"Reason\"}\n"
    "        },\n"
    "        {\n"
    "          \"name\": \"ext_seq\",\n"
    "          \"index\": 4,\n"
    "          \"type\": \"u64\"\n"
    "        }\n"
    "      ]\n"
    "    }\n"
    "  ]\n"
    "}\n";
#ifdef __GNUC__
#pragma GCC diagnostic pop
#endif

enum { REASON_REGISTERED = 1 };
enum { REASON_RECEIVED = 2 };
enum { REASON_SHIPPED = 3 };
enum { REASON_DISCONTINUED = 4 };
static inline bool reason_is_known(uint8_t value) { (void)value; return value == REASON_REGISTERED || value == REASON_RECEIVED || value == REASON_SHIPPED || value == REASON_DISCONTINUED; }

/* Record, kind 1. */
enum { ITEM_RECORD = 1 };
/* Its bytes in the host, and those of them that the fields take. */
enum { ITEM_RECORD_DATA_SIZE = 48, ITEM_RECORD_SIZE = 34 };
enum { ITEM_RECORD_SKU_AT = 0 };
enum { ITEM_RECORD_ON_HAND_AT = 14 };
enum { ITEM_RECORD_MOVES_AT = 18 };
enum { ITEM_RECORD_MOVED_AT_US_AT = 26 };
struct item_record {
    uint16_t sku_len;
    uint8_t sku[12];
    uint32_t on_hand;
    uint64_t moves;
    uint64_t moved_at_us;
};
/* Reads a record; false if the bytes are no such record. */
static inline bool item_record_read(const uint8_t *data, size_t len, struct item_record *to) {
    struct statevec_reader from = { data, len };
    (void)to;
    return statevec_read_fixed(&from, 12, to->sku, &to->sku_len)
        && statevec_read_u32(&from, &to->on_hand)
        && statevec_read_u64(&from, &to->moves)
        && statevec_read_u64(&from, &to->moved_at_us)
        && from.len <= len;
}
/* Writes all fields to the zeroed bytes of a new record; false if there is no room, or a
 * length is too great. */
static inline bool item_record_write(const struct item_record *of, uint8_t *data, size_t len) {
    uint8_t *to = data;
    if (len < ITEM_RECORD_SIZE) return false;
    if (!(of->sku_len <= 12)) return false;
    to = data + 0;
    to = statevec_write_bytes(to, 12, of->sku, of->sku_len);
    to = data + 14;
    to = statevec_write_number(to, 4, (uint64_t)of->on_hand);
    to = data + 18;
    to = statevec_write_number(to, 8, (uint64_t)of->moves);
    to = data + 26;
    to = statevec_write_number(to, 8, (uint64_t)of->moved_at_us);
    (void)of, (void)len, (void)to;
    return true;
}
static inline uint32_t item_record_get_on_hand(const uint8_t *data) { return (uint32_t)statevec_number_at(data + ITEM_RECORD_ON_HAND_AT, 4); }
static inline void item_record_set_on_hand(uint8_t *data, uint32_t value) { statevec_write_number(data + ITEM_RECORD_ON_HAND_AT, 4, (uint64_t)value); }
static inline uint64_t item_record_get_moves(const uint8_t *data) { return (uint64_t)statevec_number_at(data + ITEM_RECORD_MOVES_AT, 8); }
static inline void item_record_set_moves(uint8_t *data, uint64_t value) { statevec_write_number(data + ITEM_RECORD_MOVES_AT, 8, (uint64_t)value); }
static inline uint64_t item_record_get_moved_at_us(const uint8_t *data) { return (uint64_t)statevec_number_at(data + ITEM_RECORD_MOVED_AT_US_AT, 8); }
static inline void item_record_set_moved_at_us(uint8_t *data, uint64_t value) { statevec_write_number(data + ITEM_RECORD_MOVED_AT_US_AT, 8, (uint64_t)value); }
/* Writes a primary key; false if a length is too great. */
enum { ITEM_RECORD_KEY_SIZE = 12 };
static inline bool item_record_key(const uint8_t *sku, uint16_t sku_len, uint8_t key[ITEM_RECORD_KEY_SIZE]) {
    if (sku_len > 12) return false;
    memset(key, 0, 12);
    if (sku_len > 0) memcpy(key, sku, sku_len);
    key += 12;
    (void)key;
    return true;
}

/* Command, kind 1. */
enum { REGISTER_COMMAND = 1 };
enum { REGISTER_COMMAND_SIZE = 14 };
struct register_command {
    uint16_t sku_len;
    uint8_t sku[12];
};
/* Reads a whole payload; false if the bytes are none. */
static inline bool register_command_read(const uint8_t *payload, size_t len, struct register_command *to) {
    struct statevec_reader from = { payload, len };
    (void)to;
    return statevec_read_fixed(&from, 12, to->sku, &to->sku_len)
        && from.len == 0;
}
/* The length of a payload. */
static inline size_t register_command_len(const struct register_command *of) { (void)of; return 14; }
/* Writes a payload of that length; false if there is no room, or a length is too great. */
static inline bool register_command_write(const struct register_command *of, uint8_t *to, size_t room) {
    if (room < register_command_len(of)) return false;
    if (!(of->sku_len <= 12)) return false;
    to = statevec_write_bytes(to, 12, of->sku, of->sku_len);
    (void)to;
    return true;
}

/* Command, kind 2. */
enum { RECEIVE_COMMAND = 2 };
enum { RECEIVE_COMMAND_SIZE = 18 };
struct receive_command {
    uint16_t sku_len;
    uint8_t sku[12];
    uint32_t quantity;
};
/* Reads a whole payload; false if the bytes are none. */
static inline bool receive_command_read(const uint8_t *payload, size_t len, struct receive_command *to) {
    struct statevec_reader from = { payload, len };
    (void)to;
    return statevec_read_fixed(&from, 12, to->sku, &to->sku_len)
        && statevec_read_u32(&from, &to->quantity)
        && from.len == 0;
}
/* The length of a payload. */
static inline size_t receive_command_len(const struct receive_command *of) { (void)of; return 14 + 4; }
/* Writes a payload of that length; false if there is no room, or a length is too great. */
static inline bool receive_command_write(const struct receive_command *of, uint8_t *to, size_t room) {
    if (room < receive_command_len(of)) return false;
    if (!(of->sku_len <= 12)) return false;
    to = statevec_write_bytes(to, 12, of->sku, of->sku_len);
    to = statevec_write_number(to, 4, (uint64_t)of->quantity);
    (void)to;
    return true;
}

/* Command, kind 3. */
enum { SHIP_COMMAND = 3 };
enum { SHIP_COMMAND_SIZE = 18 };
struct ship_command {
    uint16_t sku_len;
    uint8_t sku[12];
    uint32_t quantity;
};
/* Reads a whole payload; false if the bytes are none. */
static inline bool ship_command_read(const uint8_t *payload, size_t len, struct ship_command *to) {
    struct statevec_reader from = { payload, len };
    (void)to;
    return statevec_read_fixed(&from, 12, to->sku, &to->sku_len)
        && statevec_read_u32(&from, &to->quantity)
        && from.len == 0;
}
/* The length of a payload. */
static inline size_t ship_command_len(const struct ship_command *of) { (void)of; return 14 + 4; }
/* Writes a payload of that length; false if there is no room, or a length is too great. */
static inline bool ship_command_write(const struct ship_command *of, uint8_t *to, size_t room) {
    if (room < ship_command_len(of)) return false;
    if (!(of->sku_len <= 12)) return false;
    to = statevec_write_bytes(to, 12, of->sku, of->sku_len);
    to = statevec_write_number(to, 4, (uint64_t)of->quantity);
    (void)to;
    return true;
}

/* Command, kind 4. */
enum { DISCONTINUE_COMMAND = 4 };
enum { DISCONTINUE_COMMAND_SIZE = 14 };
struct discontinue_command {
    uint16_t sku_len;
    uint8_t sku[12];
};
/* Reads a whole payload; false if the bytes are none. */
static inline bool discontinue_command_read(const uint8_t *payload, size_t len, struct discontinue_command *to) {
    struct statevec_reader from = { payload, len };
    (void)to;
    return statevec_read_fixed(&from, 12, to->sku, &to->sku_len)
        && from.len == 0;
}
/* The length of a payload. */
static inline size_t discontinue_command_len(const struct discontinue_command *of) { (void)of; return 14; }
/* Writes a payload of that length; false if there is no room, or a length is too great. */
static inline bool discontinue_command_write(const struct discontinue_command *of, uint8_t *to, size_t room) {
    if (room < discontinue_command_len(of)) return false;
    if (!(of->sku_len <= 12)) return false;
    to = statevec_write_bytes(to, 12, of->sku, of->sku_len);
    (void)to;
    return true;
}

/* Event, kind 1. */
enum { STOCK_CHANGED_EVENT = 1 };
enum { STOCK_CHANGED_EVENT_SIZE = 27 };
struct stock_changed_event {
    uint16_t sku_len;
    uint8_t sku[12];
    uint32_t on_hand;
    uint8_t reason;
    uint64_t ext_seq;
};
/* Reads a whole payload; false if the bytes are none. */
static inline bool stock_changed_event_read(const uint8_t *payload, size_t len, struct stock_changed_event *to) {
    struct statevec_reader from = { payload, len };
    (void)to;
    return statevec_read_fixed(&from, 12, to->sku, &to->sku_len)
        && statevec_read_u32(&from, &to->on_hand)
        && statevec_read_u8(&from, &to->reason) && reason_is_known(to->reason)
        && statevec_read_u64(&from, &to->ext_seq)
        && from.len == 0;
}
/* The length of a payload. */
static inline size_t stock_changed_event_len(const struct stock_changed_event *of) { (void)of; return 14 + 4 + 1 + 8; }
/* Writes a payload of that length; false if there is no room, or a length is too great. */
static inline bool stock_changed_event_write(const struct stock_changed_event *of, uint8_t *to, size_t room) {
    if (room < stock_changed_event_len(of)) return false;
    if (!(of->sku_len <= 12)) return false;
    to = statevec_write_bytes(to, 12, of->sku, of->sku_len);
    to = statevec_write_number(to, 4, (uint64_t)of->on_hand);
    to = statevec_write_number(to, 1, (uint64_t)of->reason);
    to = statevec_write_number(to, 8, (uint64_t)of->ext_seq);
    (void)to;
    return true;
}

#endif
