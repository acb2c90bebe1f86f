/*
 * A dom0 that makes hypercalls and prints what they return.
 *
 * Xen hands it a module: a list of probes, each a hypercall's number, five arguments and the memory that the arguments point into. The
 * kernel makes them in order and writes a line "NAME RESULT" for each to port 0xe9, where QEMU's debug console listens: not to Xen's
 * console, because a label may have no right to that. It ends by asking for a reboot, on which QEMU exits.
 *
 * The module's form (little endian; hypervisor/boot/probe_test.go writes it):
 *   module  = u32 magic, u32 number of probes, probes
 *   probe   = u32 size of this probe, u32 hypercall, u64 arg[5], u32 pointers, u32 links, u32 status, u32 data's size, char name[32],
 *             link[links], data
 *   link    = u32 offset in data, u32 source probe (or SELF), u32 offset in the source's data, u32 size
 * Bit n of pointers says that arg[n] is an offset in data. A link from SELF stores an address in the probe's own data (a handle); any
 * other copies bytes that an earlier probe's hypercall left (a port, a domain number). status, unless 0, is 1 + the offset in data of a
 * 16-bit status, which is the result when the hypercall itself returns 0.
 */
typedef unsigned int u32;
typedef unsigned long u64;
typedef unsigned char u8;

#define MAGIC        0x45424f52u /* "ROBE" */
#define SELF         0xffffffffu
#define MAX_PROBES   512
#define PHYSDEV_OP   33
#define SCHED_OP     29
#define SET_IOPL     6
#define SHUTDOWN     2
#define DEBUG_PORT   0xe9

/* The first fields of the page that Xen gives a new guest (xen/include/public/xen.h). */
struct start_info {
    char magic[32];
    u64 nr_pages, shared_info;
    u32 flags, pad0;
    u64 store_mfn;
    u32 store_evtchn, pad1;
    u64 console_mfn;
    u32 console_evtchn, pad2;
    u64 pt_base, nr_pt_frames, mfn_list, mod_start, mod_len;
};

struct link { u32 at, from, offset, size; };

struct probe {
    u32 size, hypercall;
    u64 arg[5];
    u32 pointers, links, status, bytes;
    char name[32];
    struct link link[];
};

extern u8 hypercall_page[];

static long hypercall(u32 nr, u64 a, u64 b, u64 c, u64 d, u64 e)
{
    long result;
    register u64 r10 asm("r10") = d;
    register u64 r8 asm("r8") = e;

    asm volatile ( "call *%[page]"
                   : "=a" (result), "+D" (a), "+S" (b), "+d" (c), "+r" (r10), "+r" (r8)
                   : [page] "r" (hypercall_page + nr * 32ul)
                   : "rcx", "r11", "memory" );
    return result;
}

static void put(char c)
{
    asm volatile ( "outb %b0, %w1" :: "a" (c), "Nd" (DEBUG_PORT) );
}

static void puts(const char *s)
{
    while ( *s )
        put(*s++);
}

static void put_number(long n)
{
    char digits[24], *p = digits + sizeof(digits) - 1;
    u64 rest = n < 0 ? -(u64)n : (u64)n;

    *p = 0;
    do
        *--p = '0' + rest % 10;
    while ( rest /= 10 );
    if ( n < 0 )
        *--p = '-';
    puts(p);
}

static void copy(u8 *to, const u8 *from, u32 n)
{
    while ( n-- )
        *to++ = *from++;
}

static u8 *data_of(struct probe *p)
{
    return (u8 *)&p->link[p->links];
}

static struct probe *probes[MAX_PROBES];

/* Puts addresses, and what earlier probes got, into a probe's data. */
static void resolve(struct probe *p)
{
    for ( u32 i = 0; i < p->links; i++ )
    {
        const struct link *l = &p->link[i];
        u64 address = (u64)(data_of(p) + l->offset);

        if ( l->from == SELF )
            copy(data_of(p) + l->at, (u8 *)&address, sizeof(address));
        else
            copy(data_of(p) + l->at, data_of(probes[l->from]) + l->offset, l->size);
    }
}

static long play(struct probe *p)
{
    u64 arg[5];
    long result;

    resolve(p);
    for ( int i = 0; i < 5; i++ )
        arg[i] = p->pointers & (1u << i) ? (u64)(data_of(p) + p->arg[i]) : p->arg[i];
    result = hypercall(p->hypercall, arg[0], arg[1], arg[2], arg[3], arg[4]);
    if ( result == 0 && p->status )
        result = *(short *)(data_of(p) + p->status - 1);
    return result;
}

static void stop(void)
{
    u32 reboot = 1;

    hypercall(SCHED_OP, SHUTDOWN, (u64)&reboot, 0, 0, 0);
    for ( ;; )
        ;
}

void kernel(const struct start_info *info)
{
    u32 iopl = 3;
    const u32 *head = (const u32 *)info->mod_start;
    u8 *at = (u8 *)(head + 2);

    hypercall(PHYSDEV_OP, SET_IOPL, (u64)&iopl, 0, 0, 0);
    if ( info->mod_len < 8 || head[0] != MAGIC || head[1] > MAX_PROBES )
    {
        puts("no-probes 0\n");
        stop();
    }
    for ( u32 i = 0; i < head[1]; i++ )
    {
        long result;

        probes[i] = (struct probe *)at;
        at += probes[i]->size;
        result = play(probes[i]);
        puts(probes[i]->name);
        put(' ');
        put_number(result);
        put('\n');
    }
    puts("end 0\n");
    stop();
}
