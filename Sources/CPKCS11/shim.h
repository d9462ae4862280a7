/* Types, constants and the function list of PKCS #11 v2.40 alone: the module that has the functions is loaded when it
   is known which. Names as in p11-kit's own spelling (struct ck_attribute), which leaves no macros behind. */
#define CRYPTOKI_GNU 1
#include <p11-kit-1/p11-kit/pkcs11.h>
