/*
 * Libraries with a wrong entry symbol, in ways that Rust cannot express. A macro selects the case.
 */
#include "statevec_abi.h"

#if defined(SYMBOL_MISSING)

/* The name is almost right. */
STATEVEC_PLUGIN_EXPORT int statevec_runtime_plugin_entry_v2(void) { return 0; }

#elif defined(SYMBOL_HIDDEN)

/* Hidden, as with -fvisibility=hidden and without STATEVEC_PLUGIN_EXPORT. */
__attribute__((visibility("hidden"))) StatevecPluginApiV1 statevec_runtime_plugin_entry_v1(void) {
    StatevecPluginApiV1 api = { 0 };
    return api;
}

#elif defined(SYMBOL_UNDEFINED)

/* Weak and undefined: the linker leaves a symbol without an address. */
extern __attribute__((weak)) StatevecPluginApiV1 statevec_runtime_plugin_entry_v1(void);
STATEVEC_PLUGIN_EXPORT int is_there(void) { return statevec_runtime_plugin_entry_v1 != 0; }

#elif defined(SYMBOL_NULL)

/* An absolute symbol: the dynamic linker finds it, at address 0. */
__asm__(".globl statevec_runtime_plugin_entry_v1\n"
        ".set statevec_runtime_plugin_entry_v1, 0\n");

#elif defined(TABLE_OF_ZEROS)

STATEVEC_PLUGIN_EXPORT StatevecPluginApiV1 statevec_runtime_plugin_entry_v1(void) {
    StatevecPluginApiV1 api = { 0 };
    return api;
}

#else
#error "no case is defined"
#endif
