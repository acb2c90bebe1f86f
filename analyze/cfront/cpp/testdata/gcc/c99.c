/* std=c99 */
#define e7(args...) f(0, ## args)
#define e8(...) f(0,##__VA_ARGS__)
e7() e7(1) e8() e8(1)
__STRICT_ANSI__ linux __STDC_VERSION__ u"x"
