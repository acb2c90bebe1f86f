#define xstr(s) str(s)
#define str(s) # s
#define debug(s, t) printf("x" # s "= %d, x" # t "= %s", \
 x ## s, x ## t)
#define INCFILE(n) vers ## n
#define glue(a, b) a ## b
#define xglue(a, b) glue(a, b)
#define HIGHLOW "hello"
#define LOW LOW ", world"
debug(1, 2);
fputs(str(strncmp("abc\0d", "abc", '\4') // this goes away
 == 0) str(: @\n), s);
xstr(INCFILE(2).h)
glue(HIGH, LOW);
xglue(HIGH, LOW)
#define hash_hash # ## #
#define mkstr(a) # a
#define in_between(a) mkstr(a)
#define join(c, d) in_between(c hash_hash d)
char p[] = join(x, y);
#define t(x,y,z) x ## y ## z
int j[] = { t(1,2,3), t(,4,5), t(6,,7), t(8,9,),
 t(10,,), t(,11,), t(,,12), t(,,) };
#define cat3(a, b) L ## a ## b
cat3(1, 2) cat3(, 3) glue(L, "s") glue(L, 'c') glue(1.e, +3) glue(., 5) glue(-, >) glue(<, <=) glue(%:, %:)
#define first(a, ...) a
#define opnd(a) 0x##a
opnd(1f) opnd() glue(a b, c d) glue(EMPTY, x) glue(,) str(glue(a b, c d)) xstr(glue(a b, c d))
#define EMPTY
#define three(a) [a ## a ## a] [ a ## EMPTY] [L ## #a]
three(q) three() 
#define obj a ## b ## 1 c##d
obj
#define ab1 yes
obj xstr(obj)
#define nested(x, y) glue(x ## y, y ## x)
nested(a, b)
#define MK(n) int glue(var_, n) = n; char *glue(name_, n) = #n
#define ROW 7
MK(ROW); MK(8);
#define sp( a , b ) a b a## b # a
sp( 1 , 2 ) str( sp( 1 , 2 ) ) xstr( sp( 1 , 2 ) )
#define _CONCAT(a,b) a##b
#define CONCAT(a,b) _CONCAT(a,b)
#define UNIQ CONCAT(u_,__LINE__)
UNIQ UNIQ CONCAT(UNIQ,__COUNTER__)
