int a = __LINE__; const char *f = __FILE__, *b = __BASE_FILE__; int l = __INCLUDE_LEVEL__;
#define L __LINE__
#define FL(x) x __LINE__
#define ID(x) x
L FL(L) FL(
L
) ID(
__LINE__ L)
__LINE__ \
__LINE__ /* 
*/ __LINE__
#define FN() __LINE__
FN(

) ID(FN(

)) ID
(
FN
(
)
)
#define J FL
J
(
L
__LINE__
)
#include "inc.h"
#include "level.h"
#line 100
__LINE__ __FILE__
#line 200 "other.c"
__LINE__ __FILE__ __BASE_FILE__
# 300 "third.c"
__LINE__ __FILE__
#define NUM 400
#line NUM "fourth.c"
__LINE__ __FILE__
#if __LINE__ == 402
yes
#endif
__COUNTER__ __COUNTER__ ID(__COUNTER__) __DATE__ __TIME__
