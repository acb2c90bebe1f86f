#def\
ine SP\
LIT 1\
2
SPLIT a\
b "str\
ing" 'c\
' 1\
2.\
5e\
+3 +\
+ <\
<\
= /\
* comment *\
/ x /\
/ line comment \
still comment
y # z
%\
:%\
: .\
.\
. \
  
/* // */ w // /* \\
u
#define LONG(a, \
             b) \
	a; \
	b;
LONG(1,\
2)
