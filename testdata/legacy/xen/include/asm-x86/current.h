#ifndef __X86_CURRENT_H__
#define __X86_CURRENT_H__

extern struct vcpu *current_vcpu;
#define current current_vcpu

#endif
