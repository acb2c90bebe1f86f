/* <stdnoreturn.h> (C11 7.23). */
#ifndef XSMPATCH_STDNORETURN_H
#define XSMPATCH_STDNORETURN_H
#define noreturn _Noreturn
#endif
