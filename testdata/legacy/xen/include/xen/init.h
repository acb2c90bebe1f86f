#include <xen/compiler.h>
