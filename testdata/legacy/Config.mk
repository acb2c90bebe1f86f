# Options of the build. What .config says comes first.
-include $(XEN_ROOT)/.config

debug ?= n

# If QUOTA_SECURITY = y, then domains are held to quotas
#        y - Build the quotas
#        n - Do not build the quotas
QUOTA_SECURITY ?= n

# Optional components
TRACE_TOOLS ?= n

CFLAGS += -std=gnu89 -O2 -Wall -Werror -Wstrict-prototypes
