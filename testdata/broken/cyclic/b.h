#include "a.h"
#define B 1
