/*
 * A cargo for Wine, which cannot run the real one: prints what the real one answered to the same
 * subcommand. The file is $RECORDED_CARGO/SUBCOMMAND.json.
 */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    const char *folder = getenv("RECORDED_CARGO");
    char path[1024];
    if (argc < 2 || folder == NULL || snprintf(path, sizeof path, "%s/%s.json", folder, argv[1]) >= (int)sizeof path) return 2;
    FILE *answer = fopen(path, "rb");
    if (answer == NULL) {
        fprintf(stderr, "there is no %s\n", path);
        return 1;
    }
    for (int c; (c = getc(answer)) != EOF;) putchar(c);
    return 0;
}
