/*
 * A host in C11: loads the bank, runs a few commands, and prints
 * their outcomes and events.
 *
 * Build:  cargo build -p statevec-bank-so
 *         cc -std=c11 -O2 -I core/include -o target/c-host \
 *             examples/c-host/host.c examples/c-host/store.c -ldl
 * Run:    target/c-host target/debug/libstatevec_bank_so.so
 *
 * On Windows, with mingw: the same without -ldl, and the full path of the bank's DLL.
 */
#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "statevec_abi.h"
#include "store.h"

/*
 * The part of the bank's schema that this host uses: account records (48 bytes, key: the account's
 * number), commands, and one event.
 */
enum { ACCOUNT = 1 };
enum { BALANCE_CHANGED = 1 };
enum { DEPOSIT = 1, WITHDRAW = 2, TRANSFER = 3 };

static const char *const COMMAND_NAMES[] = { "?", "Deposit", "Withdraw", "Transfer", "Unknown" };

/* A command: its kind, and its fields, which are all 64-bit numbers. */
struct order {
    uint8_t kind;
    uint64_t fields[3];
    size_t field_count;
};

static const struct order ORDERS[] = {
    { DEPOSIT, { 1, 100 }, 2 },
    { DEPOSIT, { 2, 50 }, 2 },
    { TRANSFER, { 1, 2, 30 }, 3 },
    { WITHDRAW, { 2, 80 }, 2 },
    { WITHDRAW, { 1, 71 }, 2 },
    { TRANSFER, { 1, 3, 70 }, 3 },
    { DEPOSIT, { 0, 5 }, 2 },
    { DEPOSIT, { 1, 0 }, 2 },
    { DEPOSIT, { 1 }, 1 },
    { 4, { 0 }, 0 },
};

static uint64_t get_u64(const uint8_t *at) {
    uint64_t value = 0;
    for (int i = 7; i >= 0; i--) value = value << 8 | at[i];
    return value;
}

static void put_u64(uint8_t *at, uint64_t value) {
    for (int i = 0; i < 8; i++) at[i] = (uint8_t)(value >> 8 * i);
}

/* Reads two's complement. C defines the conversion of values that fit; this code covers all. */
static int64_t get_i64(const uint8_t *at) {
    int64_t value;
    uint64_t bits = get_u64(at);
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void print_error(const char *what, const StatevecErrorBuf *error) {
    size_t len = error->message_len < STATEVEC_ERROR_MESSAGE_CAPACITY ? error->message_len : STATEVEC_ERROR_MESSAGE_CAPACITY;
    printf("%s (kind %d): %.*s\n", what, error->kind, (int)len, (const char *)error->message_buf);
}

/* BalanceChanged: account_id u64, delta i64, balance i64, reason u8. */
static void print_event(const struct store_event *event) {
    if (event->kind != BALANCE_CHANGED || event->len != 25) {
        printf("    an event of kind %d with %zu bytes\n", event->kind, event->len);
        return;
    }
    printf("    BalanceChanged account_id=%" PRIu64 " delta=%" PRId64 " balance=%" PRId64 " reason=%d\n", get_u64(event->payload),
           get_i64(event->payload + 8), get_i64(event->payload + 16), event->payload[24]);
}

/* Runs a command as a transaction: keeps the plugin's writes if it accepts, else restores them. */
static void run(const StatevecPluginApiV1 *plugin, void *runtime, struct store *store, const struct order *order, uint64_t ext_seq) {
    uint8_t payload[3 * 8];
    for (size_t i = 0; i < order->field_count; i++) put_u64(payload + 8 * i, order->fields[i]);
    StatevecCommandView command = { order->kind, ext_seq, 0, { payload, 8 * order->field_count } };
    StatevecErrorBuf error = { 0 };

    struct store before = *store;
    store->event_count = 0;
    store->state = STORE_OPEN;
    StatevecCallStatus status = plugin->run_tx(runtime, store_context(store), command, &error);
    store->state = STORE_CLOSED;

    printf("%" PRIu64 " %s", ext_seq, COMMAND_NAMES[order->kind]);
    for (size_t i = 0; i < order->field_count; i++) printf(" %" PRIu64, order->fields[i]);
    printf(": ");
    if (status == STATEVEC_CALL_SUCCESS) {
        printf("committed\n");
        for (size_t i = 0; i < store->event_count; i++) print_event(&store->events[i]);
    } else {
        *store = before;
        print_error("rejected", &error);
    }
}

static int validate(const StatevecPluginApiV1 *plugin, void *runtime, struct store *store) {
    StatevecErrorBuf error = { 0 };
    store->state = STORE_READING;
    StatevecCallStatus status = plugin->validate_biz_invariants(runtime, store_read_context(store), &error);
    store->state = STORE_CLOSED;
    if (status != STATEVEC_CALL_SUCCESS) {
        print_error("invariants broken", &error);
        return 1;
    }
    printf("invariants hold for %zu accounts\n", store->record_count);
    return 0;
}

/* Creates an instance, runs the commands, validates, unloads and destroys it. */
static int host(const StatevecPluginApiV1 *plugin) {
    StatevecBytesRef name = plugin->plugin_name();
    printf("plugin %.*s, ABI version %" PRIu32 "\n", (int)name.len, (const char *)name.ptr, plugin->abi_version);

    void *runtime = NULL;
    StatevecErrorBuf error = { 0 };
    static const char config[] = "max_amount = 1000";
    StatevecBytesRef config_bytes = { (const uint8_t *)config, sizeof config - 1 };
    if (plugin->create_runtime(config_bytes, &runtime, &error) != STATEVEC_CALL_SUCCESS) {
        print_error("not created", &error);
        return 1;
    }
    static struct store store = { .record_kind = ACCOUNT, .event_kind = BALANCE_CHANGED };
    for (size_t i = 0; i < sizeof ORDERS / sizeof ORDERS[0]; i++) run(plugin, runtime, &store, &ORDERS[i], i + 1);
    int failed = validate(plugin, runtime, &store);
    if (plugin->on_unload(runtime, &error) != STATEVEC_CALL_SUCCESS) {
        print_error("not unloaded", &error);
        failed = 1;
    }
    plugin->destroy_runtime(runtime);
    return failed;
}

/* Loads a library and finds its entry function, or prints the reason and returns null. */
static StatevecPluginEntryV1 load(const char *path) {
#ifdef _WIN32
    HMODULE library = LoadLibraryExA(path, NULL, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_SYSTEM32);
    if (library == NULL) {
        fprintf(stderr, "%s: error %lu\n", path, GetLastError());
        return NULL;
    }
    FARPROC symbol = GetProcAddress(library, STATEVEC_PLUGIN_ENTRY_V1_SYMBOL);
#else
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        return NULL;
    }
    void *symbol = dlsym(library, STATEVEC_PLUGIN_ENTRY_V1_SYMBOL);
#endif
    /* ISO C has no conversion to this type of function pointer; both systems have one by bytes. */
    StatevecPluginEntryV1 entry = NULL;
    memcpy(&entry, &symbol, sizeof entry);
    if (entry == NULL) fprintf(stderr, "%s has no %s\n", path, STATEVEC_PLUGIN_ENTRY_V1_SYMBOL);
    return entry;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: %s PLUGIN\n", argv[0]);
        return 2;
    }
    StatevecPluginEntryV1 entry = load(argv[1]);
    if (entry == NULL) return 2;
    StatevecPluginApiV1 plugin = entry();
    if (plugin.abi_version != STATEVEC_PLUGIN_ABI_VERSION_V1) {
        fprintf(stderr, "%s has ABI version %" PRIu32 "\n", argv[1], plugin.abi_version);
        return 2;
    }
    /* The library stays: thread-local destructors of the plugin may still run. */
    return host(&plugin);
}
