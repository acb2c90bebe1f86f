/*
 * Times hits in Xen's own access vector cache (xsm/flask/avc.c of a Xen tree, over
 * that tree's security server). Built with xenshim.h; one argument, a policy.
 *   def CONTEXT          -> index of the context's SID, or -1
 *   ask I J CLASS AV     -> 0 if granted (-13 if not); adds the question to the list
 *   time REPS            -> nanoseconds per hit over the list, best slice, of
 *                           avc_has_perm_noaudit and of avc_has_perm
 *   flush                -> nothing; the answers so far are written out
 */
#include <time.h>
#include "flask.h"
#include "avc.h"
#include "avc_ss.h"
#include "security.h"

#define SLICE 16384 /* hits that are timed together */
#define ROOM 4096

bool flask_enforcing = true;
struct vcpu *current;

static struct question { u32 s, t, av; u16 class; } list[ROOM];
static u32 defs[ROOM];
static size_t ndefs, n;

static int load(const char *file)
{
	static char buf[1 << 22];
	FILE *f = fopen(file, "rb");
	size_t len;

	if (!f)
		return -1;
	len = fread(buf, 1, sizeof(buf), f);
	fclose(f);
	return security_load_policy(buf, len);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

/* One slice of hits; the list's length is a power of two. */
static double slice(int audit)
{
	double start = now();
	long bad = 0;

	for (size_t k = 0; k < SLICE; k++) {
		struct question *q = &list[k & (n - 1)];

		bad |= audit ? avc_has_perm(q->s, q->t, q->class, q->av, NULL) :
			       avc_has_perm_noaudit(q->s, q->t, q->class, q->av, NULL);
	}
	if (bad)
		exit(3);
	return (now() - start) / SLICE;
}

static void time_hits(long reps)
{
	double best[2] = { 1e30, 1e30 };

	while (reps-- > 0)
		for (int audit = 0; audit < 2; audit++) {
			double ns = slice(audit);

			best[audit] = ns < best[audit] ? ns : best[audit];
		}
	printf("%.3f %.3f\n", best[0], best[1]);
}

int main(int argc, char **argv)
{
	static char line[1 << 16];
	static struct vcpu cpu;
	struct question q;
	size_t i, j;
	long reps;

	current = &cpu;
	avc_init();
	if (argc != 2 || load(argv[1])) {
		fprintf(stderr, "xencache: cannot load the policy\n");
		return 2;
	}
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = 0;
		if (!strcmp(line, "flush"))
			fflush(stdout);
		else if (!strncmp(line, "def ", 4) && ndefs < ROOM) {
			if (security_context_to_sid(line + 4, strlen(line + 4), &defs[ndefs]))
				puts("-1");
			else
				printf("%zu\n", ndefs++);
		} else if (sscanf(line, "ask %zu %zu %hu %x", &i, &j, &q.class, &q.av) == 4 && i < ndefs && j < ndefs && n < ROOM) {
			q.s = defs[i];
			q.t = defs[j];
			list[n++] = q;
			printf("%d\n", avc_has_perm(q.s, q.t, q.class, q.av, NULL));
		} else if (sscanf(line, "time %ld", &reps) == 1 && n && !(n & (n - 1)))
			time_hits(reps);
		else
			puts("?");
	}
	return 0;
}
