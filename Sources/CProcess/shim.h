#include <spawn.h>
#include <sys/types.h>

/* GNU extensions that Swift's Glibc module leaves out. */
extern int pipe2(int descriptors[2], int flags);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
extern int sync_file_range(int descriptor, long long offset, long long bytes, unsigned int flags);
