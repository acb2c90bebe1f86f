/* std=c11 */
u"x" u8"y" R"(x)" __STDC_VERSION__ <: %:
