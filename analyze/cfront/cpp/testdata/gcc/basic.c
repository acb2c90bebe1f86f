/* object and function macros, rescanning, self reference */
#define ONE 1
#define EMPTY
#define ADD(a, b) ((a) + (b))
#define ID(x) x
#define ff(a) a*gg
#define gg(a) ff(a)
#define x 3
#define f(a) f(x * (a))
#define g f
#undef x
#define x 2
#define z z[0]
#define h g(~
#define m(a) a(w)
#define w 0,1
#define t(a) a
#define p() int
#define q(x) x
#define r(x,y) x ## y
#define str(x) # x
int v = ADD(ONE, ADD(2, ONE)) + ID(ID)(7) EMPTY;
ff(2)(9)
f(y+1) + f(f(z)) % t(t(g)(0) + t)(1);
g(x+(3,4)-w) | h 5) & m
	(f)^m(m);
p() i[q()] = { q(1), r(2,3), r(4,), r(,5), r(,) };
char c[2][6] = { str(hello), str() };
#define foo foo a bar
#define bar foo b
foo bar
#define AA BB
#define BB AA
AA BB
#define NIL(xxx) xxx
#define G_0(arg) NIL(G_1)(arg)
#define G_1(arg) NIL(arg)
G_0(42)
ID (
 1
 2
#define LATE 3
 LATE) ADD
ADD EMPTY (1, 2)
#define LPAREN (
#define RPAREN )
#define F(x, y) x + y
#define ELLIP_FUNC(...) __VA_ARGS__
ELLIP_FUNC(F, LPAREN, 'a', 'b', RPAREN);
#define OBJ F
OBJ(1,2) OBJ (3,
4) OBJ
+ ID(OBJ)(5,6)
