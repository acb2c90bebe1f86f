/*
 * Answers questions about a policy with libsepol, one line each:
 *   def CONTEXT          -> index of the context, or -1
 *   av I J CLASS         -> allowed auditallow auditdeny (hex)
 *   sid KIND I J CLASS   -> context (KIND: t, m, c), or -
 *   vt I J K CLASS       -> return value of the validatetrans check
 *   ctx CONTEXT          -> the context as libsepol prints it, or -
 *   isid N               -> context of an initial SID, or -
 *   bool NAME 0|1        -> ok
 *   ocon                 -> KIND LOW HIGH PATH CONTEXT lines, then a dot
 *   time REPS NCLASS     -> nanoseconds per access vector over all triples, best pass
 *   avc REPS N           -> nanoseconds per hit, best slice, in a cache of our own over the first N
 *                           defined contexts (as source) and the first (as target), class 1
 *   load FILE REPS       -> nanoseconds per load of a policy
 *   flush                -> nothing; the answers so far are written out
 * Build: gcc -O2 oracle.c -l:libsepol.a
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sepol/debug.h>
#include <sepol/policydb/conditional.h>
#include <sepol/policydb/policydb.h>
#include <sepol/policydb/services.h>
#include <sepol/policydb/sidtab.h>

static policydb_t policy;
static sidtab_t sids;
static sepol_security_id_t *defs;
static size_t ndefs, room;

static int read_policy(policydb_t *p, const char *file)
{
	struct policy_file pf;
	FILE *f = fopen(file, "rb");
	int rc;

	if (!f)
		return -1;
	policy_file_init(&pf);
	pf.type = PF_USE_STDIO;
	pf.fp = f;
	rc = policydb_init(p) || policydb_read(p, &pf, 0);
	fclose(f);
	return rc;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static sepol_security_id_t at(size_t i)
{
	if (i >= ndefs) {
		fprintf(stderr, "oracle: context %zu was not defined\n", i);
		exit(2);
	}
	return defs[i];
}

static void define(const char *ctx)
{
	sepol_security_id_t sid;

	if (sepol_context_to_sid(ctx, strlen(ctx) + 1, &sid)) {
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

static void print_sid(int rc, sepol_security_id_t sid)
{
	char *ctx;
	size_t len;

	if (rc || sepol_sid_to_context(sid, &ctx, &len)) {
		puts("-");
		return;
	}
	puts(ctx);
	free(ctx);
}

static void av(size_t i, size_t j, unsigned class)
{
	struct sepol_av_decision d;

	if (sepol_compute_av(at(i), at(j), class, 0xffffffff, &d)) {
		puts("-");
		return;
	}
	printf("%x %x %x\n", d.allowed, d.auditallow, d.auditdeny);
}

static void new_sid(char kind, size_t i, size_t j, unsigned class)
{
	sepol_security_id_t sid = 0;
	int rc = kind == 't' ? sepol_transition_sid(at(i), at(j), class, &sid) :
		 kind == 'm' ? sepol_member_sid(at(i), at(j), class, &sid) :
			       sepol_change_sid(at(i), at(j), class, &sid);

	print_sid(rc, sid);
}

static int validate(size_t i, size_t j, size_t k, unsigned class)
{
	char *reason = NULL;
	int rc = sepol_validate_transition_reason_buffer(at(i), at(j), at(k), class, &reason, 0);

	free(reason);
	return rc;
}

static void set_bool(const char *name, int value)
{
	cond_bool_datum_t *b = hashtab_search(policy.p_bools.table, (char *)name);

	if (!b || !(b->state = value, evaluate_conds(&policy) == 0)) {
		puts("no");
		return;
	}
	puts("ok");
}

static void context(const char *ctx)
{
	sepol_security_id_t sid = 0;
	int rc = sepol_context_to_sid(ctx, strlen(ctx) + 1, &sid);

	print_sid(rc, sid);
}

static void ocontexts(void)
{
	for (int kind = OCON_XEN_PIRQ; kind <= OCON_XEN_DEVICETREE; kind++)
		for (ocontext_t *c = policy.ocontexts[kind]; c; c = c->next) {
			char *ctx;
			size_t len;
			sepol_security_id_t sid;
			uint64_t low = 0, high = 0;

			switch (kind) {
			case OCON_XEN_PIRQ: low = high = c->u.pirq; break;
			case OCON_XEN_IOPORT: low = c->u.ioport.low_ioport; high = c->u.ioport.high_ioport; break;
			case OCON_XEN_IOMEM: low = c->u.iomem.low_iomem; high = c->u.iomem.high_iomem; break;
			case OCON_XEN_PCIDEVICE: low = high = c->u.device; break;
			}
			if (sepol_sidtab_context_to_sid(&sids, &c->context[0], &sid) ||
			    sepol_sid_to_context(sid, &ctx, &len))
				exit(2);
			printf("%d %" PRIu64 " %" PRIu64 " %s %s\n", kind, low, high,
			       kind == OCON_XEN_DEVICETREE ? c->u.name : ".", ctx);
			free(ctx);
		}
	puts(".");
}

/* The best of all passes: other work on the machine only ever adds time. */
static void time_av(long reps, unsigned nclass)
{
	struct sepol_av_decision d;
	uint32_t sum = 0;
	double best = 1e30;

	for (long r = 0; r < reps; r++) {
		double start = now(), ns;
		unsigned long n = 0;

		sum = 0;
		for (size_t i = 0; i < ndefs; i++)
			for (size_t j = 0; j < ndefs; j++)
				for (unsigned c = 1; c <= nclass; c++, n++) {
					sepol_compute_av(defs[i], defs[j], c, 0xffffffff, &d);
					sum += d.allowed;
				}
		ns = (now() - start) / n;
		best = ns < best ? ns : best;
	}
	printf("%.2f %x\n", best, sum);
}

/* The least a cache in C does for a hit: hash, walk a chain, compare, mask. */
struct entry {
	uint32_t ssid, tsid;
	uint16_t class;
	uint32_t allowed, auditallow;
	struct entry *volatile next;
};

static struct entry *volatile chains[512];

static unsigned chain(uint32_t ssid, uint32_t tsid, uint16_t class)
{
	return (ssid ^ tsid << 2 ^ class << 4) & 511;
}

__attribute__((noinline)) static int hit(uint32_t ssid, uint32_t tsid, uint16_t class, uint32_t want)
{
	struct entry *e = chains[chain(ssid, tsid, class)];

	while (e && (e->ssid != ssid || e->tsid != tsid || e->class != class))
		e = e->next;
	if (!e)
		exit(2);
	return !(want & ~e->allowed) && !(want & e->auditallow);
}

#define SLICE 16384

/* The best of reps slices; n is a power of two. */
static void time_avc(long reps, size_t n)
{
	double best = 1e30;
	long sum = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned b = chain(at(i), at(0), 1);
		struct entry *e = calloc(1, sizeof(*e));

		e->ssid = at(i);
		e->tsid = at(0);
		e->class = 1;
		e->allowed = ~0;
		e->next = chains[b];
		chains[b] = e;
	}
	for (long r = 0; r < reps; r++) {
		double start = now(), ns;

		for (size_t k = 0; k < SLICE; k++)
			sum += hit(defs[k & (n - 1)], defs[0], 1, 1);
		ns = (now() - start) / SLICE;
		best = ns < best ? ns : best;
	}
	printf("%.3f %ld\n", best, sum);
}

static void time_load(const char *file, long reps)
{
	double start = now();

	for (long r = 0; r < reps; r++) {
		policydb_t p;

		if (read_policy(&p, file))
			exit(2);
		policydb_destroy(&p);
	}
	printf("%.0f\n", (now() - start) / reps);
}

int main(int argc, char **argv)
{
	static char line[1 << 16], word[1 << 12];
	size_t i, j, k;
	unsigned c;
	char kind;
	long n;

	sepol_debug(0);
	if (argc != 2 || read_policy(&policy, argv[1]) || sepol_sidtab_init(&sids) ||
	    policydb_load_isids(&policy, &sids)) {
		fprintf(stderr, "oracle: cannot load the policy\n");
		return 2;
	}
	sepol_set_policydb(&policy);
	sepol_set_sidtab(&sids);
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = 0;
		if (!strcmp(line, "flush"))
			fflush(stdout);
		else if (!strncmp(line, "def ", 4))
			define(line + 4);
		else if (!strncmp(line, "ctx ", 4))
			context(line + 4);
		else if (sscanf(line, "av %zu %zu %u", &i, &j, &c) == 3)
			av(i, j, c);
		else if (sscanf(line, "sid %c %zu %zu %u", &kind, &i, &j, &c) == 4)
			new_sid(kind, i, j, c);
		else if (sscanf(line, "vt %zu %zu %zu %u", &i, &j, &k, &c) == 4)
			printf("%d\n", validate(i, j, k, c));
		else if (sscanf(line, "isid %u", &c) == 1)
			print_sid(!c, c);
		else if (sscanf(line, "bool %4095s %ld", word, &n) == 2)
			set_bool(word, n);
		else if (!strcmp(line, "ocon"))
			ocontexts();
		else if (sscanf(line, "time %ld %u", &n, &c) == 2)
			time_av(n, c);
		else if (sscanf(line, "avc %ld %zu", &n, &i) == 2)
			time_avc(n, i);
		else if (sscanf(line, "load %4095s %ld", word, &n) == 2)
			time_load(word, n);
		else
			puts("?");
	}
	return 0;
}
