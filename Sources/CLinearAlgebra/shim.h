#include <cblas.h>
#include <gnu/libc-version.h>
#include <lapacke.h>
