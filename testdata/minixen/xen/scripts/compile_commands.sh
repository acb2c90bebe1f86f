#!/bin/sh
# usage: compile_commands.sh FOLDER/built_in.o...      in the hypervisor's folder
# Prints the commands that the build saved below those folders as a compile database, sorted by file.
echo '['
sep=' '
for built_in; do
    find "${built_in%/*}" -name '.*.o.cmd'
done | xargs sed -n 's/^cmd_\([^ ]*\) := /\1 /p' | LC_ALL=C sort | while read -r object command; do
    printf '%s{"directory": "%s", "file": "%s", "output": "%s", "command": "%s"}\n' \
        "$sep" "$PWD" "${command##* }" "$object" "$command"
    sep=','
done
echo ']'
