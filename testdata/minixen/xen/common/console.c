/* The ring behind the serial line, and the hypercall that reaches it. */
#include <xen/console.h>
#include <xen/event.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/sched.h>
#include <xsm/xsm.h>

#define RING_SIZE 4096

static char ring[RING_SIZE];
static unsigned int ring_prod, ring_cons;
static unsigned int keypresses;
static DEFINE_SPINLOCK(console_lock);

void console_puts(const char *s, size_t len)
{
    spin_lock(&console_lock);
    while ( len-- )
        ring[ring_prod++ % RING_SIZE] = *s++;
    if ( ring_prod - ring_cons > RING_SIZE )
        ring_cons = ring_prod - RING_SIZE;
    spin_unlock(&console_lock);
}

long read_console_ring(struct xen_sysctl_readconsole *op)
{
    unsigned int at = ring_cons, done = 0;
    long rc = 0;

    while ( at != ring_prod && done < op->count )
    {
        char c = ring[at++ % RING_SIZE];

        if ( copy_to_guest_offset(op->buffer, done, &c, 1) )
        {
            rc = -EFAULT;
            break;
        }
        done++;
    }
    op->count = done;
    if ( op->clear )
        ring_cons = at;
    return rc;
}

long guest_console_write(XEN_GUEST_HANDLE_PARAM(char) buffer,
                         unsigned int count)
{
    char part[64];

    while ( count )
    {
        unsigned int n = min(count, (unsigned int)sizeof(part));

        if ( copy_from_guest(part, buffer, n) )
            return -EFAULT;
        console_puts(part, n);
        guest_handle_add_offset(buffer, n);
        count -= n;
    }
    return 0;
}

static long guest_console_read(XEN_GUEST_HANDLE_PARAM(char) buffer,
                               unsigned int count)
{
    unsigned int n = 0;

    while ( n < count && ring_cons != ring_prod )
    {
        char c = ring[ring_cons++ % RING_SIZE];

        if ( copy_to_guest_offset(buffer, n, &c, 1) )
            return -EFAULT;
        n++;
    }
    return n;
}

void handle_keypress(char key)
{
    keypresses++;
    printk("key '%c' pressed\n", key);
    if ( key == 'e' )
        dump_evtchn_info();
}

long do_console_io(unsigned int cmd, unsigned int count,
                   XEN_GUEST_HANDLE_PARAM(char) buffer)
{
    long rc;

    rc = xsm_console_io(XSM_OTHER, current->domain, cmd);
    if ( rc )
        return rc;

    switch ( cmd )
    {
    case CONSOLEIO_write:
        rc = guest_console_write(buffer, count);
        break;
    case CONSOLEIO_read:
        rc = guest_console_read(buffer, count);
        break;
    default:
        rc = -ENOSYS;
        break;
    }
    return rc;
}
