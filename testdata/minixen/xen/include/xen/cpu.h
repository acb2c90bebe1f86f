#ifndef __XEN_CPU_H__
#define __XEN_CPU_H__

int cpu_up(unsigned int cpu);
int cpu_down(unsigned int cpu);
unsigned int num_online_cpus(void);

#endif
