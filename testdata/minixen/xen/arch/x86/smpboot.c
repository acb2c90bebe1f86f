#include <xen/cpu.h>
#include <xen/lib.h>

static unsigned long cpu_online_map = 1;

int cpu_up(unsigned int cpu)
{
    if ( cpu >= NR_CPUS )
        return -EINVAL;
    cpu_online_map |= 1UL << cpu;
    return 0;
}

int cpu_down(unsigned int cpu)
{
    if ( cpu == 0 || cpu >= NR_CPUS )
        return -EINVAL;
    cpu_online_map &= ~(1UL << cpu);
    return 0;
}

unsigned int num_online_cpus(void)
{
    unsigned int cpu, n = 0;

    for ( cpu = 0; cpu < NR_CPUS; cpu++ )
        n += (cpu_online_map >> cpu) & 1;
    return n;
}
