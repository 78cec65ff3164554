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
