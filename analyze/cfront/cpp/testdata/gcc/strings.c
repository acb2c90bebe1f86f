"a\"b" 'a' '\'' L"w" L'w' u"u" U"U" u8"8" u'u' U'U' ""
R"(raw "string" \n)" R"x(a)" )x" LR"(w)" u8R"(q)"
"tab	in" "//" "/*" '"' "'" a"b"c 'ab'
LL"x" u8 "x" l"x" R "x"
1.0e+10 0x1p-3 1e 1.e+ .5 5. 1..2 1_000 0xfg a.b a..b a...b ->* :: ?: <:> <%%>
a+++b a---b a>>=b a<<=b a->b a&&b a||b a##b a!=b a%=b ^= |= &=
$dollar do$ar @ ` \ 
