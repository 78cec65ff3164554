/* Reads the bytes of a record or command, writes them again, and prints the result in hex. */
#include <stdio.h>
#include <stdlib.h>

#include "schema.h"

static int print(const uint8_t *bytes, size_t len) {
    for (size_t i = 0; i < len; i++) printf("%02x", bytes[i]);
    return printf("\n") < 0;
}

static int refused(void) { return printf("refused\n") < 0; }

static int record(const uint8_t *bytes, size_t len) {
    struct every_record fields;
    uint8_t data[EVERY_RECORD_DATA_SIZE] = { 0 }, key[EVERY_RECORD_KEY_SIZE];
    if (!every_record_read(bytes, len, &fields)) return refused();
    if (every_record_write(&fields, data, EVERY_RECORD_SIZE - 1)) return 2;
    if (!every_record_write(&fields, data, sizeof data)) return 3;
    print(data, sizeof data);
    if (!every_record_key(fields.wide, fields.name, fields.name_len, fields.signed_, fields.flag, fields.short_, fields.class_, key)) return 4;
    print(key, sizeof key);
    /* The same through the accessors. */
    every_record_set_small(data, (uint8_t)~fields.small);
    every_record_set_int_(data, ~fields.int_);
    every_record_set_long_(data, ~fields.long_);
    every_record_set_small(data, (uint8_t)~every_record_get_small(data));
    every_record_set_int_(data, ~every_record_get_int_(data));
    every_record_set_long_(data, ~every_record_get_long_(data));
    if (every_record_get_signed_(data) != fields.signed_ || every_record_get_wide(data) != fields.wide) return 5;
    if (every_record_get_flag(data) != fields.flag || every_record_get_class_(data) != fields.class_) return 6;
    if (EVERY_RECORD != 7 || COLOUR_BLUE != 255 || colour_is_known(2)) return 7;
    fields.name_len = 6;
    if (every_record_write(&fields, data, sizeof data)) return 8;
    return print(data, sizeof data);
}

static int command(const uint8_t *bytes, size_t len) {
    struct send_command fields;
    if (!send_command_read(bytes, len, &fields)) return refused();
    size_t room = send_command_len(&fields);
    uint8_t *payload = malloc(room);
    if (payload == NULL || send_command_write(&fields, payload, room - 1) || !send_command_write(&fields, payload, room)) return 9;
    int status = print(payload, room);
    free(payload);
    return status;
}

int main(int count, char **words) {
    if (count != 3) return 1;
    size_t len = strlen(words[2]) / 2;
    /* As long as the bytes, so that a sanitizer sees what is read behind them. */
    uint8_t *bytes = malloc(len + 1);
    if (bytes == NULL) return 1;
    for (size_t i = 0; i < len; i++) {
        char digits[3] = { words[2][2 * i], words[2][2 * i + 1], 0 };
        bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    int status = 1;
    if (strcmp(words[1], "record") == 0) status = record(bytes, len);
    if (strcmp(words[1], "command") == 0) status = command(bytes, len);
    if (strcmp(words[1], "schema") == 0) status = print((const uint8_t *)every_schema, sizeof every_schema - 1);
    free(bytes);
    return status;
}
