/* Small sets of number ranges: which frames, ports or interrupts a domain has. */
#include <xen/lib.h>
#include <xen/rangeset.h>

struct rangeset *rangeset_new(void)
{
    struct rangeset *r = xzalloc(struct rangeset);
    unsigned int i;

    if ( !r )
        return NULL;
    for ( i = 0; i < RANGESET_SLOTS; i++ )
        r->slot[i].first = 1;
    return r;
}

int rangeset_add_range(struct rangeset *r, unsigned long s, unsigned long e)
{
    unsigned int i;

    if ( s > e )
        return -EINVAL;
    for ( i = 0; i < RANGESET_SLOTS; i++ )
    {
        if ( r->slot[i].first <= r->slot[i].last )
            continue;
        r->slot[i].first = s;
        r->slot[i].last = e;
        return 0;
    }
    return -ENOSPC;
}

int rangeset_remove_range(struct rangeset *r, unsigned long s, unsigned long e)
{
    unsigned int i;
    int rc = 0;

    for ( i = 0; i < RANGESET_SLOTS; i++ )
    {
        unsigned long first = r->slot[i].first, last = r->slot[i].last;

        if ( first > last || last < s || first > e )
            continue;
        if ( first < s && last > e )
        {
            r->slot[i].last = s - 1;
            rc = rangeset_add_range(r, e + 1, last);
        }
        else if ( first < s )
            r->slot[i].last = s - 1;
        else if ( last > e )
            r->slot[i].first = e + 1;
        else
        {
            r->slot[i].first = 1;
            r->slot[i].last = 0;
        }
    }
    return rc;
}

bool rangeset_contains_range(const struct rangeset *r, unsigned long s,
                             unsigned long e)
{
    unsigned int i;

    for ( i = 0; i < RANGESET_SLOTS; i++ )
        if ( r->slot[i].first <= s && e <= r->slot[i].last )
            return true;
    return false;
}
