#define A 1
#define B 0
#define F(x) x
#define D defined(A)
#if A && !B && F(1) == 1 && D
yes 1
#else
no 1
#endif
#if defined A && defined(B) && !defined C
yes 2
#endif
#if -1 > 0u
yes 3
#endif
#if (-1)/2 == 0 && -7 % 3 == -1 && (1 ? -1 : 0u) > 0
yes 4
#endif
#if 0 && (1/0)
no
#elif 1 || (1/0)
yes 5
#else
no
#endif
#if 'a' == 97 && '\n' == 10 && '\377' < 0 && L'\377' > 0 && '\x41' == 'A'
yes 6
#endif
#if 0x7fffffffffffffff + 1u > 0
yes 7
#endif
#if 18446744073709551615u == -1 && 0b101 == 5 && 010 == 8 && -8 >> 1 == -4
yes 8
#endif
#if undefined_name
no
#elif undefined_name + 1
yes 9
#elif garbage here (
no
#endif
#ifdef NOPE
#if junk ( ( 
#else x
#endif
'unbalanced " text /* with a
comment */ #else
#bogus
#elif A
yes 10
#ifndef A
no
#else
yes 11
#endif
#endif
#if (1, 2) == 2
yes 12
#endif
#if A ? B ? 0 : 1 : 0
yes 13
#endif
#ifdef NOPE
#elifdef A
yes 14
#elifndef A
no
#else
no
#endif
#if __has_include("inc.h") && __has_include(<inc.h>) && !__has_include(<none.h>) && !__has_include("no/such.h")
yes 15
#endif
#if defined __has_include && defined(__has_attribute) && __has_attribute(packed) && __has_attribute(__packed__) && !__has_attribute(nonsense)
yes 16
#endif
#ifdef __has_builtin
#if __has_builtin(__builtin_expect) && !__has_builtin(__builtin_nonsense)
yes 17
#endif
#endif
#if __GNUC__ >= 4 && __GNUC__ * 100 + __GNUC_MINOR__ > 402 && __SIZEOF_POINTER__ == 8
yes 18
#endif
#if ~0 == -1 && !0 && +1 && -(-1) == 1 && (3 ^ 1) == 2 && (6 & 3) == 2 && (4 | 1) == 5 && 1 != 2
yes 19
#endif
#if IS_ENABLED_NOT_THERE
#elif 1
yes 20
#endif
#
# /* null */
#if 1 /* comment
over lines */ && 1
yes 21
#endif
#if 1 \
 && \
 0
no
#else
yes 22
#endif
