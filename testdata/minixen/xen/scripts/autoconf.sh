#!/bin/sh
# usage: autoconf.sh AWK [XSM=y|n] [ACM=y|n]      in the hypervisor's folder
# Writes what .config says, after the overrides, to include/config/auto.conf and include/generated/autoconf.h.
set -e
awk=$1
shift
mkdir -p include/config include/generated

$awk -v overrides="$*" '
BEGIN {
    n = split(overrides, o, " ")
    for (i = 1; i <= n; i++) {
        split(o[i], kv, "=")
        forced["CONFIG_" kv[1]] = kv[2]
    }
}
/^CONFIG_/ { name = $1; sub(/=.*/, "", name); value = substr($0, length(name) + 2); set(name, value) }
function set(name, value) {
    if (!(name in values)) order[++count] = name
    values[name] = value
}
END {
    for (name in forced) set(name, forced[name])
    if (values["CONFIG_XSM"] != "y")
        values["CONFIG_XSM_FLASK"] = values["CONFIG_XSM_SILO"] = values["CONFIG_MEM_PAGING"] = "n"
    for (i = 1; i <= count; i++)
        if (values[order[i]] != "n") print order[i] "=" values[order[i]]
}' .config > include/config/auto.conf.new

sed -n 's/^\(CONFIG_[A-Z0-9_]*\)=y$/#define \1 1/p; t
s/^\(CONFIG_[A-Z0-9_]*\)=\(.*\)$/#define \1 \2/p' include/config/auto.conf.new > include/generated/autoconf.h.new

# Commands of another configuration are of no use; its objects are older than the header and are made anew.
cmp -s include/config/auto.conf.new include/config/auto.conf || find . -name '.*.o.cmd' -exec rm -f {} +

for f in include/config/auto.conf include/generated/autoconf.h; do
    if cmp -s $f.new $f; then rm $f.new; else mv $f.new $f; fi
done
