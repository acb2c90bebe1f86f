@@
expression r;
identifier h;
@@
- r = h(XSM_PRIV, ...);
- if (r) return r;
+ if (legacy_gate()) return -EPERM;
