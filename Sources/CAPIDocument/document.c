#include "api_document.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char document[] = {
#embed "openapi.json"
};

const unsigned char *holdfast_api_document(void) { return document; }
unsigned long holdfast_api_document_count(void) { return sizeof document; }
