#include "inc.h"
#include <inc.h>
#include "level.h"
#include "level.h"
#define HDR "multi.h"
#define SYS <multi.h>
#define STR(x) #x
#define XSTR(x) STR(x)
#define DIR inc
#include HDR
#include SYS
#include XSTR(DIR/multi.h)
#define MAIN_TWICE
#ifndef AGAIN
#define AGAIN
#include __FILE__
#else
second time
#endif
#import "imported.h"
#import "imported.h"
#include "guard2.h"
#include "guard2.h"
#undef GUARD2_H
#include "guard2.h"
