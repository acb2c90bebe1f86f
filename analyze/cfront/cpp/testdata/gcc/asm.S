#include "inc.h"
#define REG(x) %r##x
#define ENTRY(name) .globl name; name:
ENTRY(start)
	mov $VALUE, REG(ax)   # don't expand ENTRY(this) here
	# full line comment, isn't a directive
	# ENTRY(x) 'unbalanced
1:	jmp 1b // c++ comment
#define VALUE 0x10
	mov $VALUE, %eax ; mov $VALUE+1, $b$c
#ifdef __ASSEMBLER__
	.byte 'a, 'b', "str"
#endif
#define CAT(a, b) a##b
	CAT(., text) CAT(%, rax) CAT($, 1)
#define STR(x) #x
	.ascii STR(a b)
#define HASH(x) # x # y
	HASH(1)
\label\@: .macro foo a, b=\a
