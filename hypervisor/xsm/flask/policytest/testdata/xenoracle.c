/*
 * Answers the same questions as oracle.c with Xen's own security server, built
 * from a Xen tree's xsm/flask/ss and xenshim.h, and a few more:
 *   reload FILE          -> ok or no
 *   sidctx I             -> the present context of the I-th defined SID
 *   obj KIND N           -> context of a labelled object (1 irq, 2 port, 3 frame, 4 device)
 *   add KIND LOW HIGH I  -> return value; labels with the I-th defined SID
 *   del KIND LOW HIGH    -> return value
 *   each KIND LOW HIGH   -> LOW-HIGH=CONTEXT; for each part
 *   enforce 0|1          -> ok
 */
#include "flask.h"
#include "avc.h"
#include "avc_ss.h"
#include "security.h"

bool flask_enforcing = true;
const struct selinux_class_perm selinux_class_perm;

int avc_ss_reset(u32 seqno)
{
	return 0;
}

static u32 *defs;
static size_t ndefs, room;

static int load(const char *file)
{
	static char buf[1 << 22];
	FILE *f = fopen(file, "rb");
	size_t n;

	if (!f)
		return -1;
	n = fread(buf, 1, sizeof(buf), f);
	fclose(f);
	return security_load_policy(buf, n);
}

static u32 at(size_t i)
{
	if (i >= ndefs) {
		fprintf(stderr, "oracle: context %zu was not defined\n", i);
		exit(2);
	}
	return defs[i];
}

static void print_sid(int rc, u32 sid, const char *end)
{
	char *ctx;
	u32 len;

	if (rc || security_sid_to_context(sid, &ctx, &len)) {
		printf("-%s", end);
		return;
	}
	printf("%s%s", ctx, end);
	free(ctx);
}

static void define(char *ctx)
{
	u32 sid;

	if (security_context_to_sid(ctx, strlen(ctx), &sid)) {
		puts("-1");
		return;
	}
	if (ndefs == room) {
		room = room ? 2 * room : 64;
		defs = realloc(defs, room * sizeof(*defs));
	}
	defs[ndefs] = sid;
	printf("%zu\n", ndefs++);
}

static void av(u32 s, u32 t, unsigned class)
{
	struct av_decision d;

	if (security_compute_av(s, t, class, ~0u, &d))
		puts("-");
	else
		printf("%x %x %x\n", d.allowed, d.auditallow, d.auditdeny);
}

static void new_sid(char kind, u32 s, u32 t, unsigned class)
{
	u32 sid = 0;
	int rc = kind == 't' ? security_transition_sid(s, t, class, &sid) :
		 kind == 'm' ? security_member_sid(s, t, class, &sid) :
			       security_change_sid(s, t, class, &sid);

	print_sid(rc, sid, "\n");
}

static void set_bool(const char *name, int value)
{
	int n, *values, b = security_find_bool(name);

	if (b < 0 || security_get_bools(&n, NULL, &values, NULL)) {
		puts("no");
		return;
	}
	values[b] = value;
	puts(security_set_bools(n, values) ? "no" : "ok");
	free(values);
}

static int object(unsigned kind, unsigned long n, u32 *sid)
{
	switch (kind) {
	case 1: return security_irq_sid(n, sid);
	case 2: return security_ioport_sid(n, sid);
	case 3: return security_iomem_sid(n, sid);
	default: return security_device_sid(n, sid);
	}
}

static int part(void *data, u32 sid, unsigned long start, unsigned long end)
{
	printf("%lu-%lu=", start, end);
	print_sid(0, sid, ";");
	return 0;
}

static void each(unsigned kind, unsigned long low, unsigned long high)
{
	if (kind == 2)
		security_iterate_ioport_sids(low, high, part, NULL);
	else
		security_iterate_iomem_sids(low, high, part, NULL);
	puts("");
}

int main(int argc, char **argv)
{
	static char line[1 << 16], word[1 << 12];
	size_t i, j, k;
	unsigned long low, high;
	unsigned c;
	char kind;
	u32 sid;
	long n;

	if (argc != 2 || load(argv[1])) {
		fprintf(stderr, "oracle: cannot load the policy\n");
		return 2;
	}
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = 0;
		sid = 0;
		if (!strcmp(line, "flush"))
			fflush(stdout);
		else if (!strncmp(line, "def ", 4))
			define(line + 4);
		else if (!strncmp(line, "ctx ", 4)) {
			int rc = security_context_to_sid(line + 4, strlen(line + 4), &sid);

			print_sid(rc, sid, "\n");
		} else if (sscanf(line, "av %zu %zu %u", &i, &j, &c) == 3)
			av(at(i), at(j), c);
		else if (sscanf(line, "sid %c %zu %zu %u", &kind, &i, &j, &c) == 4)
			new_sid(kind, at(i), at(j), c);
		else if (sscanf(line, "vt %zu %zu %zu %u", &i, &j, &k, &c) == 4)
			printf("%d\n", security_validate_transition(at(i), at(j), at(k), c));
		else if (sscanf(line, "isid %u", &c) == 1)
			print_sid(!c, c, "\n");
		else if (sscanf(line, "bool %4095s %ld", word, &n) == 2)
			set_bool(word, n);
		else if (sscanf(line, "reload %4095s", word) == 1)
			puts(load(word) ? "no" : "ok");
		else if (sscanf(line, "sidctx %zu", &i) == 1)
			print_sid(0, at(i), "\n");
		else if (sscanf(line, "obj %u %lu", &c, &low) == 2) {
			int rc = object(c, low, &sid);

			print_sid(rc, sid, "\n");
		} else if (sscanf(line, "add %u %lu %lu %zu", &c, &low, &high, &i) == 4)
			printf("%d\n", security_ocontext_add(c, low, high, at(i)));
		else if (sscanf(line, "del %u %lu %lu", &c, &low, &high) == 3)
			printf("%d\n", security_ocontext_del(c, low, high));
		else if (sscanf(line, "each %u %lu %lu", &c, &low, &high) == 3)
			each(c, low, high);
		else if (sscanf(line, "enforce %u", &c) == 1) {
			flask_enforcing = c;
			puts("ok");
		} else if (!strcmp(line, "ocon"))
			puts(".");
		else
			puts("?");
	}
	return 0;
}
