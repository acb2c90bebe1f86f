/* a guard in the other form */
#if !defined(GUARD2_H)
#define GUARD2_H
guard2
#endif /* GUARD2_H */
