#ifndef INC_H
#define INC_H
inc __FILE__ __INCLUDE_LEVEL__
#if __has_include_next(<inc.h>) && !__has_include_next(<inc2.h>)
#include_next <inc.h>
#endif
#endif
