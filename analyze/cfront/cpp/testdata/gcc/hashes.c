#define hash #
hash define X 1
#define EMPTY
EMPTY # define Y 2
Y X
# /* c */ define /* d */ Z /* e */ 3 /* f */
Z
/* lead */ #define LEAD 4
LEAD
   #   define IND 5
IND
#define f(x) x
f(
#undef IND
IND
#define IND 6
IND)
f (a
#ifdef IND
b
#else
c
#endif
d)
%:define DIG 7
DIG
#ident "x"
#pragma GCC diagnostic push
_Pragma("GCC foo") a f(_Pragma("bar") b) c
#pragma push_macro("DIG")
#undef DIG
DIG
#pragma pop_macro("DIG")
DIG
#define g f
g
#define LATE 1
(2)
f EMPTY (3) f
