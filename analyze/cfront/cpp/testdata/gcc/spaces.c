#define E
#define S(x) #x
#define X(x) S(x)
#define F(x) S(-x)
#define G(x) X(- x)
#define H(x,y) X(x y) X(x-y) X(x - y)
#define N() n
F(E foo) X(E foo) X( E  foo+ E) S(a /* */ b
c) F(E(a)E b) X(F) X(F (1)) X(N()) X(N ()) X(N N() N)
G(E foo) G( E) G(E E a E E b E) H(,) H(E,E) H(a,E) H(E,b) H( a , b )
X(a E b) X(aE b) X([E]) X([ E ]) X((E a)) X(E(a) E) X("s" E 's' E"t")
#define P(x) E x E
#define Q(x) P( x )P(x)
X(P(1)) X(Q(1)) X(Q( 1 )) X(Q(P(1))) X(-P(1)-Q(2)-) S(P(1))
X(__LINE__ E) X(-__LINE__) X(- __LINE__ -)
#define T a b	c/**/d\
e \
  f
X(T) S(T) X(T T) X(
T

E T
)
#define W(x) x x
X(W(E)) X(W(W(E a))) X(W(W)(1)) X(W (W) (2))
S("a\n\"b" '\'' '"' "\\") X("a\n" L"\\x") S(\) S(\n) S(@ # ##) S(a\
b)
