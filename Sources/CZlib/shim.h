#include <zlib.h>

/* zlib begins streams by macros, which Swift does not see. 15 + 16 window bits: gzip (RFC 1952). */
static inline int zlib_begin_inflate(z_stream *stream) { return inflateInit2(stream, 15 + 16); }
static inline int zlib_begin_deflate(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
