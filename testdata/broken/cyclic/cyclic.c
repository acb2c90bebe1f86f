#include "a.h"

int after(void)
{
    return A;
}
