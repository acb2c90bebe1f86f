#!/bin/sh
# usage: mkflask.sh AWK OUTDIR security_classes initial_sids
# Numbers the classes and the labels that exist before a policy does, in the order of the files.
set -e
awk=$1 out=$2 classes=$3 sids=$4

{
    echo '/* Made by mkflask.sh. */'
    $awk '$1 == "class" { printf "#define SECCLASS_%-24s %d\n", toupper($2), ++n }' "$classes"
    $awk '$1 == "sid" { printf "#define SECINITSID_%-22s %d\n", toupper($2), ++n }
          END { print "#define SECINITSID_NUM " n }' "$sids"
} > "$out/flask.h.$$"

$awk 'BEGIN { print "    S_(\"null\")" } $1 == "class" { print "    S_(\"" $2 "\")" }' \
    "$classes" > "$out/class_to_string.h.$$"

$awk 'BEGIN { print "static char *initial_sid_to_string[] =\n{\n    \"null\"," }
      $1 == "sid" { print "    \"" $2 "\"," }
      END { print "};" }' "$sids" > "$out/initial_sid_to_string.h.$$"

for f in flask.h class_to_string.h initial_sid_to_string.h; do mv "$out/$f.$$" "$out/$f"; done
