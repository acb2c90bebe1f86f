#ifndef __GUEST_ACCESS_H__
#define __GUEST_ACCESS_H__

unsigned long copy_from_user(void *to, const void *from, unsigned long n);
unsigned long copy_to_user(void *to, const void *from, unsigned long n);

#define copy_from_guest(ptr, hnd, nr) copy_from_user(ptr, (hnd).p, sizeof(*(ptr)) * (nr))
#define copy_to_guest(hnd, ptr, nr) copy_to_user((hnd).p, ptr, sizeof(*(ptr)) * (nr))

#endif
