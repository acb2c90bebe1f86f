@@
@@
- xsm_getdomaininfo
+ xsm_get_domain_info

@@
parameter list ps;
type T;
@@
T
- xsm_getdomaininfo
+ xsm_get_domain_info
 (ps) { ... }
