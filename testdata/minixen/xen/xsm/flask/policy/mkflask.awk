# Writes C headers from the policy's tables.
#   awk -v out=flask   -f mkflask.awk security_classes initial_sids
#   awk -v out=av      -f mkflask.awk access_vectors
#   awk -v out=strings -f mkflask.awk security_classes access_vectors

function upper(s) { return toupper(s) }

/^#/ || NF == 0 { next }

$1 == "class" {
    class = $2
    if (!(class in number)) {
        number[class] = ++classes
        if (out == "flask") printf "#define SECCLASS_%-20s %d\n", upper(class), classes
    }
    bit = 0
    next
}

$1 == "sid" {
    ++sids
    if (out == "flask") printf "#define SECINITSID_%-18s %d\n", upper($2), sids
    next
}

$1 == "{" || $1 == "}" { next }

{
    if (out == "av") printf "#define %-30s 0x%08xU\n", upper(class) "__" upper($1), 2 ^ bit
    if (out == "strings") printf "    { %d, %d, \"%s\" },\n", number[class], bit, $1
    bit++
}

END {
    if (out == "flask") {
        printf "#define SECCLASS_NUM %d\n", classes
        printf "#define SECINITSID_NUM %d\n", sids
    }
}
