#ifndef API_DOCUMENT_H
#define API_DOCUMENT_H

// openapi.json, byte for byte. In C, because a Swift array of so many numbers takes the compiler half a minute.
const unsigned char *holdfast_api_document(void);
unsigned long holdfast_api_document_count(void);

#endif
