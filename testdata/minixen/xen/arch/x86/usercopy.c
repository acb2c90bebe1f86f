/* Guest memory is identity-mapped and ends below the hypervisor's own. */
#include <xen/guest_access.h>

#define GUEST_END 0x00007fffffffffffUL

static bool guest_range_ok(const void *p, size_t len)
{
    unsigned long start = (unsigned long)p;

    return start && start + len >= start && start + len <= GUEST_END;
}

unsigned long raw_copy_from_guest(void *to, const void *from, size_t len)
{
    if ( !guest_range_ok(from, len) )
        return len;
    memcpy(to, from, len);
    return 0;
}

unsigned long raw_copy_to_guest(void *to, const void *from, size_t len)
{
    if ( !guest_range_ok(to, len) )
        return len;
    memcpy(to, from, len);
    return 0;
}

unsigned long raw_clear_guest(void *to, size_t len)
{
    if ( !guest_range_ok(to, len) )
        return len;
    memset(to, 0, len);
    return 0;
}
