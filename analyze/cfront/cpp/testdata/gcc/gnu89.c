/* std=gnu89 */
u"x" U'y' R"(z)" u8"8" // comment
#ifdef __STDC_VERSION__
version
#endif
#ifdef __GNUC_GNU_INLINE__
gnu inline
#endif
__STRICT_ANSI__ linux
