/*
 * statevec_plugin.h - for plugins in C: ends a call with success or with an error.
 */
#ifndef STATEVEC_PLUGIN_H
#define STATEVEC_PLUGIN_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "statevec_abi.h"

/* Resets the header of the error. */
static inline StatevecCallStatus statevec_succeed(StatevecErrorBuf *out_error) {
    if (out_error != NULL) {
        out_error->phase = STATEVEC_PHASE_LOAD;
        out_error->kind = STATEVEC_KIND_HOST_INTERNAL_ERROR;
        out_error->message_len = 0;
    }
    return STATEVEC_CALL_SUCCESS;
}

/* The number of bytes of a text that fit, without half a UTF-8 character at the end. */
static inline size_t statevec_fitting(const char *text, size_t len) {
    if (len <= STATEVEC_ERROR_MESSAGE_CAPACITY) return len;
    len = STATEVEC_ERROR_MESSAGE_CAPACITY;
    while (len > 0 && ((uint8_t)text[len] & 0xC0) == 0x80) len--;
    return len;
}

/* Writes an error with a text in the form of printf. */
#if defined __MINGW_PRINTF_FORMAT
/* Windows' own printf and that of C differ, and mingw names the one that is called. */
__attribute__((format(__MINGW_PRINTF_FORMAT, 4, 5)))
#elif defined __GNUC__
__attribute__((format(printf, 4, 5)))
#endif
static inline StatevecCallStatus statevec_fail(StatevecErrorBuf *out_error, StatevecErrorPhase phase, StatevecErrorKind kind, const char *format, ...) {
    if (out_error != NULL) {
        /* Room for one more byte, so that `statevec_fitting` sees the next character, and for the zero. */
        char text[STATEVEC_ERROR_MESSAGE_CAPACITY + 5];
        va_list values;
        va_start(values, format);
        int len = vsnprintf(text, sizeof text, format, values);
        va_end(values);
        memset(out_error, 0, sizeof *out_error);
        out_error->phase = phase;
        out_error->kind = kind;
        out_error->message_len = len > 0 ? statevec_fitting(text, (size_t)len) : 0;
        memcpy(out_error->message_buf, text, out_error->message_len);
    }
    return STATEVEC_CALL_FAILURE;
}

/* Passes on the kind and the text of a host's error. */
static inline StatevecCallStatus statevec_pass_on(StatevecErrorBuf *out_error, StatevecErrorPhase phase, const StatevecErrorBuf *said) {
    size_t len = said->message_len < STATEVEC_ERROR_MESSAGE_CAPACITY ? said->message_len : STATEVEC_ERROR_MESSAGE_CAPACITY;
    return statevec_fail(out_error, phase, said->kind, "%.*s", (int)len, (const char *)said->message_buf);
}

#endif
