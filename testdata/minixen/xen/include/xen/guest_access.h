#ifndef __XEN_GUEST_ACCESS_H__
#define __XEN_GUEST_ACCESS_H__

#include <xen/lib.h>
#include <public/xen.h>

unsigned long raw_copy_from_guest(void *to, const void *from, size_t len);
unsigned long raw_copy_to_guest(void *to, const void *from, size_t len);
unsigned long raw_clear_guest(void *to, size_t len);

#define guest_handle_is_null(h)         ((h).p == NULL)
#define guest_handle_okay(h, n)         ((h).p != NULL || (n) == 0)
#define guest_handle_add_offset(h, n)   ((h).p += (n))
#define guest_handle_cast(h, type)      ({                              \
        typeof((h).p) p_ = (h).p;                                       \
        (XEN_GUEST_HANDLE_PARAM(type)) { (type *)p_ }; })
#define guest_handle_from_param(h, type) ((XEN_GUEST_HANDLE(type)) { (h).p })

/* All return 0, or the number of bytes that could not be copied. */
#define copy_from_guest_offset(ptr, h, off, nr)                         \
    raw_copy_from_guest(ptr, (h).p + (off), sizeof(*(ptr)) * (nr))
#define copy_to_guest_offset(h, off, ptr, nr)                           \
    raw_copy_to_guest((h).p + (off), ptr, sizeof(*(ptr)) * (nr))
#define copy_from_guest(ptr, h, nr)     copy_from_guest_offset(ptr, h, 0, nr)
#define copy_to_guest(h, ptr, nr)       copy_to_guest_offset(h, 0, ptr, nr)
#define __copy_from_guest(ptr, h, nr)   copy_from_guest_offset(ptr, h, 0, nr)
#define __copy_to_guest(h, ptr, nr)     copy_to_guest_offset(h, 0, ptr, nr)
#define clear_guest(h, nr)              raw_clear_guest((h).p, sizeof(*(h).p) * (nr))

#define __copy_field_to_guest(h, ptr, field)                            \
    raw_copy_to_guest(&(h).p->field, &(ptr)->field, sizeof((ptr)->field))

#endif
