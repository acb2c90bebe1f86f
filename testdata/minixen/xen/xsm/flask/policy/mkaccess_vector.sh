#!/bin/sh
# usage: mkaccess_vector.sh AWK OUTDIR access_vectors
# Gives each permission of a class a bit, in the order of the file.
set -e
awk=$1 out=$2 vectors=$3

# each FORMAT: prints it for every permission, with %C (class), %P and %p (permission) and %b (bit) filled in.
each() {
    $awk -v format="$1" '
        /^[ \t]*(#|$)/ { next }
        $1 == "class" { class = toupper($2); bit = 0; next }
        $1 == "{" || $1 == "}" { next }
        {
            line = format
            gsub(/%C/, class, line); gsub(/%P/, toupper($1), line)
            gsub(/%p/, $1, line); gsub(/%b/, bit++, line)
            print line
        }' "$vectors"
}

each '#define %C__%P (1UL << %b)' > "$out/av_permissions.h.$$"
each '   S_(SECCLASS_%C, %C__%P, "%p")' > "$out/av_perm_to_string.h.$$"
for f in av_permissions.h av_perm_to_string.h; do mv "$out/$f.$$" "$out/$f"; done
