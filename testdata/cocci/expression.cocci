@@
expression a, b;
@@
- copy_from_guest(a, b, 1)
+ copy_one_from_guest(a, b)
