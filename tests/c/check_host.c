/*
 * Runs steps of the plugin check-host on the store of the C example, and prints the result of each:
 * the bytes of its verdict, or the kind of its failure.
 *
 * usage: check_host PLUGIN STEP...
 *
 * The variable DEFECT names a defect of check_host_defects.h, which the host then has.
 */
#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "statevec_abi.h"
#include "../../examples/c-host/store.h"
#include "check_host_defects.h"

static void print_events(const struct store *store) {
    for (size_t i = 0; i < store->event_count; i++) {
        putchar(' ');
        for (size_t at = 0; at < store->events[i].len; at++) printf("%02x", store->events[i].payload[at]);
    }
}

static void run(const StatevecPluginApiV1 *plugin, void *runtime, struct store *store, uint16_t step, uint64_t ext_seq) {
    uint8_t payload[2] = { (uint8_t)step, (uint8_t)(step >> 8) };
    StatevecCommandView command = { 1, ext_seq, 0, { payload, sizeof payload } };
    StatevecErrorBuf error = { 0 };
    struct store before = *store;
    store->event_count = 0;
    store->state = STORE_OPEN;
    StatevecCallStatus status = plugin->run_tx(runtime, defective_context(store), command, &error);
    store->state = STORE_CLOSED;
    printf("%u", step);
    if (status == STATEVEC_CALL_SUCCESS) {
        print_events(store);
    } else {
        roll_back(store, &before);
        printf(" failed %d", error.kind);
    }
    putchar('\n');
    fflush(stdout);
}

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        return 2;
    }
    void *symbol = dlsym(library, STATEVEC_PLUGIN_ENTRY_V1_SYMBOL);
    StatevecPluginEntryV1 entry = NULL;
    memcpy(&entry, &symbol, sizeof entry);
    if (entry == NULL) return 2;
    StatevecPluginApiV1 plugin = entry();
    void *runtime = NULL;
    StatevecErrorBuf error = { 0 };
    if (plugin.create_runtime((StatevecBytesRef){ NULL, 0 }, &runtime, &error) != STATEVEC_CALL_SUCCESS) return 2;
    static struct store store = { .record_kind = 1, .event_kind = 1 };
    for (int i = 2; i < argc; i++) run(&plugin, runtime, &store, (uint16_t)atoi(argv[i]), (uint64_t)i);
    store.state = STORE_READING;
    StatevecCallStatus status = plugin.validate_biz_invariants(runtime, store_read_context(&store), &error);
    store.state = STORE_CLOSED;
    if (status == STATEVEC_CALL_SUCCESS) {
        printf("invariants\n");
    } else {
        printf("invariants failed %d\n", error.kind);
    }
    plugin.on_unload(runtime, &error);
    plugin.destroy_runtime(runtime);
    return 0;
}
