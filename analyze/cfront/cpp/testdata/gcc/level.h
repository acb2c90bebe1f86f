#pragma once
level __INCLUDE_LEVEL__ __FILE__ __LINE__
#include "inc/inc.h"
