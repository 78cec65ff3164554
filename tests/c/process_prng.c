/*
 * A bcryptprimitives.dll for Wine 8, which has none: the one function that Rust's standard library
 * needs, over the one that Wine has.
 */
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG len);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE buffer, SIZE_T len);

BOOL WINAPI ProcessPrng(PBYTE buffer, SIZE_T len) {
    for (SIZE_T done = 0; done < len; done += 1 << 20) {
        SIZE_T rest = len - done;
        ULONG part = (ULONG)(rest < 1 << 20 ? rest : 1 << 20);
        if (!SystemFunction036(buffer + done, part)) return FALSE;
    }
    return TRUE;
}
